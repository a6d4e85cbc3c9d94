"""Hazard 6: every field name sent to a form of a team or of staff; what it shows is stored, and nothing else."""

import logging
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import transaction
from django.http import QueryDict

from applications import actions
from applications.forms.calls import CallChangeForm, DeadlineForm, InForceForm
from applications.models import (
    Application,
    DataUse,
    EffectPreview,
    Event,
    GoldenCase,
    InternalNote,
    Invitation,
    Membership,
    Message,
    Notice,
    Publication,
    ReliedGrant,
    TeamLetter,
    VersionPerson,
)
from applications.queries.screening import last_move
from directory.models import (
    JAPAN_TIME,
    Call,
    CallChange,
    Condition,
    Edition,
    Erasure,
    ErasureRequest,
    Grant,
    NoticeRule,
    Participation,
    PublishedNote,
    PublishedPage,
    Researcher,
    StaffRoleChange,
    User,
)
from tests.access.asking import clients_of
from tests.access.routes import routes, values
from tests.access.worlds import World
from tests.applications import drafts_of_lists as lists
from tests.directory.pages import as_lines, shipped

pytestmark = [pytest.mark.crawl, pytest.mark.django_db]

OURS = ("directory", "applications", "auth", "account")


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# -- the workspace --------------------------------------------------------------------------
# Form -> table and columns that it may write; every other column must stay as it is.
PEOPLE = {"name", "family_latin", "given_latin", "reading", "email", "language", "institution_id",
          "department", "position", "erad_number", "search_text"}  # fmt: skip
GRANT = {"agency_id", "agency_other", "programme_id", "programme_other", "reference", "key", "title",
         "role", "starts_on", "ends_on", "amount", "currency", "contact_name", "contact_email"}  # fmt: skip
PROJECT = {"title_ja", "title_en", "abstract_en", "field", "changed_at", "search_text"}
ANSWERS = {"area_id", "years", "budget_jpy", "explanation", "changed_at", "search_text"}
CHANGED = {"changed_at", "search_text"}
LAPSED = {"confirmed_at", "confirmed_how", "confirmed_reason", "confirmed_by_id"}
ALLOWED = {
    "team_project": {Application: PROJECT},
    "answers": {Application: ANSWERS},
    "erad": {Application: {"erad_status", "erad_number"} | CHANGED},
    "person_edit": {Researcher: PEOPLE, Application: CHANGED, Membership: LAPSED | {"role"}},
    "person_add": {Application: CHANGED},
    "person_confirm": {Application: CHANGED, Membership: LAPSED},
    "grant_edit": {Grant: GRANT, Application: CHANGED},
    "grant_add": {Application: CHANGED},
    "attest": {Application: CHANGED},
    "notice": {},
    "copy": {},
}
WATCHED = (Application, Membership, Researcher, Grant, ReliedGrant, User)


def wishes(own: World, other: World) -> dict[str, str]:
    """A value for every field name of every model that somebody might hope to set."""
    named = {
        field.attname if field.is_relation else field.name
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.concrete_fields
    } | {field.name for model in WATCHED for field in model._meta.concrete_fields}
    wish = dict.fromkeys(named, "1")
    return wish | {
        "status": "ADOPTED", "state": "ACKNOWLEDGED", "receipt": "AAAA-BBBB-CCCC-DDDD",
        "submitted_at": "2020-01-01", "version": "99", "best_verdict": "FITS", "verdict": "FITS",
        "call": str(other.call.pk), "call_id": str(other.call.pk), "team": str(other.application.team_id),
        "team_id": str(other.application.team_id), "edition": str(other.draft.pk), "role": "LEAD",
        "user": str(other.people["lead"].pk), "user_id": str(other.people["lead"].pk),
        "holder": str(other.members["partner"].researcher_id), "confirmed_at": "2020-01-01",
        "confirmed_how": "SELF", "is_superuser": "on", "staff_agency": "AMED", "staff_role": "APPROVER",
        "email": "x@example.org", "name": "Somebody", "reading": "よみ", "orcid": "0000-0002-1825-0097",
        "language": "en", "title_en": "Title", "title_ja": "題", "abstract_en": "Words", "years": "3",
        "budget_jpy": "1000000", "area": str(own.application.area_id), "field": "healthcare",
        "explanation": "Words", "erad_status": "SUBMITTED", "erad_number": "12345678",
        "institution_name": "X", "institution_country": "NO", "agency": "rcn", "reference": "300281",
        "starts_on": "2022-01-01", "ends_on": "2029-12-31", "reason": "Words", "answer": "GIVEN",
        "removed_at": "2020-01-01", "email_verified": "on", "verified": "on", "lead": "1",
        "receipt_no": "1", "act": "draft", "draft-subject": "Words", "draft-text": "Words",
    }  # fmt: skip


def stored() -> dict[tuple[type, int], dict]:
    return {(model, row["id"]): row for model in WATCHED for row in model.objects.values()}


def overwritten(client, name: str, own: World, other: World) -> tuple[bool, list[str]]:
    """Whether the post was taken, and the columns of rows that were there which it may not write."""
    route = next(one for one in routes() if one.name == f"applications:{name}")
    address = route.at(values(route, own))
    page = client.get(address)
    form = page.context.get("form") if page.context else None
    carried = {}
    if form is not None:
        carried = {
            bound.html_name: value if not isinstance(value, date) else value.isoformat()
            for bound in form
            if (value := bound.value()) not in (None, "") and not hasattr(value, "read")
        }
        carried = {key: getattr(value, "pk", value) for key, value in carried.items()}
    before = stored()
    with transaction.atomic():
        response = client.post(address, wishes(own, other) | {"seen": carried.get("seen", "")})
        after = stored()
        transaction.set_rollback(True)
    flaws = [
        f"{name}: {model.__name__}.{column}"
        for (model, pk), row in before.items()
        for column, value in row.items()
        if column not in ALLOWED[name].get(model, set())
        and after.get((model, pk), {}).get(column) != value
    ]
    return response.status_code == 302, sorted(set(flaws))


@pytest.mark.parametrize("name", ALLOWED)
def test_every_field_name_sent_to_a_form_changes_what_the_form_shows_and_nothing_else(worlds, name):
    own, other = worlds

    taken, flaws = overwritten(clients_of(*worlds)["lead"], name, own, other)

    assert flaws == []
    if name in ("team_project", "answers", "erad", "person_edit", "person_add"):
        assert taken, "the form refused everything: the test proves nothing"


def test_a_form_that_takes_every_field_is_found(worlds, monkeypatch):
    """Negative control: an action that stores whatever it is given."""
    from applications.views import workspace as pages

    own, other = worlds

    def careless(*, application_id, by, **_given):
        row = Application.objects.get(pk=application_id)
        row.status, row.version = "ADOPTED", 99
        row.save()
        return row

    monkeypatch.setattr(pages.actions, "save_section", careless)

    _taken, flaws = overwritten(clients_of(*worlds)["lead"], "team_project", own, other)

    assert flaws == ["team_project: Application.status", "team_project: Application.version"]


# -- staff ---------------------------------------------------------------------------------
OF_STAFF = (
    *(Application, Membership, Researcher, Grant, ReliedGrant, Notice, Invitation, Message),
    *(TeamLetter, InternalNote, Event, DataUse, VersionPerson, EmailAddress, User),
    *(StaffRoleChange, ErasureRequest, Erasure, Call, CallChange),
    *(EffectPreview, GoldenCase, Publication),
    *(Edition, Participation, NoticeRule, Condition, PublishedPage, PublishedNote),
)
# Taken into screening; a notice that the list no longer asks for is crossed out with it.
MOVED = {Application: {"status"}, Notice: {"removed_at"}}
Changes = dict[type, set[str]]


def place(own: World) -> str:
    """The application as the page of several showed it."""
    return f"{own.application.pk}:SUBMITTED:{last_move(own.application)}"


def a_day_earlier(own: World) -> dict[str, str]:
    """The deadline moved by a day, as it was previewed."""
    closes = own.call.closes_at.astimezone(JAPAN_TIME) - timedelta(days=1)
    sent = {f"closes_day_{place}": str(one) for place, one in enumerate(closes.timetuple()[:3])} | {
        "closes_clock": f"{closes:%H:%M}",
        "reference": "KEEP",
        "reason_en": "Why",
        "reason_ja": "理由",
        "act": "save",
    }
    form = DeadlineForm(QueryDict(urlencode(sent)), call=own.call, opened=True)
    return sent | previewed(form)


def a_later_list(own: World) -> dict[str, str]:
    """Another published list of the agency, without the submitted grant's funder, as it was previewed."""
    later = lists.draft_from(own.call.edition, code="made-later", owner=own.owner)
    lists.leaves(later, "rcn")
    lists.publish(later)
    sent = {"edition": str(later.pk), "reason_en": "Why", "reason_ja": "理由", "act": "save"}
    return sent | previewed(InForceForm(QueryDict(urlencode(sent)), call=own.call))


def previewed(form: CallChangeForm) -> dict[str, str]:
    """What the form sends along once the page has shown what it would do."""
    assert form.is_valid(), form.errors
    form.mark_previewed()
    return {"previewed": form.data["previewed"]}


# Form -> the role that sends it, what makes the form take it, the columns of rows that were there
# which it may write, the tables it may add rows to.
STAFF_FORMS = {
    "staff_decide": (
        "officer",
        lambda own: {"seen_status": "SUBMITTED", "seen_move": last_move(own.application)},
        MOVED,
        {Event},
    ),
    "staff_note": ("officer", lambda own: {"text": "Words"}, {}, {InternalNote, Event}),
    "staff_assign": (
        "officer",
        lambda own: {"seen": "", "to": own.staff["officer"].pk},
        {Application: {"assigned_to_id"}},
        {Event},
    ),
    "staff_screening": (
        "officer",
        lambda own: {
            "act": "TAKE_INTO_SCREENING",
            "chosen": place(own),
            "confirm": "1",
            "hour": "12",
        },
        MOVED,
        {Event},
    ),
    "staff_team_letter": (
        "officer",
        lambda own: {"subject": "Subject", "text": "Words"},
        {TeamLetter: {"subject", "text"}},
        {Event},
    ),
    "staff_team_letter_drop": ("officer", lambda own: {}, {TeamLetter: {"dropped_at"}}, {Event}),
    "staff_export_page": (
        "officer",
        lambda own: {"columns": "WITH", "format": "csv", "headings": "CODES"},
        {},
        {DataUse},
    ),
    "staff_edition_effect": ("officer", lambda own: {"calls": []}, {}, {EffectPreview}),
    "staff_edition_cases": (
        "officer",
        lambda own: {
            "act": "state",
            "country": "NO",
            "agency": "rcn",
            "on_0": "2024",
            "on_1": "5",
            "on_2": "28",
            "expected_verdict": "DOES_NOT_FIT",
            "why": "It is not on this list.",
        },
        {},
        {GoldenCase},
    ),
    "staff_edition_compare": (
        "officer",
        lambda own: {
            "text": as_lines(shipped()[:2]),
            "save": "1",
            "seen_on_0": "2024",
            "seen_on_1": "7",
            "seen_on_2": "10",
        },
        {},
        {PublishedPage, PublishedNote},
    ),
    "staff_role_change": (
        "approver",
        lambda own: {"email": own.staff["viewer"].email, "role": "OFFICER"},
        {User: {"staff_role"}},
        {StaffRoleChange},
    ),
    "staff_edition_new": (
        "officer",
        lambda own: {
            "based_on": own.call.edition_id,
            "code": "made-anew",
            "source": "https://x.example/",
            **{
                f"{day}_{part}": value
                for day in ("as_of", "updated_on")
                for part, value in enumerate((2025, 4, 1))
            },
        },
        {},
        {Edition, Participation, NoticeRule, Condition},
    ),
    "staff_call_deadline": ("approver", a_day_earlier, {Call: {"closes_at"}}, {CallChange}),
    # What was submitted keeps its list, its results and its notices.
    "staff_call_edition": ("approver", a_later_list, {Call: {"edition_id"}}, {CallChange}),
    # The person's own values, their place in the team, and the request: nothing that was wished for.
    "staff_erasure": (
        "approver",
        lambda own: {"reason": "Letter 12", "sure": "on"},
        {
            Application: CHANGED,
            Membership: {"removed_at"},
            Notice: {"removed_at"},
            VersionPerson: {"values"},
            Researcher: {
                *("name", "family_latin", "given_latin", "reading", "email", "erad_number"),
                *("institution_id", "department", "position", "search_text", "user_id"),
            },
            User: {"name", "email", "password", "last_login", "is_active"},
            EmailAddress: {"id", "user_id", "email", "verified", "primary"},
            ErasureRequest: {"note", "handled_at", "handled_by_id", "answer"},
        },
        {Erasure, Event},
    ),
}


def kept() -> dict[tuple[type, int], dict]:
    return {(model, row["id"]): row for model in OF_STAFF for row in model.objects.values()}


def changed_by(client, name: str, own: World, other: World) -> tuple[Changes, set[type]]:
    """The columns that the post wrote in rows that were there, and the tables it added rows to."""
    route = next(one for one in routes() if one.name == f"applications:{name}")
    address = route.at(values(route, own))
    page = client.get(address)
    seen = page.context["form"]["seen"].value() if "seen" in page.context["form"].fields else ""
    sent = wishes(own, other) | {"seen": seen or ""} | STAFF_FORMS[name][1](own)
    before = kept()
    with transaction.atomic():
        response = client.post(address, sent)
        if response.streaming:
            list(response.streaming_content)
        after = kept()
        transaction.set_rollback(True)
    columns: Changes = {}
    for (model, pk), row in before.items():
        now = after.get((model, pk), {})
        wrote = {column for column, value in row.items() if now.get(column) != value}
        if wrote:
            columns.setdefault(model, set()).update(wrote)
    return columns, {model for model, pk in after.keys() - before.keys()}


@pytest.mark.parametrize("name", STAFF_FORMS)
def test_a_form_of_staff_writes_its_own_columns_and_adds_its_own_rows(worlds, name):
    own, other = worlds
    role, _sends, columns, tables = STAFF_FORMS[name]

    assert changed_by(clients_of(*worlds)[f"amed_{role}"], name, own, other) == (columns, tables)


# Form -> the action behind it, what a careless one would write, and what must be found.
CARELESS = {
    "staff_note": (
        "write_note",
        lambda own: Application.objects.filter(pk=own.application.pk).update(version=99),
        {Application: {"version"}},
    ),
    "staff_call_edition": (
        "put_in_force",
        lambda own: Application.objects.filter(pk=own.application.pk).update(edition=own.draft),
        {Application: {"edition_id"}},
    ),
    "staff_call_deadline": (
        "move_deadline",
        lambda own: Call.objects.filter(pk=own.call.pk).update(edition=own.draft),
        {Call: {"edition_id"}},
    ),
}


@pytest.mark.parametrize("name", CARELESS)
def test_a_form_of_staff_that_writes_a_foreign_column_is_found(worlds, monkeypatch, name):
    """Negative control: an action that stores what is none of its business."""
    own, other = worlds
    action, careless, columns = CARELESS[name]
    monkeypatch.setattr(actions, action, lambda **_given: careless(own))

    found = changed_by(clients_of(*worlds)[f"amed_{STAFF_FORMS[name][0]}"], name, own, other)

    assert found == (columns, set())
