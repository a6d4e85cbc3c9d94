"""Each way in which a list may speak against itself, with a near miss beside it."""

from dataclasses import replace

import pytest

from directory.contradictions import RULES, AgencyNamed, Contradiction, contradictions
from directory.listing import of_edition
from directory.models import Agency
from directory.references import Format
from tests.directory.factories import (
    AgencyFactory,
    ConditionFactory,
    EditionFactory,
    GrantFormatFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    ProgrammeFactory,
)
from tests.directory.seeds import load_directory
from tests.directory.test_changes import RCN

ONE, TWO = replace(RCN, slug="one", position=1, body="one"), replace(RCN, slug="two", position=2, body="two")  # fmt: skip
SILENT = {"strength": "NONE_STATED", "trigger": "", "recipient": "", "body": ""}
NO_NEED = SILENT | {"strength": "NOT_NEEDED"}


def to(address, body="one", strength="REQUESTED"):
    return {"recipient": "ADDRESS", "address": address, "body": body, "strength": strength}


def number(pattern, *examples, suggests=True):
    return AgencyNamed(formats=(Format("", pattern, "", suggests, examples),))


def named(*names, **more):
    return AgencyNamed(names=names, **more)


# code -> what makes the second row (or its agency) contradict the first, and what just does not.
PAIRS = {
    "SAME_AGENCY": ({}, {"slug": "one"}, {}, {"slug": "two"}),
    "SAME_PLACE": ({}, {"position": 1}, {}, {"position": 3}),
    "TWO_ADDRESSES": (
        to("a@x.example"), to("b@x.example"), to("a@x.example"), to("A@X.example"),
    ),
    "TWO_ADDRESSES of two bodies": (
        to("a@x.example"), to("b@x.example"), to("a@x.example"), to("b@x.example", body="two"),
    ),
    "ASKED_AND_NOT_NEEDED": (
        {"body": "two"}, NO_NEED, {"body": "one"}, NO_NEED,
    ),
    "ASKED_AND_NOT_NEEDED encouraged": (
        {"body": "two", "strength": "ENCOURAGED"}, NO_NEED, {"body": "two"}, SILENT,
    ),
    "QUESTIONS_AND_NOTICES": (
        to("a@x.example"), to("a@x.example", body="two", strength="ENQUIRY"),
        to("a@x.example"), to("a@x.example", body="two"),
    ),
    "CONDITION_OF_ANOTHER": (
        {}, {"conditions": ("WELLCOME_OUTCOMES",)}, {"slug": "erc"}, {"slug": "wellcome", "conditions": ("WELLCOME_OUTCOMES",)},
    ),
    "CONDITION_OF_ANOTHER erc": (
        {}, {"conditions": ("ERC_SCOPE",)}, {}, {"slug": "erc", "conditions": ("ERC_SCOPE",)},
    ),
    "PROGRAMME_OF_ANOTHER": ({}, {"programmes": ("nih/R01",)}, {}, {"programmes": ("R01",)}),
}  # fmt: skip


def codes(first, second, agencies=None):
    known = {slug: AgencyNamed() for slug in ("one", "two", "erc", "wellcome")} | (agencies or {})
    return [one.code for one in contradictions([second, first], known)]


@pytest.mark.parametrize("case", PAIRS)
def test_a_pair_of_rows_is_named_and_its_near_miss_is_not(case):
    first, second, near_first, near_second = PAIRS[case]

    assert codes(replace(ONE, **first), replace(TWO, **second)) == [case.split()[0]]
    assert codes(replace(ONE, **near_first), replace(TWO, **near_second)) == []


AGENCIES = {
    "PARENT_AND_INSTITUTE": (
        {"two": named(parent="one")},
        {"two": named(parent="nih"), "nih": named()},
    ),
    "SHARED_NAME": (
        {"one": named("Research Council", "RC"), "two": named("The research-council")},
        {"one": named("Research Council", "RC"), "two": named("Research Councils", "RCS")},
    ),
    "SHARED_NAME with one off the list": (
        {"off": named("RC"), "two": named("Two", "rc")},
        {"off": named("RC"), "away": named("RC"), "two": named("Two")},
    ),
    "SHARED_FORMAT": (
        {"one": number(r"AB\d+", "AB1"), "two": number(r"[A-Z]{2}\d", "CD2")},
        {"one": number(r"AB\d{2}", "AB12"), "two": number(r"[A-Z]{2}\d", "CD2")},
    ),
    "SHARED_FORMAT distinctive": (
        {"one": number(r"\d{6}", "300281"), "two": number(r"\d+", "1")},
        {"one": number(r"\d{6}", "300281"), "two": number(r"\d+", "1", suggests=False)},
    ),
    "SHARED_PROGRAMME": (
        {"one": named(programmes=(("CF", "The Fund"), ("X", "fund")))},
        {"one": named(programmes=(("CF", "cf"), ("X",))), "two": named(programmes=(("CF",),))},
    ),
    "SHARED_PROGRAMME by a code": (
        {"two": named(programmes=(("CF", "Fund"), ("X", "Ex"), ("Y", "C.F.")))},
        {"off": named(programmes=(("CF", "Fund"), ("X", "C.F.")))},
    ),
}


@pytest.mark.parametrize("case", AGENCIES)
def test_two_agencies_are_named_and_a_near_miss_is_not(case):
    wrong, near = AGENCIES[case]

    assert codes(ONE, TWO, wrong) == [case.split()[0]]
    assert codes(ONE, TWO, near) == []


def test_every_rule_is_tried_above():
    assert len({case.split()[0] for case in (*PAIRS, *AGENCIES)}) == len(RULES)


def test_both_rows_are_named_in_the_order_of_the_list_with_what_they_share():
    first, second = replace(ONE, **to("a@x.example")), replace(TWO, **to("b@x.example"))
    known = {"one": AgencyNamed(), "two": AgencyNamed()}

    assert contradictions([second, first], known) == (
        Contradiction(
            "TWO_ADDRESSES",
            "one",
            "two",
            {"body": "one", "first": "a@x.example", "second": "b@x.example"},
        ),
    )


def test_one_row_at_fault_stands_twice():
    known = {"one": AgencyNamed()}
    row = replace(ONE, conditions=("ERC_SCOPE",), programmes=("nih/R01",))

    assert [(one.code, one.first, one.second) for one in contradictions([row], known)] == [
        ("CONDITION_OF_ANOTHER", "one", "one"),
        ("PROGRAMME_OF_ANOTHER", "one", "one"),
    ]


# -- from the tables ---------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_shipped_list_does_not_speak_against_itself():
    assert of_edition(load_directory().edition) == ()


@pytest.mark.django_db
def test_a_draft_is_read_with_its_agencies_names_formats_and_programmes(django_assert_num_queries):
    draft = EditionFactory(published_at=None)
    nih = AgencyFactory(slug="nih", name_en="National Institutes of Health")
    nci = AgencyFactory(slug="nih-nci", parent=nih, name_own="The Council", aliases=["CA"])
    off = AgencyFactory(slug="off", acronym="CA")
    GrantFormatFactory(agency=nci, pattern=r"R01\d+", suggests=True, examples=["R011"])
    GrantFormatFactory(agency=off, pattern=r"R\d+", suggests=True, examples=["R9"])
    for place, agency in enumerate((nih, nci), 1):
        row = ParticipationFactory(edition=draft, agency=agency, position=place)
        NoticeRuleFactory(participation=row)
    row.programmes.add(ProgrammeFactory(agency=nih, code="R01"))
    ProgrammeFactory(agency=nih, code="R02", name_own="R-01")
    ConditionFactory(participation=row, code="ERC_SCOPE")

    with django_assert_num_queries(6):
        found = of_edition(draft)

    assert found == (
        Contradiction("PARENT_AND_INSTITUTE", "nih", "nih-nci"),
        Contradiction("SHARED_NAME", "nih-nci", "off", {"name": "CA"}),
        Contradiction("SHARED_FORMAT", "nih-nci", "off", {"example": "R011"}),
        Contradiction(
            "CONDITION_OF_ANOTHER",
            "nih-nci",
            "nih-nci",
            {"condition": "ERC_SCOPE", "agency": "erc"},
        ),
        Contradiction("PROGRAMME_OF_ANOTHER", "nih-nci", "nih-nci", {"programme": "nih/R01"}),
        Contradiction(
            "SHARED_PROGRAMME", "nih", "nih", {"name": "R01", "one": "R01", "other": "R02"}
        ),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["ukri", "nih-nci"])
def test_a_name_of_the_shipped_list_given_to_another_is_found(slug):
    edition = load_directory().edition
    owner = Agency.objects.get(slug=slug)
    AgencyFactory(slug="newcomer", acronym="NEW", aliases=[owner.acronym.lower()])

    [one] = of_edition(edition)

    assert (one.code, one.first, one.second) == ("SHARED_NAME", slug, "newcomer")
