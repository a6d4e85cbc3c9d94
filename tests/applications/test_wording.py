"""Every code the rules can give has its words, and every gap in them is filled."""

import re
from datetime import date

import pytest
from django.utils import translation

from applications import wording
from applications.rules.cautions import GAPS, Caution, Code
from applications.rules.eligibility import Assessment, Finding, Outcome, Verdict
from applications.rules.facts import Strength, Trigger
from applications.rules.findings import REASONS, RULES

GAP = re.compile(r"%\((\w+)\)s")
DAY = "2024-05-28"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def filled(gaps) -> dict[str, str]:
    return {gap: DAY if gap in wording.DAYS else gap.upper() for gap in gaps}


def test_every_finding_has_a_sentence():
    assert set(wording.EXPLANATIONS) == set(REASONS)


def test_every_finding_not_met_says_what_would_change_it():
    not_met = {key for key in REASONS if key[1] is not Outcome.MET}
    assert set(wording.WOULD_CHANGE) == not_met


@pytest.mark.parametrize("key", REASONS, ids=lambda key: f"{key[0]}-{key[2]}")
def test_sentences_use_only_the_facts_that_come_with_the_finding(key):
    # Given a finding with exactly the facts it declares
    finding = Finding(*key, filled(REASONS[key]))
    # When it is put into words
    for sentence in filter(None, (wording.explain(finding), wording.would_change(finding))):
        # Then it is whole: closed by a full stop or a list, days written out, no gap left
        assert not GAP.search(sentence)
        assert DAY not in sentence
        assert sentence[-1] in ".:" or sentence.endswith(finding.params["suggestions"])


def test_every_warning_has_a_sentence():
    assert set(wording.CAUTIONS) == set(GAPS) == set(Code)
    for code, gaps in GAPS.items():
        assert not GAP.search(wording.caution_sentence(Caution(code, filled(gaps))))


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (wording.VERDICTS, Verdict),
        (wording.VERDICT_SENTENCES, Verdict),
        (wording.OUTCOMES, Outcome),
        (wording.RULES, RULES),
        (wording.STRENGTHS, Strength),
        (wording.ASKED, Strength),
        (wording.TRIGGERS, Trigger),
    ],
)
def test_every_code_has_a_label(words, codes):
    assert set(words) == set(codes)


def test_verdict_names_the_day_of_the_list_and_who_decides():
    assessment = Assessment(Verdict.FITS, (), (), "e", date(2024, 7, 1), "s", date(2024, 5, 28))
    assert wording.verdict_label("FITS") == "Fits the published conditions"
    assert wording.verdict_sentence(assessment) == (
        "Fits the published conditions as of 1 July 2024. AMED decides."
    )


def test_findings_read_from_storage_are_worded_alike():
    # Given a finding as it comes back from a stored version, codes as plain text
    stored = Finding("grant_is_running", "NOT_MET", "ENDED", {"ends_on": "2024-05-27", "on": DAY})
    # Then its sentence is the same, years later
    assert wording.explain(stored) == (
        "The grant ended on 27 May 2024, before the reference date, 28 May 2024."
    )
    assert wording.would_change(stored) == (
        "An extension with a last day on or after 28 May 2024, or another running grant, "
        "would change this."
    )


def test_nothing_would_change_what_is_met():
    assert wording.would_change(Finding("grant_is_running", Outcome.MET, "RUNNING")) == ""


def test_wrong_institute_is_named_with_the_right_one():
    params = {"reference": "R01AI127236", "other": "NIAID", "agency": "NIH-NCI"}
    finding = Finding("reference_agrees", Outcome.NOT_MET, "NAMES_ANOTHER", params)
    assert wording.explain(finding) == (
        "The number R01AI127236 does not look like a grant of NIH-NCI: this is a NIAID grant."
    )


def test_text_typed_by_a_visitor_is_no_pattern():
    # Given a funder's name with a per cent sign in it
    finding = Finding("agency_takes_part", Outcome.UNKNOWN, "NOT_RECOGNISED", {"text": "5%(x)s"})
    # Then it is shown as typed
    assert wording.explain(finding) == "We do not recognise the funder “5%(x)s”."


def test_no_word_promises_what_amed_decides():
    words = [*wording.VERDICTS.values(), *wording.VERDICT_SENTENCES.values()]
    words += [*wording.EXPLANATIONS.values(), *wording.WOULD_CHANGE.values()]
    for word in map(str, words):
        assert not re.search(r"\b(in)?eligible\b|\bapproved\b", word, re.IGNORECASE)
    assert re.search(r"\b(in)?eligible\b", "Eligible", re.IGNORECASE)  # the test can fail


def test_silence_is_told_apart_from_not_needed():
    silent = wording.asked_sentence("NONE_STATED", agency="ANR", body="ANR")
    assert silent == "The list asks nothing for ANR; your grant's own terms may."
    assert silent != wording.asked_sentence("NOT_NEEDED", agency="ANR", body="ANR")
