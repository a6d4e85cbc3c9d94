"""Cases stay with the list they were stated for: which count for a later one, who states them, what its page asks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import actions
from applications.models import GoldenCase
from applications.queries.catalogue import edition_facts, load_catalogue
from applications.queries.golden_cases import Standing, ask, cases_of, shipped_cases
from directory.changes import JUDGED_BY
from directory.models import Condition, Edition
from tests.applications import drafts
from tests.applications import drafts_of_lists as lists
from tests.directory.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db
SHIPPED = len(shipped_cases())


@pytest.fixture
def made():
    return drafts.ready(now=True)


@pytest.fixture
def signed_in(client):
    def of(user):
        client.force_login(user)
        return client

    return of


def of(edition, status):
    return [one for one in cases_of(edition) if one.status == status]


def page(edition, name="_cases"):
    return reverse(f"applications:staff_edition{name}", args=[edition.code])


# -- which cases count -------------------------------------------------------------------------
def test_a_draft_that_says_the_same_answers_every_shipped_case(made):
    answers = cases_of(made.draft)

    assert len(answers) == SHIPPED + 1 > 140
    assert {one.status for one in answers} == {Standing.PASSES}
    assert {one.case.edition for one in answers} == {"amed-next", "amed-2024-07-01"}


def rcn(draft, **values):
    draft.rows.filter(agency__slug="rcn").update(**values)


def condition(draft):
    Condition.objects.create(participation=draft.rows.get(agency__slug="rcn"), code="ERC_SCOPE")


def targets(draft):
    row = draft.rows.get(agency__slug="rcn")
    row.programmes.add(ProgrammeFactory(agency=row.agency))


# What is done to a row -> what its grant that fits is answered then.
CHANGES = {
    "gone": (lambda draft: lists.leaves(draft, "rcn"), "DOES_NOT_FIT"),
    "added later": (lambda draft: rcn(draft, added_on=date(2024, 8, 1)), "FITS"),
    "with a condition": (condition, "FITS_IF"),
    "one programme alone": (targets, "CANNOT_TELL"),
}
REWORDED = {
    "moved, and reworded at its source": lambda draft: rcn(draft, position=91, note_fingerprint="1" * 64),
    "its summary": lambda draft: rcn(draft, summary_en="Otherwise.", summary_ja="別の要約。"),
    "doubted": lambda draft: rcn(draft, to_confirm_en="Which programmes?", to_confirm_ja="どれか。"),
    "asks otherwise": lambda draft: lists.asks(draft, "rcn", strength="ENCOURAGED"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_cases_of_a_changed_row_are_superseded_and_no_others(made, change):
    comes_about, verdict = CHANGES[change]
    comes_about(made.draft)

    assert {one.slug for one in of(made.draft, Standing.SUPERSEDED)} == {"rcn"}
    assert of(made.draft, Standing.FAILS) == []
    # With its new answer beside it.
    new = {one.case.key: one.verdict for one in of(made.draft, Standing.SUPERSEDED)}
    assert new["rcn-fits"] == verdict


@pytest.mark.parametrize("change", REWORDED)
def test_a_row_that_judges_by_the_same_still_answers_its_cases(made, change):
    REWORDED[change](made.draft)

    assert {one.status for one in cases_of(made.draft)} == {Standing.PASSES}


class Read:
    """A row that notes what is read of it."""

    def __init__(self, row, noted):
        self.row, self.noted = row, noted

    def __getattr__(self, name):
        self.noted.add(name)
        return getattr(self.row, name)


def test_what_grants_are_judged_by_is_all_that_judging_reads_of_a_row(made):
    facts, noted = edition_facts(made.draft), set()
    rows = {slug: Read(row, noted) for slug, row in facts.rows.items()}
    catalogue, watched = load_catalogue(), replace(facts, rows=rows)

    for case in shipped_cases():
        ask(case, catalogue, watched)

    # The other three are the agency's own; the day on which a row was added stands beside the rows.
    assert noted | {"added_on"} == JUDGED_BY | {"agency", "acronym", "country"}


def test_control_without_the_row_a_required_case_fails(made, monkeypatch):
    """Were a row that is gone not told from an unchanged one, its cases would be asked for still."""
    from applications.queries import golden_cases

    lists.leaves(made.draft, "rcn")
    monkeypatch.setattr(golden_cases, "differences", lambda before, after: ())

    assert {one.slug for one in of(made.draft, Standing.FAILS)} == {"rcn"}


def test_a_case_holds_for_later_lists_until_the_row_changes(made):
    # Given a case of one list, published since, and a draft made from it
    lists.publish(made.draft)
    later = drafts.draft_of(made.draft, code="amed-later")
    assert [one.case.edition for one in cases_of(later) if one.slug == "kva"] == ["amed-next"]
    assert of(later, Standing.SUPERSEDED) == []

    # When its row is reworded there, and then asks for something else
    row = later.rows.filter(agency__slug="kva")
    row.update(kind="EXISTING_OR_ADDITIONAL")
    assert of(later, Standing.SUPERSEDED) == []
    row.update(added_on=date(2024, 8, 1))

    # Then it is superseded, as it is for whatever is made from that
    assert [one.slug for one in of(later, Standing.SUPERSEDED)] == ["kva"]
    lists.publish(later)
    last = drafts.draft_of(later, code="amed-last")
    assert [one.slug for one in of(last, Standing.SUPERSEDED)] == ["kva"]


def test_cases_are_read_in_the_same_statements_for_a_line_of_one_and_of_three(made):
    lists.publish(made.draft)
    last = drafts.draft_of(made.draft, code="amed-later")
    for edition in (made.draft.based_on, last):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            cases_of(edition)
        assert len(statements) == 8


def test_the_command_asks_a_later_list_what_it_must_answer(made, capsys):
    rcn(made.draft, added_on=date(2024, 8, 1))
    superseded = len(of(made.draft, Standing.SUPERSEDED))
    call_command("check_golden_cases", edition="amed-next")
    assert f"{SHIPPED + 1 - superseded} cases, 0 differ." in capsys.readouterr().out

    drafts.state(made.draft, "kva", made.officer, "DOES_NOT_FIT")
    with pytest.raises(CommandError):
        call_command("check_golden_cases", edition="amed-next")


# -- stating -----------------------------------------------------------------------------------
def test_a_later_case_about_the_same_grant_takes_the_place_of_an_earlier_one(made):
    drafts.state(made.draft, "kva", made.officer, "DOES_NOT_FIT")
    assert [one.status for one in cases_of(made.draft)[:2]] == ["SUPERSEDED", "FAILS"]

    mended = drafts.state(made.draft, "kva", made.officer, at=drafts.AT + timedelta(hours=1))
    again = drafts.state(made.draft, "kva", made.officer, at=drafts.AT + timedelta(hours=2))

    assert (again.pk, of(made.draft, Standing.FAILS)) == (mended.pk, [])
    assert GoldenCase.objects.count() == 3


def test_a_case_holds_to_its_reasons_where_it_names_them(made):
    ended = {"ends_on": drafts.GRANT["on"] - timedelta(days=1)}
    for reasons, status in [
        ("grant_is_running=NOT_MET", "PASSES"),
        ("reference_agrees=NOT_MET", "FAILS"),
    ]:
        case = drafts.state(
            made.draft, "kva", made.officer, "DOES_NOT_FIT", expected_reasons=reasons, **ended
        )
        answers = {one.case.key: one.status for one in cases_of(made.draft)}
        assert answers[str(case.pk)] == status


REFUSED = {
    "a viewer": (lambda made: drafts.staff("viewer", "VIEWER"), {}, actions.NotPermitted),
    "the other agency": (lambda made: drafts.staff("jst", "APPROVER", "JST"), {}, actions.NotPermitted),
    "without a reason": (lambda made: made.officer, {"why": " "}, actions.ReasonNeeded),
    "of a published list": (
        lambda made: lists.publish(made.draft) and made.officer, {}, actions.AlreadyPublished,
    ),
}  # fmt: skip


@pytest.mark.parametrize("who", REFUSED)
def test_a_case_is_refused_by_name_and_nothing_is_kept(made, who):
    by, values, refusal = REFUSED[who]
    user, before = by(made), GoldenCase.objects.count()

    with pytest.raises(refusal):
        drafts.state(made.draft, "kva", user, country="DE", **values)

    assert GoldenCase.objects.count() == before


# -- its page ----------------------------------------------------------------------------------
FORM = {
    "agency": "kva", "reference": "", "programme": "", "country": "SE",
    "starts_on_0": "2024", "starts_on_1": "1", "starts_on_2": "1",
    "ends_on_0": "2024", "ends_on_1": "3", "ends_on_2": "31",
    "on_0": "2024", "on_1": "5", "on_2": "28",
}  # fmt: skip
WHY = {"expected_verdict": "DOES_NOT_FIT", "why": "It has ended."}


def test_an_officer_asks_the_draft_reads_its_answer_and_keeps_the_case(made, signed_in):
    officer, before = signed_in(made.officer), GoldenCase.objects.count()

    # When the draft is asked, before anything is said of what it should answer
    asked = officer.post(page(made.draft), FORM | {"act": "ask"})

    # Then its answer stands beside the form, and nothing is kept
    assert asked.context["answer"]["verdict"] == "DOES_NOT_FIT"
    assert "The grant ended on 31 March 2024" in asked.content.decode()
    assert GoldenCase.objects.count() == before

    # When it is kept, with its reason
    refused = officer.post(page(made.draft), FORM | {"act": "state"})
    kept = officer.post(page(made.draft), FORM | WHY | {"act": "state"}, follow=True)

    # Then it holds the draft to the rules that decided, too
    assert {"expected_verdict", "why"} == set(refused.context["form"].errors)
    assert "The case is kept. It says: Does not fit" in kept.content.decode()
    case = GoldenCase.objects.latest("pk")
    assert (case.agency.slug, case.expected_reasons) == ("kva", "grant_is_running=NOT_MET")
    assert (case.edition, case.stated_by) == (made.draft, made.officer)


def test_what_still_holds_is_stated_anew_with_one_press(made, signed_in):
    rcn(made.draft, added_on=date(2024, 8, 1))
    officer = signed_in(made.officer)
    (fits,) = [one for one in of(made.draft, Standing.SUPERSEDED) if one.case.key == "rcn-fits"]

    for _press in range(2):  # pressed twice, it is kept once
        officer.post(page(made.draft), {"act": "again", "case": "rcn-fits"})
    nothing = officer.post(page(made.draft), {"act": "again", "case": "arc-fits"}, follow=True)

    case = GoldenCase.objects.get(agency__slug="rcn")
    assert (case.reference, case.why, case.on) == (fits.case.reference, fits.case.why, fits.case.on)
    assert "There is no such superseded case" in nothing.content.decode()


def test_who_only_reads_sees_no_form_and_the_other_agency_nothing(made, signed_in):
    viewer = signed_in(drafts.staff("viewer", "VIEWER"))
    shown = viewer.get(page(made.draft))
    assert (shown.status_code, shown.context["form"]) == (200, None)
    assert viewer.post(page(made.draft), FORM | WHY | {"act": "state"}).status_code == 403

    other = signed_in(drafts.staff("jst", "APPROVER", "JST"))
    for name in ("", "_cases", "_publish"):
        assert other.get(page(made.draft, name)).status_code == 404
    # A published list is for everybody to read; its cases are its agency's.
    base = Edition.objects.get(code="amed-2024-07-01")
    assert other.get(page(base, "")).status_code == 200
    assert other.get(page(base)).status_code == 404


def test_the_cases_of_a_published_list_are_settled(made, signed_in):
    officer = signed_in(made.officer)
    lists.publish(made.draft)

    answer = officer.post(page(made.draft), FORM | WHY | {"act": "state"})

    assert (answer.status_code, GoldenCase.objects.count()) == (409, 1)
    assert "It is published already" in answer.content.decode()
