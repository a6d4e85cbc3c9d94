"""The shipped files say what the published list says: 29 rows, no stronger and no weaker."""

import csv
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache

import pytest

from directory.management.commands.load_directory import SEED
from directory.models import (
    ConditionCode,
    OwningAgency,
    ParticipationKind,
    RecipientKind,
    Strength,
    Trigger,
)
from directory.published_list import decode_addresses, fingerprint, fold_note
from directory.seeding import Row, Seed, check, read_folder

EDITION = "amed-2024-07-01"
NIH = [
    f"nih-{name}" for name in ["nci", "nhgri", "nia", "niaid", "niams", "nichd", "niddk", "nimh"]
]
SILENT = ["anr", "inca", "zonmw", "src", "cruk"]
SLUGS = [
    *[
        "arc",
        "nhmrc",
        "cihr",
        "tips",
        "erc",
        "anr",
        "inca",
        "dfg",
        "zonmw",
        "rcn",
        "src",
        "stint",
        "ssf",
        "vinnova",
        "snsf",
    ],
    *["bhf", "cruk", "nihr", "ukri", "wellcome"],
    *NIH,
    "nsf",
]


@cache
def shipped() -> Seed:
    seed = read_folder(SEED)
    check(seed)
    return seed


def of_the_list(table: str) -> dict[str, Row]:
    return {str(row.values["agency"]): row for row in shipped()[table].values()}


def with_value(table: str, column: str, value: object) -> set[str]:
    return {slug for slug, row in of_the_list(table).items() if row.values[column] == value}


def test_the_list_has_its_29_rows_in_the_published_order():
    rows = sorted(shipped()["participations"].values(), key=lambda row: row.values["position"])

    assert [row.values["agency"] for row in rows] == SLUGS
    assert [row.values["position"] for row in rows] == list(range(1, 30))
    assert {row.values["edition"] for row in rows} == {EDITION}
    assert list(of_the_list("notice_rules")) == SLUGS


def test_the_rows_lie_in_11_countries_and_areas():
    agencies = shipped()["agencies"]

    assert Counter(agencies[slug].values["country"] for slug in SLUGS) == {
        "AU": 2,
        "CA": 2,
        "EU": 1,
        "FR": 2,
        "DE": 1,
        "NL": 1,
        "NO": 1,
        "SE": 4,
        "CH": 1,
        "GB": 5,
        "US": 9,
    }
    assert len(shipped()["countries"]) == 11


def test_strengths_tally_to_29():
    assert {code: with_value("notice_rules", "strength", code) for code in Strength.values} == {
        "REQUESTED": {"rcn", "stint", "ssf", "vinnova", "nihr", "bhf"},
        "ENCOURAGED": {*NIH, "nsf"},
        "ENQUIRY": {"arc", "nhmrc", "cihr", "tips", "dfg", "snsf"},
        "NOT_NEEDED": {"erc", "ukri", "wellcome"},
        "NONE_STATED": set(SILENT),
    }


def test_triggers():
    assert {
        code: with_value("notice_rules", "trigger", code) for code in ["", *Trigger.values]
    } == {
        "": {"erc", *SILENT},
        "UPON_APPLICATION": {"rcn", "stint", "ssf", "vinnova", "nihr", *NIH, "nsf"},
        "ON_COLLABORATION": {"bhf"},
        "ANY_TIME": {"arc", "nhmrc", "cihr", "tips", "dfg", "snsf", "ukri", "wellcome"},
    }


def test_recipients():
    kinds = ["", *RecipientKind.values]

    assert {code: with_value("notice_rules", "recipient", code) for code in kinds} == {
        "": {"erc", *SILENT},
        "ADDRESS": {"arc", "nhmrc", "dfg", "snsf", "bhf", "nihr", "ukri", "wellcome"},
        "GRANT_CONTACT": {"rcn", *NIH, "nsf"},
        "BODY_WITHOUT_ADDRESS": {"cihr", "tips", "stint", "ssf", "vinnova"},
    }


def test_published_addresses_are_decoded_to_the_letter():
    rules = of_the_list("notice_rules")

    assert {
        slug: row.values["address"] for slug, row in rules.items() if row.values["address"]
    } == {
        "arc": "arc-international@arc.gov.au",
        "nhmrc": "help@nhmrc.gov.au",
        "dfg": "raoul.wagner@dfg.de",
        "snsf": "international@snf.ch",
        "bhf": "InternationalResearch@bhf.org.uk",
        "nihr": "international@nihr.ac.uk",
        "ukri": "international@mrc.ukri.org",
        "wellcome": "fundingsupport@wellcome.org",
    }
    assert {
        slug: row.values["contact_name"]
        for slug, row in rules.items()
        if row.values["contact_name"]
    } == {
        "nhmrc": "Research Help Centre",
        "dfg": "Raoul Wagner",
        "snsf": "International Cooperation SNSF",
        "ukri": "MRC",
    }


def test_the_body_to_be_told_is_the_funder_but_for_ssf():
    told = {slug: row.values["body"] for slug, row in of_the_list("notice_rules").items()}

    assert told.pop("ssf") == "stint"
    assert {told.pop(slug) for slug in ["erc", *SILENT]} == {""}
    assert told == {slug: slug for slug in told}


def test_participation_programmes_conditions_and_doubts():
    assert with_value("participations", "kind", "EXISTING_OR_ADDITIONAL") == {"vinnova", "snsf"}
    assert len(with_value("participations", "kind", "EXISTING")) == 27
    assert with_value("participations", "programmes", ("CERC", "CFREF")) == {"tips"}
    assert len(with_value("participations", "programmes", ())) == 28
    assert with_value("conditions", "code", "ERC_SCOPE") == {"erc"}
    assert with_value("conditions", "code", "WELLCOME_OUTCOMES") == {"wellcome"}
    certain = with_value("participations", "to_confirm_en", "")
    assert set(SLUGS) - certain == {
        *{"arc", "nhmrc", "cihr", "tips", "dfg", "snsf"},
        *{"ssf", "bhf", "nihr", "ukri"},
    }
    assert with_value("participations", "to_confirm_ja", "") == certain


def test_nhgri_was_added_two_days_after_the_list():
    edition = shipped()["editions"][EDITION].values

    assert with_value("participations", "added_on", date(2024, 7, 3)) == {"nih-nhgri"}
    assert (edition["as_of"], edition["updated_on"]) == (date(2024, 7, 1), date(2024, 7, 3))
    assert edition["published_at"] is not None


# The funder's gradation, in the words that carry it; the English keeps the source's own verb.
GRADATION = {
    "should ": {"nhmrc", "rcn", "stint", "ssf", "vinnova", "nihr"},
    "are requested to ": {"bhf"},
    "are encouraged to ": {*NIH, "nsf"},
    " can e-mail ": {"snsf"},
    "must make sure": {"erc", "wellcome"},
}
GRADATION_JA = {
    "べきとされています": {"nhmrc", "rcn", "stint", "ssf", "vinnova", "nihr"},
    "求められています": {"bhf"},
    "奨励されています": {*NIH, "nsf"},
    "連絡することができます": {"snsf"},
    "必要はありません": {"erc", "wellcome"} | {"ukri"},
    "しなければなりません": {"erc", "wellcome"},
}


@pytest.mark.parametrize(
    "language,words,slugs",
    [("en", words, slugs) for words, slugs in GRADATION.items()]
    + [("ja", words, slugs) for words, slugs in GRADATION_JA.items()],
)
def test_summaries_are_no_stronger_and_no_weaker(language, words, slugs):
    rows = of_the_list("participations")

    saying = {slug for slug, row in rows.items() if words in str(row.values[f"summary_{language}"])}

    assert saying == slugs


def test_the_call_of_2024_closes_at_noon_in_japan():
    call = shipped()["calls"]["amed-2024-3"].values
    areas = shipped()["call_areas"].values()

    assert call["opens_at"] == datetime(2024, 3, 7, 15, tzinfo=UTC)
    assert call["closes_at"] == datetime(2024, 5, 28, 3, tzinfo=UTC)
    assert (call["min_years"], call["max_years"], call["budget_cap_jpy"]) == (3, 5, 115_000_000)
    assert (call["track"], call["edition"], call["is_practice"]) == ("ASPIRE-B", EDITION, False)
    assert "NHGRI" in str(call["note_en"])
    assert "NHGRI" in str(call["note_ja"])
    assert [area.values["name_en"] for area in areas] == [
        "Cellular Structure and Function",
        "Complex Systems of Living Organisms",
        "Human Life Stages",
    ]


def test_every_code_in_the_files_has_a_label():
    choices = {
        ("participations", "kind"): ParticipationKind.values,
        ("notice_rules", "strength"): Strength.values,
        ("notice_rules", "trigger"): ["", *Trigger.values],
        ("notice_rules", "recipient"): ["", *RecipientKind.values],
        ("conditions", "code"): ConditionCode.values,
        ("editions", "owner"): OwningAgency.values,
        ("calls", "owner"): OwningAgency.values,
    }

    for (table, column), codes in choices.items():
        assert {row.values[column] for row in shipped()[table].values()} <= set(codes)


def test_nih_is_a_parent_without_a_row_and_its_other_institutes_are_named():
    agencies = shipped()["agencies"]
    institutes = {slug for slug, row in agencies.items() if row.values["parent"] == "nih"}

    assert "nih" not in of_the_list("participations")
    assert len(institutes) == 25
    assert agencies["nih-nhlbi"].values["institute_code"] == "HL"
    assert agencies["nih-nhlbi"].values["acronym"] == "NIH-NHLBI"
    assert {slug for slug in SLUGS if agencies[slug].values["parent"]} == set(NIH)


def test_each_row_has_a_format_a_site_and_a_fingerprint():
    agencies, prints = shipped()["agencies"], of_the_list("participations")

    assert {row.values["agency"] for row in shipped()["formats"].values()} == set(SLUGS)
    assert [slug for slug in SLUGS if not agencies[slug].values["site"]] == []
    assert [slug for slug in SLUGS if not agencies[slug].values["ror"]] == ["tips", "stint"]
    assert with_value("participations", "note_fingerprint", fingerprint("")) == set(SILENT)
    # STINT and SSF share a note, as do NIH's institutes; all others have their own.
    assert len({row.values["note_fingerprint"] for row in prints.values()}) == 17


def test_the_published_wording_is_not_shipped():
    with (SEED / "participations.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]

    known = ("partnering with Japanese team", "inform their POs", "before becoming part of")
    assert [cell for cell in cells if any(words in cell for words in known)] == []


@pytest.mark.parametrize("left,right", ["“”", "””", '""', "„“", "«»", "‘’", "「」", "＂＂", "''"])
def test_an_address_is_decoded_in_every_quote_style(left, right):
    written = f"Write to a.b{left}AT{right}example.org※3, please"

    assert decode_addresses(written) == "Write to a.b@example.org, please"
    assert fingerprint(written) == fingerprint("write to\u00a0a.b@EXAMPLE.org , please")


def test_a_note_keeps_its_fingerprint_but_for_a_rewording():
    note = "Please contact help”AT”example.org※3\nfor “more”  information."

    assert fold_note(note) == fold_note(
        'please contact help"AT"example.org for "more" information.'
    )
    assert fingerprint(note) != fingerprint(note.replace("Please", "You should"))
    assert fingerprint("") == fingerprint("\u00a0\n")
