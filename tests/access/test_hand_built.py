"""Posts that no form of ours would send to the pages of the admin, and addresses copied from others."""

import logging
import re

import pytest
from django.contrib import admin
from django.urls import reverse

from applications.models import Event, Membership
from directory.models import User
from directory.staff import StaffBackend
from tests.access.asking import ask, clients_of, sign_in
from tests.access.checker import watched
from tests.access.routes import routes, values
from tests.access.worlds import STAFF_ROLES, TEAM_ROLES, World

pytestmark = [pytest.mark.crawl, pytest.mark.django_db]

STAFF = [f"{agency}_{role}" for agency in ("amed", "jst") for role in STAFF_ROLES]


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# -- hazard 5: the admin -------------------------------------------------------------------
def escalation(user: User) -> dict[str, str]:
    """What somebody who wants more would send."""
    return {
        "is_superuser": "on", "is_staff": "on", "is_active": "on", "groups": "1",
        "user_permissions": "1", "password": "pbkdf2$x", "password1": "Lantern-4-rivers",
        "password2": "Lantern-4-rivers", "staff_agency": "AMED", "staff_role": "APPROVER",
        "email": "taken@example.org", "name": "Taken", "language": "en", "time_zone": "Asia/Tokyo",
        "post": "yes", "action": "delete_selected", "_selected_action": str(user.pk), "index": "0",
        "select_across": "1", "_save": "Save", "_addanother": "1", "_popup": "1",
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(user.pk),
        "form-0-staff_role": "APPROVER", "form-0-is_superuser": "on",
        **{
            f"{inline}-{key}": value
            for inline in ("memberships", "emailaddress_set", "grants", "areas", "programme_set",
                           "formats", "notice_rule", "conditions", "participations", "notices",
                           "attestations", "people", "links")
            for key, value in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"), ("0-code", "taken"),
                               ("0-name_en", "Taken"), ("0-name_ja", "Taken"), ("0-position", "99"))
        },
    }  # fmt: skip


def models_and_pages():
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        for kind in ("changelist", "add", "change", "delete", "history"):
            yield model, name, kind


def admin_addresses(world: World) -> list[tuple[str, str, str]]:
    """(model, kind, address) of every page that could be posted to."""
    by_name = {route.name: route for route in routes()}
    return [
        (name, kind, (route := by_name[f"admin:{name}_{kind}"]).at(values(route, world)))
        for _model, name, kind in models_and_pages()
    ]


# What a post may hope for beside the fields: an act on rows of a list, a copy saved as new, a delete confirmed.
ACT, AS_NEW = {"action": "delete_selected", "post": "yes"}, {"_saveasnew": "1"}
ESCAPES = {
    "changelist": ({}, ACT),
    "add": ({}, AS_NEW),
    "change": ({}, AS_NEW),
    "delete": (ACT,),
    "history": ({},),
}
TABLE = re.compile(r'"(\w+)"')
# Kept by officers together: what an officer posts there may be stored.
WORKBENCH = re.compile(r"directory_(?:country|agency|programme|edition|participation|call)$")
ACCOUNTS = {"directory_user", "directory_user_groups", "directory_user_user_permissions",
            "auth_group", "auth_group_permissions", "account_emailaddress",
            "directory_staffrolechange"}  # fmt: skip


def taken(client, role: str, world: World, target: User) -> tuple[int, list[str]]:
    """How many posts were sent, and those that wrote where this role may not."""
    sent, flaws = 0, []
    for name, kind, address in admin_addresses(world):
        for extra in ESCAPES[kind]:
            sent += 1
            response, written = watched(client, "POST", address, escalation(target) | extra)
            tables = {TABLE.search(one)[1] for one in written} - {"django_admin_log"}
            allowed = WORKBENCH.search(name) and not role.endswith("viewer")
            if tables & ACCOUNTS or (tables and not allowed):
                flaws.append(f"{role}: {kind} of {name} writes {sorted(tables)}")
            if response.status_code >= 500:
                flaws.append(f"{role}: {kind} of {name} fails")
    return sent, flaws


@pytest.mark.parametrize("role", [*STAFF, "lead"])
def test_no_hand_built_post_to_the_admin_changes_what_the_role_may_not(worlds, role):
    own = worlds[1] if role.startswith("jst") else worlds[0]
    client = clients_of(*worlds)[role]
    target = own.staff["viewer"] if role != "lead" else own.people["lead"]

    sent, flaws = taken(client, role, own, target)

    assert flaws == []
    assert sent == 8 * len(admin.site._registry) >= 8 * 32


def test_with_permissions_for_all_staff_accounts_are_taken(worlds, monkeypatch):
    """Negative control: a staff backend and an account page that allow everything."""
    from directory.admin.users import UserAdmin

    monkeypatch.setattr(StaffBackend, "has_perm", lambda self, user, perm, obj=None: True)
    for name in ("has_view_permission", "has_change_permission", "has_delete_permission"):
        monkeypatch.setattr(UserAdmin, name, lambda self, request, obj=None: True)
    client = clients_of(*worlds)["amed_viewer"]

    _sent, flaws = taken(client, "amed_viewer", worlds[0], worlds[0].staff["viewer"])

    assert any("change of directory_user writes ['directory_user']" in flaw for flaw in flaws)


def test_nobody_gives_roles_in_the_admin(worlds):
    """They are changed on the page of staff roles, with a reason and a record; by superusers, too."""
    user = worlds[0].staff["viewer"]
    address = reverse("admin:directory_user_change", args=[user.pk])
    answers = {
        role: client.post(address, escalation(user)).status_code
        for role, client in clients_of(*worlds).items()
        if role in (*STAFF, "superuser")
    }

    assert answers == dict.fromkeys(STAFF, 403) | {"superuser": 200}  # saved, in a pop-up
    user.refresh_from_db()
    assert (user.staff_agency, user.staff_role, user.name) == ("AMED", "VIEWER", "Taken")


@pytest.mark.parametrize("role", ["amed_viewer", "superuser"])
def test_no_page_of_the_admin_holds_a_password_hash(worlds, role):
    own = worlds[1] if role.startswith("jst") else worlds[0]
    client = clients_of(*worlds)[role]
    hashes = set(User.objects.values_list("password", flat=True))

    addresses = [address for _name, _kind, address in admin_addresses(own)]
    addresses += [reverse("admin:index"), reverse("applications:staff_roles")]
    pages = {address: client.get(address).content.decode() for address in addresses}
    held = [
        address
        for address, text in pages.items()
        if any(one in text or one[-20:] in text for one in hashes)
    ]

    assert held == []
    assert len(addresses) > 80


# -- hazard 2: ids that stand in no page's address -----------------------------------------
def hidden_files(world: World) -> dict[str, str]:
    ref = world.application.team.ref
    return {
        "proof": reverse("applications:proof", args=[ref, world.proof.pk]),
        "letter": reverse("applications:notice_eml", args=[ref, world.notice.pk]),
        "receipt": reverse("applications:receipt_text", args=[world.application.receipt]),
    }


@pytest.mark.parametrize("role", [*TEAM_ROLES, *STAFF_ROLES])
def test_files_of_another_world_are_absent_and_ones_own_go_with_the_role(worlds, role):
    own, other = worlds
    user = {**own.people, **own.staff}[role]
    client = sign_in(user)
    letter = 200 if role == "partner" else 403  # the holder's own to send
    assert {n: ask(client, "GET", a).status_code for n, a in hidden_files(own).items()} == {
        "proof": 200, "letter": letter, "receipt": 200,
    }  # fmt: skip
    theirs = {name: ask(client, "GET", a).status_code for name, a in hidden_files(other).items()}
    crossed = reverse("applications:proof", args=[own.application.team.ref, other.proof.pk])
    assert theirs == {"proof": 404, "letter": 404, "receipt": 404}
    assert ask(client, "GET", crossed).status_code == 404

    # The role is lost; the link that was copied before opens nothing.
    User.objects.filter(pk=user.pk).update(staff_agency="", staff_role="")
    Membership.objects.filter(researcher__user=user).update(removed_at=Event.objects.first().at)

    lost = {name: ask(client, "GET", a).status_code for name, a in hidden_files(own).items()}
    assert lost == {"proof": 404, "letter": 404, "receipt": 404}


def test_autocomplete_finds_no_row_for_who_may_not_see_the_list(worlds):
    """Accounts are offered to nobody but superusers, and of calls and editions only one's own."""
    clients = clients_of(*worlds)
    asked = [
        ("directory", "researcher", "user"), ("account", "emailaddress", "user"),
        ("applications", "event", "user"), ("applications", "proof", "uploaded_by"),
        ("applications", "application", "call"), ("directory", "call", "edition"),
    ]  # fmt: skip
    for role in STAFF:
        other = worlds[0] if role.startswith("jst") else worlds[1]
        for app, model, field in asked:
            answer = clients[role].get(
                reverse("admin:autocomplete"),
                {"app_label": app, "model_name": model, "field_name": field, "term": ""},
            )
            if field in ("user", "uploaded_by"):
                assert answer.status_code in (403, 404), (role, model, field)
            assert other.leaks(answer.content.decode()) == []


def test_without_the_question_at_download_a_copied_link_would_open(worlds, monkeypatch):
    """Negative control of the files above."""
    from applications.models import ApplicationQuerySet

    monkeypatch.setattr(ApplicationQuerySet, "visible_to", lambda self, user: self)
    client = clients_of(*worlds)["lead"]

    theirs = {n: ask(client, "GET", a).status_code for n, a in hidden_files(worlds[1]).items()}

    # The letter opens to its holder alone, whatever else is open.
    assert theirs == {"proof": 200, "letter": 403, "receipt": 200}
