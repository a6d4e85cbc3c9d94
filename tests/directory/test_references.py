"""Grant numbers and agency names as people really type them, made comparable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.references import NihNumber, decode_nih, fold_name, normalise, similar


@pytest.mark.parametrize(
    "typed, normalised",
    [
        ("ＤＰ２００１０１６１３", "DP200101613"),
        ("  dp200101613\t", "DP200101613"),
        ("ＡＮＲー２１ーＣＥ１４ー００３２", "ANR-21-CE14-0032"),
        ("ANRｰ21ｰCE14ｰ0032", "ANR-21-CE14-0032"),
        ("ANR－21−CE14–0032", "ANR-21-CE14-0032"),
        ("ANR — 21 ‑ CE14 - 0032", "ANR-21-CE14-0032"),
        ("MR ／ N013700 ／ 1", "MR/N013700/1"),
        ("200021 _ 192151", "200021_192151"),
        ("INCa-DGOS-Inserm   6041", "INCA-DGOS-INSERM 6041"),
        ("U01　AG006786", "U01 AG006786"),
        ("U01\u00a0AG006786", "U01 AG006786"),
        ("R01\u200bCA25\ufeff3329\u200d", "R01CA253329"),
        ("R01CA\u00ad253329\ufe0f", "R01CA253329"),
        ("R01CA253329\x00", "R01CA253329"),
        ("\u202eNIHR206858\u202c", "NIHR206858"),
        ("", ""),
        (" - ", "-"),
    ],
)
def test_a_number_is_read_as_funders_print_it(typed, normalised):
    assert normalise(typed) == normalised


def test_every_dash_unicode_knows_becomes_a_hyphen():
    dashes = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) == "Pd"]
    assert {normalise(f"A{dash}1") for dash in dashes} == {"A-1"}


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_normalising_any_character_twice_changes_nothing():
    for start in range(0, 0x30000, 64):
        text = "".join(f"A {chr(n)} " for n in range(start, start + 64) if not 0xD800 <= n < 0xE000)
        once = normalise(text)
        assert normalise(once) == once


@pytest.mark.parametrize(
    "reference, parts",
    [
        ("R01CA253329", NihNumber("", "R01", "CA", "253329", "", "")),
        ("3R01CA123456-04S1A1", NihNumber("3", "R01", "CA", "123456", "04", "S1A1")),
        ("U01 AG006786", NihNumber("", "U01", "AG", "006786", "", "")),
        ("R01AR077560-01A1", NihNumber("", "R01", "AR", "077560", "01", "A1")),
        ("R01HL123456", NihNumber("", "R01", "HL", "123456", "", "")),
        ("R01HD11107402", None),
        ("R01136641", None),
        ("RGPIN-355489", None),
        ("", None),
    ],
)
def test_an_nih_number_is_taken_apart(reference, parts):
    assert decode_nih(reference) == parts


def test_years_and_supplements_of_one_nih_grant_share_a_key():
    numbers = ("1R01CA123456-01", "5R01CA123456-03", "3R01CA123456-04S1A1", "U01 CA123456")
    assert {decode_nih(number).key for number in numbers} == {"CA123456"}


@pytest.mark.parametrize(
    "text, folded",
    [
        ("Vetenskapsrådet", "vetenskapsradet"),
        ("Norges forskningsråd (RCN)", "norgesforskningsradrcn"),
        ("The Research Council of Norway", "researchcouncilofnorway"),
        ("ＮＩＨ－ＮＣＩ", "nihnci"),
        ("Ø Ł æ & ß", "olaeandss"),
        ("ドイツ研究振興協会", "ドイツ研究振興協会"),
        ("ﾄﾞｲﾂ 研究振興協会", "ドイツ研究振興協会"),
        ("", ""),
    ],
)
def test_names_compare_without_case_accents_and_punctuation(text, folded):
    assert fold_name(text) == folded


def test_names_that_come_close_are_offered_best_first_and_at_most_three():
    names = {
        "Deutsche Forschungsgemeinschaft": "dfg",
        "DFG": "dfg",
        "Vetenskapsrådet": "src",
        "Cancer Research UK": "cruk",
        "National Cancer Institute": "nih-nci",
        "National Eye Institute": "nih-nei",
        "National Institute on Aging": "nih-nia",
        "National Institute on Drug Abuse": "nih-nida",
    }
    assert similar("Deutsche Forschungsgemeinschft e.V.", names) == ("dfg",)
    assert similar("vetenskapsradet", names)[0] == "src"
    assert similar("Nationl Cancer Institut", names)[0] == "nih-nci"
    assert len(similar("National Institute", names)) == 3
    assert similar("Bank of Atlantis", names) == ()
    assert similar("?", names) == ()
