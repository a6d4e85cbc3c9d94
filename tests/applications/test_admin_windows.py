"""The windows of the admin: all models are there, lists cost the same for three rows as for one."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.admin import windows
from applications.admin import windows as capped
from applications.models import DataUse
from directory.models import ErasureRequest
from tests.applications.factories import SUBMITTED_AT, ApplicationFactory
from tests.applications.test_admin import OWN
from tests.applications.twins import with_all_rows, world
from tests.directory.factories import (
    NoticeRuleFactory,
    ParticipationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def changelist(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


# -- every model is reachable ----------------------------------------------------------------
def out_of_reach() -> list[str]:
    """Models of ours that no page of the admin shows: neither a list nor rows within another's page."""
    reached = set(admin.site._registry)
    for page in admin.site._registry.values():
        reached |= {inline.model for inline in page.inlines}
    ours = [*apps.get_app_config("directory").get_models(), *apps.get_app_config("applications").get_models()]  # fmt: skip
    return [
        one.__name__
        for one in ours
        # Histories, of rows and of their links, stand on the pages of what they are the history of.
        if one not in reached
        and not hasattr(one, "history_type")
        and not hasattr(one, "instance_type")
        and not one._meta.auto_created
    ]


def test_every_model_is_reachable():
    assert out_of_reach() == []


def test_a_model_without_a_page_would_be_named(monkeypatch):
    """Negative control."""
    monkeypatch.delitem(admin.site._registry, DataUse)

    assert out_of_reach() == ["DataUse"]


# -- helpful lists ---------------------------------------------------------------------------
def test_lists_are_short_say_what_is_searched_and_end_their_order_with_the_key():
    flaws = []
    for model, page in admin.site._registry.items():
        if model._meta.app_label not in ("directory", "applications"):
            continue
        name = model.__name__
        if not 1 <= len(page.list_display) <= 7:
            flaws.append(f"{name}: {len(page.list_display)} columns")
        if page.search_fields and not page.search_help_text:
            flaws.append(f"{name}: does not say what is searched")
        if page.list_editable or page.show_full_result_count:
            flaws.append(f"{name}: edits in the list, or counts all rows")

    assert flaws == []


# -- statements ------------------------------------------------------------------------------
LISTS = sorted(
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model in admin.site._registry
    if model._meta.app_label in ("directory", "applications")
    and model._meta.model_name not in ("user", "forgottenaddress")  # for superusers
)
# Session, account and the like; the count and the rows; a filter by call or funder asks for its
# choices; facets and the drill-down by date ask more, in the directory's small lists.
PINNED = {
    "applications_application": 8,
    "applications_event": 7,
    "applications_internalnote": 8,
    "applications_version": 9,  # it names people: whether this look is on record
    "directory_call": 11,
    "directory_grant": 9,  # likewise
    "directory_participation": 12,
}


def statements(client) -> dict[str, int]:
    """How many statements each list asks, visited for the second time today."""
    counts = {}
    for name in LISTS:
        client.get(changelist(name))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(changelist(name))
        assert page.status_code == 200, name
        counts[name] = len(asked)
    return counts


def test_a_list_costs_the_same_statements_for_one_row_as_for_three(client):
    first = with_all_rows(world("AMED"))
    # One edition: a filter of one choice is not shown, and then not counted either.
    for_an_agency = {"edition": first.call.edition}
    NoticeRuleFactory(participation=ParticipationFactory(agency__slug="agency-0", **for_an_agency))
    client.force_login(UserFactory(staff_agency="AMED", staff_role="APPROVER"))
    of_one = statements(client)
    for number in (1, 2):
        with_all_rows(world("AMED", number=number), number)
        row = ParticipationFactory(agency__slug=f"agency-{number}", **for_an_agency)
        NoticeRuleFactory(participation=row)
    of_three = statements(client)

    assert of_three == of_one
    assert {name: of_one[name] for name in PINNED} == PINNED
    assert len(LISTS) == 33


# -- the cap ---------------------------------------------------------------------------------
def test_a_list_counts_up_to_the_cap_and_says_that_there_is_more(client, monkeypatch):
    monkeypatch.setattr(capped, "MOST_COUNTED", 2)
    call = world("AMED").call
    ApplicationFactory.create_batch(2, call=call)
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))

    page = client.get(changelist("applications_application"))
    found = client.get(changelist("applications_application"), {"q": "kanaria"})

    assert page.context["cl"].result_count == 2
    assert "There are more than 2 rows." in page.content.decode()
    assert found.context["cl"].result_count == 1
    assert "There are more than" not in found.content.decode()


# -- the reading is on record ----------------------------------------------------------------
@pytest.mark.parametrize("name", ["applications_application", "applications_membership",
                                  "directory_researcher", "applications_message"])  # fmt: skip
def test_looking_at_a_row_is_recorded_once_a_day(client, name):
    ours = with_all_rows(world("AMED"))
    client.force_login(ours.staff)
    row = OWN[name](ours)
    page = reverse(f"admin:{name}_change", args=[row.pk])

    client.get(page)
    client.get(page)

    [use] = DataUse.objects.filter(kind="READ")
    assert (use.by, use.name) == (ours.staff, f"admin {row._meta.model_name}")
    assert use.filters == f"row={row.pk}"
    of_one = name in ("applications_application", "applications_message")
    assert use.application == (ours.application if of_one else None)


def test_a_list_of_people_is_recorded_and_a_list_of_states_is_not(client):
    ours = with_all_rows(world("AMED"))
    client.force_login(ours.staff)

    client.get(changelist("applications_notice"))
    client.get(changelist("directory_researcher"), {"q": "kari"})
    for name in ("directory_grant", "applications_team", "applications_version"):
        client.get(changelist(name))  # they show holders and accounts

    uses = DataUse.objects.filter(kind="READ").order_by("pk")
    assert list(uses.values_list("name", "filters", "rows")) == [
        ("admin researcher", "q=kari", 1),
        ("admin grant", "", 1),
        ("admin team", "", 1),
        ("admin version", "", 1),
    ]


def test_who_asked_for_erasure_is_on_record_as_read(client):
    ours = world("AMED")
    ours.lead.researcher.user = UserFactory()
    ours.lead.researcher.save()
    asked = ErasureRequest.objects.create(user=ours.lead.researcher.user, requested_at=SUBMITTED_AT)
    client.force_login(UserFactory(staff_agency="AMED", staff_role="APPROVER"))

    client.get(changelist("directory_erasurerequest"))
    client.get(reverse("admin:directory_erasurerequest_change", args=[asked.pk]))

    uses = DataUse.objects.filter(kind="READ").order_by("pk")
    assert list(uses.values_list("name", "filters", "rows")) == [
        ("admin erasurerequest", "", 1),
        ("admin erasurerequest", f"row={asked.pk}", None),
    ]


def test_a_team_does_not_tell_what_it_was_copied_from(client):
    """That may be a team of the other agency (product.md 8)."""
    ours, theirs = world("AMED"), world("JST")
    ours.application.team.copied_from = theirs.application.team
    ours.application.team.save()
    client.force_login(ours.staff)
    row = reverse("admin:applications_team_change", args=[ours.application.team_id])

    for page in (changelist("applications_team"), row):
        text = client.get(page).content.decode()
        assert ours.application.team.ref in text
        assert theirs.application.team.ref not in text


def test_without_the_record_nothing_would_tell_of_the_reading(client, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(windows.OwnWindow, "_record", lambda *args, **page: None)
    ours = world("AMED")
    client.force_login(ours.staff)

    client.get(reverse("admin:directory_researcher_change", args=[ours.lead.researcher_id]))

    assert not DataUse.objects.filter(kind="READ").exists()


# -- erasures --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"staff_agency": "AMED", "staff_role": "APPROVER"}, {"kanaria"}),
        ({"staff_agency": "JST", "staff_role": "APPROVER"}, {"hibari"}),
        ({"is_superuser": True}, {"kanaria", "hibari"}),
        ({"staff_agency": "AMED", "staff_role": "OFFICER"}, None),
    ],
)
def test_erasures_are_for_approvers_of_the_agency_that_erased(client, fields, names):
    with_all_rows(world("AMED"))
    with_all_rows(world("JST"))
    client.force_login(UserFactory(**fields))

    page = client.get(changelist("directory_erasure"))

    if names is None:
        assert page.status_code == 403
    else:
        assert {one.pseudonym for one in page.context["cl"].result_list} == names


def test_an_answer_that_is_a_code_is_shown_in_words(client):
    asked = ErasureRequest.objects.create(
        user=UserFactory(), requested_at=SUBMITTED_AT, answer="WITHDRAWN"
    )
    client.force_login(UserFactory(is_superuser=True))

    for page in (
        changelist("directory_erasurerequest"),
        reverse("admin:directory_erasurerequest_change", args=[asked.pk]),
    ):
        text = client.get(page).content.decode()
        assert "Withdrawn by the person" in text
        assert "WITHDRAWN" not in text


# -- uses of data ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "names"), [("APPROVER", {"kanaria.csv"}), ("OFFICER", set()), ("VIEWER", set())]
)
def test_uses_of_colleagues_are_for_approvers_and_nobody_changes_them(client, role, names):
    ours, _theirs = with_all_rows(world("AMED")), with_all_rows(world("JST"))
    client.force_login(UserFactory(staff_agency="AMED", staff_role=role))
    use = DataUse.objects.get(by=ours.staff)
    page = reverse("admin:applications_datause_change", args=[use.pk])

    listed = client.get(changelist("applications_datause")).context["cl"].result_list

    assert {one.name for one in listed} == names
    assert client.get(page).status_code == (200 if names else 404)
    assert client.post(page, {"reason": "x"}).status_code == (403 if names else 404)


# -- which server this is --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("debug", "guests", "words", "colour"),
    [
        (False, [], "Production", "environment-production"),
        (False, ["a@example.org"], "Practice server", "environment"),
        (True, [], "Practice server, DEBUG is on", "environment-debug"),
    ],
)
def test_every_page_says_in_words_and_colour_which_server_it_is(
    client, settings, debug, guests, words, colour
):
    settings.DEBUG, settings.RECIPIENT_GUEST_LIST = debug, guests
    ours = with_all_rows(world("AMED"))
    client.force_login(UserFactory(is_superuser=True))
    kinds = ("changelist", "add", "change", "history", "delete")
    pages = [reverse("admin:index"), reverse("admin:app_list", args=["directory"])]
    pages += [f"{changelist('directory_agency')}?_popup=1", reverse("admin:password_change")]
    pages += [
        reverse(f"admin:directory_call_{kind}", args=[ours.call.pk] if place > 1 else [])
        for place, kind in enumerate(kinds)
    ]

    said = f'<p class="environment{"" if colour == "environment" else f" {colour}"}"><strong>{words}</strong>'
    without = [one for one in pages if said not in client.get(one).content.decode()]

    assert without == []
