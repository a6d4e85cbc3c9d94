"""Staff roles: who may change whose, what is recorded, and what a role that was taken still opens."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications import actions
from applications.models import ApplicationQuerySet
from applications.queries import roles as roles_queries
from directory.models import StaffRoleChange, User
from tests.applications.twins import world
from tests.directory.factories import UserFactory
from tests.journeys.portal import Visitor

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ROLES, CHANGE = reverse("applications:staff_roles"), reverse("applications:staff_role_change")


def account(name: str, agency: str = "", role: str = "", **fields) -> User:
    user = UserFactory(
        email=f"{name}@example.org",
        name=name.title(),
        staff_agency=agency,
        staff_role=role,
        **fields,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def approver() -> User:
    return account("approver", "AMED", "APPROVER")


def change(user: User, role: str, by: User, reason: str = "Joined the division.", **more):
    return actions.change_staff_role(
        user_id=user.pk, role=role, reason=reason, by=by, at=AT, **more
    )


def stored(user: User) -> tuple[str, str]:
    return User.objects.values_list("staff_agency", "staff_role").get(pk=user.pk)


# -- the action ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "before, after",
    [
        ("", "VIEWER"),
        ("", "APPROVER"),
        ("VIEWER", "OFFICER"),
        ("APPROVER", "VIEWER"),
        ("OFFICER", ""),
    ],
)
def test_an_approver_gives_changes_and_takes_roles_of_the_own_agency(approver, before, after):
    user = account("user", "AMED" if before else "", before)

    change(user, after, approver)

    assert stored(user) == ("AMED" if after else "", after)
    assert list(StaffRoleChange.objects.values()) == [
        {
            "id": StaffRoleChange.objects.get().pk,
            "user_id": user.pk,
            "by_id": approver.pk,
            "agency": "AMED",
            "role_before": before,
            "role_after": after,
            "reason": "Joined the division.",
            "at": AT,
        }
    ]


def refused(approver: User) -> list[tuple]:
    """A refusal, whom it meets, and who asks."""
    officer = account("officer", "AMED", "OFFICER")
    return [
        (actions.NotPermitted, account("one"), {"by": officer}),
        (actions.NotPermitted, account("two"), {"by": account("viewer", "AMED", "VIEWER")}),
        (actions.NotPermitted, account("three"), {"by": account("nobody")}),
        (actions.NotPermitted, account("four"), {"by": account("gone", "AMED", "APPROVER", is_active=False)}),
        (actions.OwnRole, approver, {"by": approver}),
        (actions.ReasonNeeded, officer, {"by": approver, "reason": " \n"}),
        (actions.SameRole, officer, {"by": approver, "role": "OFFICER"}),
        (User.DoesNotExist, account("theirs", "JST", "OFFICER"), {"by": approver}),
        (User.DoesNotExist, account("closed", is_active=False), {"by": approver}),
        (User.DoesNotExist, account("root", is_superuser=True), {"by": approver}),
        (User.DoesNotExist, User(pk=10**9), {"by": approver}),
    ]  # fmt: skip


def test_each_refusal_has_its_name_and_changes_nothing(approver):
    cases = refused(approver)
    before = list(User.objects.order_by("pk").values())

    for refusal, user, asked in cases:
        with pytest.raises(refusal):
            change(user, **{"role": "VIEWER", **asked})

    assert list(User.objects.order_by("pk").values()) == before
    assert StaffRoleChange.objects.count() == 0


def test_the_last_approver_stays_but_for_a_superuser(approver):
    # Two approvers; the one who asks loses the role in the meantime, so the other is the last.
    other = account("other", "AMED", "APPROVER")
    account("theirs", "JST", "APPROVER")
    account("closed", "AMED", "APPROVER", is_active=False)
    change(other, "VIEWER", approver)

    # An approver who is the last cannot be taken away: nobody of the agency is left who may ask.
    with pytest.raises(actions.NotPermitted):
        change(approver, "", other)
    root = account("root", is_superuser=True)
    change(approver, "", root, agency="AMED")

    assert stored(approver) == ("", "")


def test_of_two_approvers_who_take_each_others_role_one_stays(approver):
    other = account("other", "AMED", "APPROVER")
    change(other, "", approver)

    # The other's page was loaded before; what is asked now is judged by what is stored now.
    with pytest.raises(actions.NotPermitted):
        change(approver, "", other)

    assert stored(approver) == ("AMED", "APPROVER")


def test_a_superuser_names_the_agency(approver):
    root, user = account("root", is_superuser=True), account("user")

    with pytest.raises(User.DoesNotExist):
        change(approver, "VIEWER", root, agency="JST")
    change(user, "OFFICER", root, agency="JST")

    assert stored(user) == ("JST", "OFFICER")


def test_the_database_refuses_a_change_of_the_own_role_and_one_without_a_reason(approver):
    for wrong in ({"by": approver}, {"reason": ""}, {"role_after": ""}):
        kept = {"by": account(f"by{len(wrong)}{next(iter(wrong))}"), "reason": "r", "role_after": "VIEWER"} | wrong  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffRoleChange.objects.create(user=approver, agency="AMED", at=AT, **kept)


# -- the pages -----------------------------------------------------------------------------
def posted(email: str, role: str = "VIEWER", reason: str = "Joined.") -> dict[str, str]:
    return {"email": email, "role": role, "reason": reason}


def test_an_approver_gives_a_role_on_the_page_and_the_list_shows_it_with_the_reason(
    client, approver
):
    account("new")
    client.force_login(approver)

    saved = client.post(CHANGE, posted(" New@Example.org "), follow=True)

    assert saved.redirect_chain == [(ROLES, 302)]
    page = saved.content.decode()
    assert "New: the role is now “Viewer”. The change is on record." in page
    assert saved.context["staff_rows"] == [
        ["Approver", "approver@example.org", "Approver"],
        ["New", "new@example.org", "Viewer"],
    ]
    assert [row[1:] for row in saved.context["change_rows"]] == [
        ["New", "none", "Viewer", "Approver", "Joined."]
    ]


@pytest.mark.parametrize("role, status", [("VIEWER", 403), ("OFFICER", 403), ("APPROVER", 200)])
def test_all_staff_read_the_list_and_only_approvers_change(client, role, status):
    client.force_login(account("reader", "AMED", role))
    theirs = account("hibari", "JST", "OFFICER")
    StaffRoleChange.objects.create(
        user=theirs, by=account("hibari2", "JST", "APPROVER"), agency="JST", role_after="OFFICER",
        reason="hibari", at=AT,
    )  # fmt: skip

    listed = client.get(ROLES)

    assert listed.status_code == 200
    assert "hibari" not in listed.content.decode()
    assert (CHANGE in listed.content.decode()) == (status == 200)
    assert client.get(CHANGE).status_code == status
    assert client.post(CHANGE, posted("x@example.org")).status_code == status


def test_without_the_scope_the_list_shows_the_other_agency(client, approver, monkeypatch):
    """Negative control of the test above."""
    account("hibari", "JST", "OFFICER")
    monkeypatch.setattr(roles_queries, "_own", lambda rows, field, user: rows)
    client.force_login(approver)

    assert "hibari" in client.get(ROLES).content.decode()


def test_the_page_never_tells_who_works_for_the_other_agency(client, approver):
    account("theirs", "JST", "OFFICER")
    account("closed", is_active=False)
    account("root", is_superuser=True)
    unverified = UserFactory(email="unverified@example.org")
    EmailAddress.objects.create(user=unverified, email=unverified.email, verified=False)
    client.force_login(approver)

    def answer(email: str) -> str:
        page = client.post(CHANGE, posted(email))
        assert page.status_code == 200
        return (
            page.content.decode()
            .replace(email, "ADDRESS")
            .replace(page.context["csrf_token"].__str__(), "TOKEN")
        )

    names = ("theirs", "closed", "root", "unverified", "never.was")
    answers = {answer(f"{name}@example.org") for name in names}

    assert len(answers) == 1
    assert "There is no account with this address that you may change." in answers.pop()
    assert StaffRoleChange.objects.count() == 0


def test_without_the_same_answer_the_difference_shows(client, approver, monkeypatch):
    """Negative control: a page that finds the other agency's account answers otherwise."""
    theirs = account("theirs", "JST", "VIEWER")
    monkeypatch.setattr("applications.views.roles.account_to_change", lambda email, user: theirs)
    monkeypatch.setattr(
        actions, "change_staff_role", lambda **_given: (_ for _ in ()).throw(actions.SameRole)
    )
    client.force_login(approver)

    page = client.post(CHANGE, posted("theirs@example.org")).content.decode()

    assert "The account has this role already." in page


@pytest.mark.parametrize(
    "name, role, words",
    [
        ("approver", "VIEWER", "Nobody changes their own role. Ask another approver."),
        ("officer", "OFFICER", "The account has this role already."),
    ],
)
def test_a_refusal_stands_at_its_field_and_says_what_next(client, approver, name, role, words):
    account("officer", "AMED", "OFFICER")
    client.force_login(approver)

    page = client.post(CHANGE, posted(f"{name}@example.org", role))

    assert words in page.content.decode()
    assert StaffRoleChange.objects.count() == 0


def test_a_superuser_sees_both_agencies_and_chooses_one(client, approver):
    account("theirs", "JST", "APPROVER")
    account("user")
    client.force_login(account("root", is_superuser=True))

    client.post(CHANGE, posted("user@example.org") | {"agency": "JST"})

    assert stored(User.objects.get(email="user@example.org")) == ("JST", "VIEWER")
    rows = client.get(ROLES).context["staff_rows"]
    assert [(row[0], row[3]) for row in rows] == [
        ("Approver", "AMED"), ("Theirs", "JST"), ("User", "JST"),
    ]  # fmt: skip


# -- hazard 7: live sessions ---------------------------------------------------------------
def staff_pages(one) -> list[str]:
    return [
        reverse("applications:staff"),
        reverse("applications:staff_application", args=[one.application.pk]),
        reverse("applications:staff_export", args=["members"]),
        reverse("applications:team", args=[one.application.team.ref]),
        reverse("applications:proof", args=[one.application.team.ref, one.proof.pk]),
    ]


@pytest.mark.parametrize("how", ["role taken", "account closed"])
def test_staff_powers_end_at_the_next_click_of_a_session_that_is_open(
    client, another, settings, tmp_path, approver, how
):
    settings.MEDIA_ROOT = tmp_path
    one = world("AMED")
    client.force_login(approver)
    another.force_login(one.staff)
    EmailAddress.objects.create(user=one.staff, email=one.staff.email, verified=True)
    addresses = staff_pages(one)
    assert {another.get(address).status_code for address in addresses} == {200}
    assert another.get(reverse("admin:index")).status_code == 200

    if how == "role taken":
        client.post(CHANGE, posted(one.staff.email, "NONE", "Left the division."))
    else:
        User.objects.filter(pk=one.staff.pk).update(is_active=False)

    gone = 404 if how == "role taken" else 302
    assert [another.get(address).status_code for address in addresses] == [gone] * 5
    admin = another.get(reverse("admin:applications_application_changelist"))
    assert admin.status_code == 302


@pytest.fixture
def another():
    return Visitor()


def test_a_removed_member_is_out_at_the_next_click(client, another, lead, scene):
    """``client`` (the lead) removes the deputy, who reads the team's page in another browser."""
    another.force_login(scene.deputy)
    deputy = scene.application.team.memberships.get(role="DEPUTY")
    ref = scene.application.team.ref
    addresses = [
        reverse(f"applications:{name}", args=[ref])
        for name in ("team", "grants", "notices", "check_answers", "team_project")
    ]
    assert {another.get(address).status_code for address in addresses} == {200}

    lead.post(
        reverse("applications:person_remove", args=[ref, deputy.pk]), {"reason": "Moved away."}
    )

    assert [another.get(address).status_code for address in addresses] == [404] * 5
    assert another.post(addresses[-1], {"title_en": "x"}).status_code == 404
    assert ref not in another.get(reverse("applications:teams")).content.decode()


def test_without_the_current_members_a_removed_one_would_stay(another, scene, monkeypatch):
    """Negative control of the test above."""
    from applications.models import Application

    deputy = scene.application.team.memberships.get(role="DEPUTY")
    deputy.removed_at = AT
    deputy.save()
    monkeypatch.setattr(
        ApplicationQuerySet, "visible_to", lambda self, user: Application.objects.all()
    )
    another.force_login(scene.deputy)

    page = another.get(reverse("applications:team", args=[scene.application.team.ref]))

    assert page.status_code == 200
