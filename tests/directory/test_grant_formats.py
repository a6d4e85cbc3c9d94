"""The shipped grant formats: every real number fits, none is over-interpreted."""

import csv
import re
import time
from pathlib import Path

import pytest

import directory
from directory.references import Format, FormatBook, decode_nih, normalise

SEED = Path(directory.__file__).parent / "seed"


def shipped(name):
    with (SEED / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


FORMATS = [
    Format(
        row["agency"],
        row["pattern"],
        row["key"],
        row["suggests"] == "1",
        tuple(filter(None, row["examples"].split(" | "))),
    )
    for row in shipped("formats.csv")
]
INSTITUTES = {row["institute_code"]: row["slug"] for row in shipped("nih_institutes.csv")}
BOOK = FormatBook(FORMATS, INSTITUTES)

LISTED = re.findall(
    r"\S+",
    """
    arc nhmrc cihr tips erc anr inca dfg zonmw rcn src stint ssf vinnova snsf bhf cruk nihr ukri wellcome
    nih-nci nih-nhgri nih-nia nih-niaid nih-niams nih-nichd nih-niddk nih-nimh nsf
    """,
)


@pytest.mark.parametrize(
    "agency, reference, key",
    [
        ("arc", "DP200101613", "DP200101613"),
        ("arc", "FT180100216", "FT180100216"),
        ("arc", "DP1094001", "DP1094001"),
        ("nhmrc", "APP1067350", "1067350"),
        ("nhmrc", "GNT1067350", "1067350"),
        ("nhmrc", "APP1069141", "1069141"),
        ("nhmrc", "1031119", "1031119"),
        ("cihr", "PJT-156178", "156178"),
        ("cihr", "PJT 156178", "156178"),
        ("cihr", "156178_1", "156178"),
        ("cihr", "PJT-197805", "197805"),
        ("tips", "CFREF-2015-00001", "CFREF-2015-00001"),
        ("tips", "CFREF-2015-00004", "CFREF-2015-00004"),
        ("tips", "CFREF-2022-00010", "CFREF-2022-00010"),
        ("tips", "CERC-2022-00074", "CERC-2022-00074"),
        ("erc", "725899", "725899"),
        ("erc", "714769", "714769"),
        ("erc", "101055176", "101055176"),
        ("erc", "101096251", "101096251"),
        ("anr", "ANR-21-CE14-0032-01", "ANR-21-CE14-0032"),
        ("anr", "ANR-21-CE13-0044", "ANR-21-CE13-0044"),
        ("anr", "ANR-10-LABX-62-IBEID", "ANR-10-LABX-62"),
        ("inca", "INCa-513", "INCA-513"),
        ("inca", "INCa-DGOS-6368", "INCA-DGOS-6368"),
        ("inca", "INCa-DGOS-Inserm_12563", "INCA-DGOS-INSERM-12563"),
        ("inca", "INCa-DGOS-Inserm 6041", "INCA-DGOS-INSERM-6041"),
        ("inca", "PLBIO 2019-138", "PLBIO 2019-138"),
        ("inca", "INCa PLBIO19-138", "PLBIO 2019-138"),
        ("dfg", "410981386", "410981386"),
        ("dfg", "460135501", "460135501"),
        ("dfg", "PE 1632/10-1", "PE 1632/10-1"),
        ("dfg", "PE1632 / 10 - 1", "PE 1632/10-1"),
        ("zonmw", "40-00812-98-07-032", "40-00812-98-07-032"),
        ("zonmw", "80-84400-98-027", "80-84400-98-027"),
        ("zonmw", "2100.0035", "2100.0035"),
        ("rcn", "300281", "300281"),
        ("rcn", "311393", "311393"),
        ("rcn", "337481", "337481"),
        ("src", "2016-07099", "2016-07099"),
        ("src", "2016-7099", "2016-07099"),
        ("src", "2021-00157_VR", "2021-00157"),
        ("stint", "JA2024-9999", "JA2024-9999"),
        ("ssf", "FFL15-0196", "FFL15-0196"),
        ("ssf", "CHI19-0048", "CHI19-0048"),
        ("ssf", "ARC190043", "ARC19-0043"),
        ("vinnova", "2025-00304", "2025-00304"),
        ("vinnova", "2025-01247", "2025-01247"),
        ("snsf", "200021_192151", "192151"),
        ("snsf", "PZ00P2_179981", "179981"),
        ("snsf", "310030L_156863", "156863"),
        ("snsf", "10.003.096", "10.003.096"),
        ("snsf", "10003096", "10.003.096"),
        ("bhf", "RG/13/5/30112", "RG/13/5/30112"),
        ("bhf", "PG/15/91/31812", "PG/15/91/31812"),
        ("bhf", "FS/SBSRF/24/31040", "FS/SBSRF/24/31040"),
        ("bhf", "SP/09/002", "SP/09/002"),
        ("cruk", "C57899/A25812", "C57899/A25812"),
        ("cruk", "C6946/A24843", "C6946/A24843"),
        ("cruk", "C1287/A10118", "C1287/A10118"),
        ("nihr", "NIHR206858", "NIHR206858"),
        ("nihr", "NIHR 134326", "NIHR134326"),
        ("nihr", "17/99/89", "17/99/89"),
        ("nihr", "PB-PG-1217-20005", "PB-PG-1217-20005"),
        ("nihr", "RP-2017-08-ST2-006", "RP-2017-08-ST2-006"),
        ("nihr", "NIHR-RP-2017-08-ST2-006", "RP-2017-08-ST2-006"),
        ("ukri", "MR/N013700/1", "MR/N013700/1"),
        ("ukri", "MR/V012878/1", "MR/V012878/1"),
        ("ukri", "EP/T001569/1", "EP/T001569/1"),
        ("ukri", "MC_UU_00001/1", "MC_UU_00001/1"),
        ("ukri", "G0800674", "G0800674"),
        ("ukri", "UKRI1234", "UKRI1234"),
        ("wellcome", "220260/Z/20/Z", "220260/Z/20/Z"),
        ("wellcome", "[203148/Z/16/Z]", "203148/Z/16/Z"),
        ("wellcome", "WT104765MA", "104765"),
        ("nih-nci", "R01CA253329", "CA253329"),
        ("nih-nci", "1 R01 CA 253329-01A1", "CA253329"),
        ("nih-nci", "U19CA148065", "CA148065"),
        ("nih-nci", "3R01CA123456-04S1A1", "CA123456"),
        ("nih-nhgri", "U24HG007822", "HG007822"),
        ("nih-nhgri", "R01HG010883", "HG010883"),
        ("nih-nia", "R01AG057708", "AG057708"),
        ("nih-nia", "U01 AG006786", "AG006786"),
        ("nih-niaid", "R01AI127236", "AI127236"),
        ("nih-niaid", "5R01AI143730-04", "AI143730"),
        ("nih-niams", "3R01AR077060-03S1", "AR077060"),
        ("nih-niams", "R01AR077560-01A1", "AR077560"),
        ("nih-nichd", "R01HD104969", "HD104969"),
        ("nih-nichd", "3R01HD105939-01S1", "HD105939"),
        ("nih-niddk", "R01DK114945", "DK114945"),
        ("nih-niddk", "R01DK131452", "DK131452"),
        ("nih-nimh", "5U01MH105985", "MH105985"),
        ("nih-nimh", "1R01MH100631", "MH100631"),
        ("nsf", "IIS-2239688", "2239688"),
        ("nsf", "EAR-1253713", "1253713"),
        ("nsf", "2434229", "2434229"),
    ],
)
def test_a_real_number_fits_its_agency_and_gives_its_key(agency, reference, key):
    number = normalise(reference)
    assert (BOOK.fits(agency, number), BOOK.key(agency, number)) == (True, key)
    assert BOOK.names_other(agency, number) == ()


@pytest.mark.parametrize(
    "agency, reference",
    [
        ("nhmrc", "APP10499110"),
        ("nih-nichd", "R01HD11107402"),
        ("nih-nia", "R01136641"),
        ("rcn", "３００"),
        ("erc", "10105517"),
        ("rcn", "٣٠٠٢٨١"),
    ],
)
def test_a_malformed_number_is_refused_but_kept_as_its_own_key(agency, reference):
    number = normalise(reference)
    assert (BOOK.fits(agency, number), BOOK.key(agency, number)) == (False, number)
    assert BOOK.suggested(number) == ()


@pytest.mark.parametrize(
    "reference, agency",
    [
        ("R01CA253329", "nih-nci"),
        ("5r01ai143730ー04", "nih-niaid"),
        ("R01HL123456", "nih-nhlbi"),
        ("NIHR206858", "nihr"),
        ("MR/N013700/1", "ukri"),
        ("UKRI1234", "ukri"),
        ("220260/Z/20/Z", "wellcome"),
        ("ANR-21-CE14-0032-01", "anr"),
        ("RG/13/5/30112", "bhf"),
        ("C57899/A25812", "cruk"),
        ("CFREF-2015-00001", "tips"),
        ("CERC-2022-00074", "tips"),
        ("INCa-DGOS-Inserm 6041", "inca"),
    ],
)
def test_a_distinctive_number_tells_its_agency(reference, agency):
    assert BOOK.suggested(normalise(reference)) == (agency,)


@pytest.mark.parametrize(
    "reference",
    [
        "DP200101613",
        "DP1094001",
        "APP1067350",
        "1031119",
        "PJT-156178",
        "725899",
        "101055176",
        "410981386",
        "300281",
        "2016-07099",
        "2025-00304",
        "FFL15-0196",
        "ARC190043",
        "200021_192151",
        "PZ00P2_179981",
        "10.003.096",
        "IIS-2239688",
        "2434229",
        "40-00812-98-07-032",
        "2100.0035",
        "WT104765MA",
        "104765",
        "G0800674",
        "17/99/89",
        "PB-PG-1217-20005",
        "RP-2017-08-ST2-006",
        "RGPIN-2019-05000",
        "RGPIN-355489",
        "JPMJAP2401",
        "R01HD11107402",
        "R01136641",
        "R01ZZ123456",
    ],
)
def test_what_several_funders_could_have_issued_suggests_nothing(reference):
    assert BOOK.suggested(normalise(reference)) == ()


def test_a_number_speaks_against_the_agency_named_only_when_it_fits_none_of_its_formats():
    # The agency named is wrong: the institute in the number decides.
    assert BOOK.names_other("nih-nci", "R01AI127236") == ("nih-niaid",)
    assert BOOK.names_other("nih-nibib", "R01HD110772") == ("nih-nichd",)
    assert BOOK.names_other("nih-nci", "R01HL123456") == ("nih-nhlbi",)
    assert BOOK.names_other("bhf", "220260/Z/20/Z") == ("wellcome",)
    assert BOOK.names_other("nihr", "ANR-21-CE14-0032") == ("anr",)
    # Its own formats come first, and an unfamiliar number accuses nobody.
    assert BOOK.names_other("stint", "R01CA253329") == ()
    assert BOOK.names_other("nihr", "RGPIN-2019-05000") == ()
    assert BOOK.names_other("cruk", "DRCRPG-2022/100001") == ()


def test_without_a_number_or_a_format_there_is_nothing_to_say():
    assert (BOOK.fits("arc", ""), BOOK.fits("nih", "R01CA253329")) == (None, None)
    assert (BOOK.key("arc", ""), BOOK.key("nih", "X1")) == ("", "X1")
    assert (BOOK.suggested(""), BOOK.names_other("arc", "")) == ((), ())


def test_a_number_longer_than_64_characters_is_never_matched():
    book = FormatBook([Format("zonmw", r"[0-9]+", suggests=True)])
    assert (book.fits("zonmw", "1" * 64), book.suggested("1" * 64)) == (True, ("zonmw",))
    assert (book.fits("zonmw", "1" * 65), book.suggested("1" * 65)) == (False, ())
    assert book.key("zonmw", "1" * 65) == "1" * 65
    assert decode_nih("R01CA253329" + "-01" * 20) is None


@pytest.mark.parametrize("sample", FORMATS, ids=lambda one: f"{one.agency} {one.pattern}")
def test_each_shipped_format_accepts_its_own_examples(sample):
    assert sample.failed_examples() == ()
    assert bool(sample.examples) is (sample.agency != "stint")


def test_every_listed_agency_has_a_format_and_positions_run_from_one():
    rows = shipped("formats.csv")
    assert {row["agency"] for row in rows} == set(LISTED)
    for agency in LISTED:
        positions = [int(row["position"]) for row in rows if row["agency"] == agency]
        assert positions == list(range(1, len(positions) + 1))


def test_a_bad_format_is_named_with_its_agency():
    assert Format(
        "x", r"A\d", examples=("A1", "B1"), counter_examples=("A2",)
    ).failed_examples() == (
        "B1",
        "A2",
    )
    with pytest.raises(ValueError, match=r"^rcn: '\(\\\\d': missing \)"):
        FormatBook([Format("rcn", r"(\d")])
    with pytest.raises(ValueError, match=r"has no group 2$"):
        FormatBook([Format("rcn", r"(\d)", key="{2}")])


@pytest.mark.parametrize("filler", ["1", "A", "-", "1-", "A-1-", "1.", "A/", "AB-1234-", "MC_U/"])
def test_no_number_makes_a_shipped_format_slow(filler):
    number = (filler * 64)[:62] + "!"
    started = time.process_time()
    for agency in LISTED:
        BOOK.fits(agency, number)
    assert time.process_time() - started < 0.2
