"""What differs between editions: row by row, value by value, and through the years."""

from dataclasses import fields, replace
from datetime import date

import pytest

from directory.changes import Difference, RowSaid, differences, fingerprint_of
from directory.listing import history_of, said_by
from directory.models import Agency, Edition, OwningAgency
from tests.directory.factories import (
    PUBLISHED_AT,
    AgencyFactory,
    ConditionFactory,
    EditionFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    ProgrammeFactory,
)
from tests.directory.seeds import load_directory

RCN = RowSaid(
    slug="rcn",
    acronym="RCN",
    position=10,
    kind="EXISTING",
    programmes=(),
    conditions=(),
    strength="REQUESTED",
    trigger="UPON_APPLICATION",
    recipient="GRANT_CONTACT",
    body="rcn",
    address="",
    contact_name="",
    language="en",
    summary_en="Tell your contact person.",
    summary_ja="担当者に知らせること。",
    to_confirm_en="",
    to_confirm_ja="",
    link="",
    added_on=None,
    note_fingerprint="0" * 64,
)
NAMES = tuple(one.name for one in fields(RowSaid))
OTHER = {
    "position": 9,
    "programmes": ("FRIPRO",),
    "conditions": ("ERC_SCOPE",),
    "added_on": date(2026, 4, 1),
}


def listed(*rows):
    return {row.slug: row for row in rows}


def test_the_same_rows_differ_in_nothing():
    assert differences(listed(RCN), listed(replace(RCN))) == ()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "slug"])
def test_each_value_is_compared_and_its_field_named(name):
    changed = replace(RCN, **{name: OTHER.get(name, "other")})

    [found] = differences(listed(RCN), listed(changed))

    assert found == Difference("rcn", RCN, changed, (name,))
    assert found.kind == "CHANGED"
    assert found.needs_a_case == (name not in ("position", "note_fingerprint"))
    assert found.judges_otherwise == (name in ("programmes", "conditions", "added_on"))


def test_a_row_that_only_moved_and_was_reworded_at_its_source_needs_no_case():
    moved = replace(RCN, position=9, note_fingerprint="1" * 64)

    [found] = differences(listed(RCN), listed(moved))

    assert (found.fields, found.needs_a_case) == (("position", "note_fingerprint"), False)


def test_rows_that_came_and_went_are_told_by_the_place_they_have():
    arc, nsf = replace(RCN, slug="arc", position=30), replace(RCN, slug="nsf", position=2)

    found = differences(listed(RCN, arc), listed(RCN, nsf))

    assert [(one.slug, one.kind, one.needs_a_case, one.judges_otherwise) for one in found] == [
        ("nsf", "ADDED", True, True),
        ("arc", "GONE", False, True),
    ]
    assert [one.fields for one in found] == [NAMES, NAMES]


def test_a_fingerprint_is_that_of_all_that_is_said_in_whatever_order():
    head, other = {"code": "amed-2026", "as_of": "2026-04-01"}, replace(RCN, slug="arc")
    whole = fingerprint_of(head, listed(RCN, other))

    assert len(whole) == 64
    assert fingerprint_of(dict(reversed(head.items())), listed(other, RCN)) == whole
    changed = [
        fingerprint_of(head | {"code": "amed-2027"}, listed(RCN, other)),
        fingerprint_of(head, listed(RCN)),
        *(
            fingerprint_of(head, listed(other, replace(RCN, **{name: OTHER.get(name, "other")})))
            for name in NAMES
            if name != "slug"
        ),
    ]
    assert len({whole, *changed}) == len(changed) + 1


# -- from the tables ---------------------------------------------------------------------------
def edition(year: int, agency: Agency, owner: str = "AMED", published: bool = True, **rule):
    made = EditionFactory(
        code=f"{owner.lower()}-{year}",
        owner=owner,
        as_of=date(year, 4, 1),
        updated_on=date(year, 4, 3),
        published_at=PUBLISHED_AT.replace(year=year) if published else None,
    )
    row = ParticipationFactory(edition=made, agency=agency, position=1, summary_en="Tell us.")
    NoticeRuleFactory(participation=row, **rule)
    return made


@pytest.mark.django_db
def test_rows_are_read_with_all_that_they_say(django_assert_num_queries):
    agency, other = AgencyFactory(slug="tips"), AgencyFactory(slug="nih")
    first = edition(2025, agency, published=False)
    row = first.rows.get()
    programmes = [ProgrammeFactory(agency=agency, code=code) for code in ("CERC", "CFREF")]
    row.programmes.set([*programmes, ProgrammeFactory(agency=other, code="R01")])
    for code in ("WELLCOME_OUTCOMES", "ERC_SCOPE"):
        ConditionFactory(participation=row, code=code)
    bare = ParticipationFactory(edition=first, agency=other, position=2)  # no notice rule yet
    second = edition(2026, agency, strength="ENQUIRY", recipient="ADDRESS", address="a@b.example")

    with django_assert_num_queries(3):
        said = said_by(first, second)

    assert list(said) == [first.pk, second.pk]
    assert list(said[first.pk]) == ["tips", "nih"]
    assert said[first.pk]["tips"] == RowSaid(
        slug="tips",
        acronym="TIPS",
        position=1,
        kind="EXISTING",
        programmes=("CERC", "CFREF", "nih/R01"),
        conditions=("ERC_SCOPE", "WELLCOME_OUTCOMES"),
        strength="REQUESTED",
        trigger="UPON_APPLICATION",
        recipient="GRANT_CONTACT",
        body="tips",
        address="",
        contact_name="",
        language="en",
        summary_en="Tell us.",
        summary_ja=row.summary_ja,
        to_confirm_en="",
        to_confirm_ja="",
        link="",
        added_on=None,
        note_fingerprint="",
    )
    empty = said[first.pk]["nih"]
    assert (empty.strength, empty.body, empty.language, empty.summary_en) == (
        ("", "", "", bare.summary_en)
    )
    with django_assert_num_queries(3):
        assert said_by(second)[second.pk]["tips"].address == "a@b.example"


@pytest.mark.django_db
def test_the_history_of_a_funder_is_told_from_the_newest_list_without_drafts_and_other_lists(
    django_assert_num_queries,
):
    agency = AgencyFactory(slug="rcn")
    first = edition(2024, agency)
    edition(2025, agency)  # says the same
    third = edition(2026, agency, strength="ENCOURAGED")
    gone = EditionFactory(
        code="amed-2027", as_of=date(2027, 4, 1), updated_on=date(2027, 4, 2),
        published_at=PUBLISHED_AT.replace(year=2027),
    )  # fmt: skip
    edition(
        2028, agency, published=False, strength="NOT_NEEDED", trigger="", recipient="", body=None
    )
    of_jst = edition(2023, agency, owner="JST")

    with django_assert_num_queries(4):
        found = history_of(agency, OwningAgency.AMED)

    assert [(one, what.kind) for one, what in found] == [
        (gone, "GONE"), (third, "CHANGED"), (first, "ADDED"),
    ]  # fmt: skip
    assert found[1][1].fields == ("strength",)
    assert [one for one, _what in history_of(agency, OwningAgency.JST)] == [of_jst]
    assert history_of(AgencyFactory(slug="arc"), OwningAgency.AMED) == []


# -- which list is meant -----------------------------------------------------------------------
@pytest.mark.django_db
def test_each_agency_has_its_own_newest_list_and_each_day_its_own():
    agency = AgencyFactory()
    older, newer = edition(2024, agency), edition(2026, agency)
    of_jst = edition(2027, agency, owner="JST")
    edition(2028, agency, published=False)

    assert Edition.objects.newest("AMED") == newer
    assert Edition.objects.newest("JST") == of_jst
    days = {
        date(2024, 4, 2): None,  # as of the 1st, but put on the page on the 3rd
        date(2024, 4, 3): older,
        date(2026, 4, 2): older,
        date(2026, 4, 3): newer,
        date(2031, 1, 1): newer,
    }
    assert {day: Edition.objects.said_on(day, "AMED") for day in days} == days
    assert Edition.objects.said_on(date(2026, 4, 3), "JST") is None


@pytest.mark.django_db
def test_of_two_lists_as_of_one_day_the_page_updated_later_is_the_newer():
    first, second = (
        EditionFactory(code=f"amed-{day}", updated_on=date(2024, 7, day)) for day in (9, 4)
    )

    assert Edition.objects.newest("AMED") == first
    assert Edition.objects.said_on(date(2024, 7, 8), "AMED") == second


@pytest.mark.django_db
def test_the_shipped_list_added_every_funder():
    edition = load_directory().edition

    found = history_of(Agency.objects.get(slug="rcn"), OwningAgency.AMED)

    assert [(one, what.kind) for one, what in found] == [(edition, "ADDED")]
    assert len(said_by(edition)[edition.pk]) == 29
