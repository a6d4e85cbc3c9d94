"""A draft begins as a copy of the newest list, by an officer, with a reason; and tells who wrote in it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from simple_history.manager import HistoryManager

from applications import actions, permissions
from applications.queries.authors import authors_of
from directory.changes import differences
from directory.listing import said_by
from directory.models import Condition, Edition, NoticeRule, Participation
from tests.applications.factories import CallFactory
from tests.directory.factories import (
    PUBLISHED_AT,
    AgencyFactory,
    ConditionFactory,
    EditionFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    ProgrammeFactory,
    UserFactory,
)
from tests.directory.seeds import checksums

pytestmark = pytest.mark.django_db
AT = PUBLISHED_AT + timedelta(days=300)


def row(edition, slug="rcn", place=1):
    """A row with all that a row may have."""
    agency = AgencyFactory(slug=slug)
    made = ParticipationFactory(
        edition=edition, agency=agency, position=place,
        programmes=[ProgrammeFactory(agency=agency, code=f"P{place}")],
        added_on=date(2024, 6, 5), link="https://funder.example/aspire", note_fingerprint="f" * 64,
        to_confirm_en="Whom?", to_confirm_ja="誰に？",
    )  # fmt: skip
    NoticeRuleFactory(participation=made, contact_name="The desk")
    ConditionFactory(participation=made)
    return made


@pytest.fixture
def base():
    edition = EditionFactory()
    row(edition)
    row(edition, "vr", 2)
    return edition


def staff(role="OFFICER", agency="AMED", **more):
    return UserFactory(staff_role=role, staff_agency=agency, **more)


def ask(base, by, **other):
    given = {
        "based_on_id": base.pk, "code": "amed-2025-04-01", "as_of": date(2025, 4, 1),
        "updated_on": date(2025, 4, 3), "source": base.source, "reason": "VR has another officer",
        "by": by, "at": AT,
    }  # fmt: skip
    return actions.make_edition(**given | other)


def test_a_draft_says_all_that_its_base_says_and_why_it_was_made(base):
    officer = staff()

    made = ask(base, officer)

    said = said_by(base, made)
    assert len(said[made.pk]) == 2
    assert differences(said[base.pk], said[made.pk]) == ()
    assert (made.owner, made.published_at, made.based_on, made.reason) == (
        "AMED",
        None,
        base,
        "VR has another officer",
    )
    assert (made.made_by, made.made_at) == (officer, AT)


def test_every_copied_part_has_one_history_row_that_names_who_copied_it(base):
    officer = staff()

    made = ask(base, officer)

    for model, parts in (
        (Edition, Edition.objects.filter(pk=made.pk)),
        (Participation, made.rows.all()),
        (NoticeRule, NoticeRule.objects.filter(participation__edition=made)),
        (Condition, Condition.objects.filter(participation__edition=made)),
    ):
        noted = model.history.filter(id__in=parts.values("pk"))
        assert list(noted.values_list("history_user", "history_date", "history_type")) == [
            (officer.pk, AT, "+")
        ] * len(parts)
    copied = Participation.history.filter(edition=made).order_by("position")
    assert [[one.programme.code for one in row.programmes.all()] for row in copied] == [
        ["P1"],
        ["P2"],
    ]


def test_one_row_is_copied_in_as_many_statements_as_many(base, django_assert_num_queries):
    officer, other = staff(), staff(agency="JST")
    lone = EditionFactory(code="jst-2024-07-01", owner="JST")
    row(lone, "nwo")

    with django_assert_num_queries(20):
        ask(base, officer)
    with django_assert_num_queries(20):
        ask(lone, other, code="jst-2025-04-01")


# what is asked -> the refusal
REFUSED = {
    "no permission": (lambda base: {"by": staff("VIEWER")}, actions.NotPermitted),
    "other agency": (lambda base: {"by": staff(agency="JST")}, actions.NotPermitted),
    "closed account": (lambda base: {"by": staff(is_active=False)}, actions.NotPermitted),
    "no reason": (lambda base: {"reason": " \n"}, actions.ReasonNeeded),
    "code taken": (lambda base: {"code": base.code}, actions.CodeTaken),
    "older": (lambda base: {"as_of": date(2024, 6, 30)}, actions.DatesOutOfOrder),
    "page older": (
        lambda base: {"as_of": base.as_of, "updated_on": date(2024, 7, 2)},
        actions.DatesOutOfOrder,
    ),
    "page before its day": (lambda base: {"updated_on": date(2025, 3, 31)}, actions.DatesOutOfOrder),
    "of a draft": (
        lambda base: {"based_on_id": EditionFactory(code="d", published_at=None).pk},
        Edition.DoesNotExist,
    ),
    "not the newest": (
        lambda base: EditionFactory(code="newer", as_of=date(2024, 9, 1), updated_on=date(2024, 9, 1)) and {},
        actions.NotTheNewest,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_has_its_name_and_nothing_is_made(base, case):
    given, refusal = REFUSED[case]
    asked = {"by": staff()} | given(base)
    before = checksums()

    with pytest.raises(refusal):
        ask(base, asked.pop("by"), **asked)

    assert checksums() == before


def test_where_the_last_step_fails_no_part_of_the_draft_stays(base, monkeypatch):
    officer, before, calls = staff(), checksums(), []
    noted = HistoryManager.bulk_history_create

    def broken(self, *given, **named):
        calls.append(self.model)
        if self.model is Condition.history.model:
            raise RuntimeError
        return noted(self, *given, **named)

    monkeypatch.setattr(HistoryManager, "bulk_history_create", broken)
    with pytest.raises(RuntimeError):
        ask(base, officer)

    assert len(calls) == 3
    assert checksums() == before


# -- who wrote in it -------------------------------------------------------------------------
def written(edition, by, how):
    """Let ``by`` write in a draft, and take it back where it can be taken back."""
    first = edition.rows.order_by("position").first()
    touched = {
        "edition": edition,
        "row": first,
        "rule": first.notice_rule,
        "condition": first.conditions.get(),
        "deleted row": edition.rows.last(),
        "programmes": first,
    }[how]
    touched._history_user = by
    if how == "deleted row":
        touched.delete()
    elif how == "programmes":
        touched.programmes.clear()
    else:
        touched.save()


@pytest.mark.parametrize(
    "how", ["edition", "row", "rule", "condition", "deleted row", "programmes"]
)
def test_whoever_wrote_in_a_draft_is_an_author_and_does_not_publish_it(base, how):
    officer, approver = staff(), staff("APPROVER")
    made = ask(base, officer)
    assert authors_of(made) == {officer.pk}
    assert permissions.may_publish(approver, made, authors_of(made))

    written(made, approver, how)

    assert authors_of(made) == {officer.pk, approver.pk}
    assert not permissions.may_publish(approver, made, authors_of(made))


def test_authors_are_read_in_one_statement_and_nobody_wrote_the_shipped_list(
    base, django_assert_num_queries
):
    with django_assert_num_queries(1):
        assert authors_of(base) == frozenset()


@pytest.mark.parametrize(
    ("role", "agency", "drafts", "publishes"),
    [
        ("VIEWER", "AMED", False, False),
        ("OFFICER", "AMED", True, False),
        ("APPROVER", "AMED", True, True),
        ("APPROVER", "JST", False, False),
    ],
)
def test_who_drafts_publishes_and_moves_a_call(base, role, agency, drafts, publishes):
    user = staff(role, agency)
    call = CallFactory(edition=base)

    assert permissions.may_draft_edition(user, "AMED") == drafts
    assert permissions.may_publish(user, base, frozenset()) == publishes
    assert permissions.may_change_call(user, call) == publishes


def test_a_superuser_is_bound_by_the_second_person_too(base):
    user = UserFactory(is_superuser=True)
    call = CallFactory(edition=base)

    assert permissions.may_draft_edition(user, "JST")
    assert permissions.may_publish(user, base, frozenset())
    assert not permissions.may_publish(user, base, {user.pk})
    assert permissions.may_change_call(user, call)


# -- pages -----------------------------------------------------------------------------------
TYPED = {
    "code": "amed-2025-04-01", "as_of_0": "2025", "as_of_1": "4", "as_of_2": "1",
    "updated_on_0": "2025", "updated_on_1": "4", "updated_on_2": "3",
    "source": "https://www.amed.go.jp/list.html", "reason": "VR has another officer",
}  # fmt: skip
NEW = "/en/staff/editions/new/"


def test_an_officer_makes_a_draft_on_the_page_and_goes_on_in_it(client, base):
    client.force_login(staff())

    response = client.post(NEW, TYPED | {"based_on": base.pk})

    made = Edition.objects.get(code="amed-2025-04-01")
    assert response.url == reverse("applications:staff_edition", args=[made.code])
    assert made.rows.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("code", "2025-04-01", "would mean the list of that day"),
        ("code", "new", "A page of the lists has this address"),
        ("code", "amed-2024-07-01", "Another edition has this code"),
        ("as_of_0", "2023", "Neither day may be earlier"),
        ("based_on", "987654321", "A newer list was published meanwhile"),
        ("reason", " ", "id_reason_error"),
    ],
)
def test_the_page_says_how_to_mend_it(client, base, field, value, words):
    client.force_login(staff())
    typed = TYPED | {"based_on": base.pk, field: value}
    if field == "as_of_0":
        typed["updated_on_0"] = value

    page = client.post(NEW, typed)

    assert (page.status_code, Edition.objects.count()) == (200, 1)
    assert words in page.content.decode()


def test_the_list_shows_published_editions_of_both_and_drafts_of_the_own(client, base):
    ask(base, staff(name="Hanako Amed"))
    EditionFactory(code="jst-published", owner="JST")
    EditionFactory(code="jst-draft", owner="JST", published_at=None)
    seen = {}
    for agency in ("AMED", "JST"):
        client.force_login(staff("VIEWER", agency))
        page = client.get("/en/staff/editions/")
        text = page.content.decode()
        seen[agency] = {
            code
            for code in (
                "amed-2024-07-01",
                "amed-2025-04-01",
                "jst-published",
                "jst-draft",
                "Hanako Amed",
            )
            if code in text
        }
        assert "Make a new edition" not in text

    both = {"amed-2024-07-01", "jst-published"}
    assert seen == {"AMED": both | {"amed-2025-04-01", "Hanako Amed"}, "JST": both | {"jst-draft"}}  # fmt: skip


def test_an_agency_without_a_list_is_told_where_to_begin(client, base):
    client.force_login(staff(agency="JST"))

    page = client.get(NEW)

    assert "Enter the first list in the administration" in page.content.decode()


@pytest.mark.parametrize("number", [0, 3])
def test_more_editions_take_no_more_statements(client, base, number, django_assert_num_queries):
    officer = staff()
    for one in range(number):
        EditionFactory(
            code=f"amed-{one}", published_at=None, based_on=base, reason="r",
            made_by=officer, made_at=AT,
        )  # fmt: skip
    client.force_login(officer)
    client.get("/en/staff/editions/")

    with django_assert_num_queries(4):
        client.get("/en/staff/editions/")
