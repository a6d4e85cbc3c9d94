"""ORCID iD, e-Rad number and ROR id: real ones pass, near misses are named."""

import re

import pytest

from directory.identifiers import erad_check_digit_agrees, erad_number, orcid, ror


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("0000-0002-0247-239X", "0000-0002-0247-239X"),
        ("0000-0002-0247-239x", "0000-0002-0247-239X"),
        ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("http://www.orcid.org/0000-0002-1825-0097/", "0000-0002-1825-0097"),
        ("orcid.org/0000-0002-0247-239x", "0000-0002-0247-239X"),
        ("0000000218250097", "0000-0002-1825-0097"),
        (" ００００－０００２－１８２５－００９７ ", "0000-0002-1825-0097"),
        ("0000ー0002ー1825ー0097", "0000-0002-1825-0097"),
        ("0000-0001-5000-0007", "0000-0001-5000-0007"),
        ("0000-0003-5000-0001", "0000-0003-5000-0001"),
        ("0009-0000-0000-0009", "0009-0000-0000-0009"),
    ],
)
def test_an_orcid_id_is_read_in_every_common_form(typed, stored):
    assert orcid(typed) == stored


@pytest.mark.parametrize(
    "typed, reason",
    [
        ("0000-0002-0247-2394", "The check digit of this ORCID iD does not agree."),
        ("0000-0002-1825", "An ORCID iD has 16 characters"),
        ("0000-000X-1825-0097", "An ORCID iD has 16 characters"),
        ("https://example.org/0000-0002-1825-0097", "An ORCID iD has 16 characters"),
        ("", "An ORCID iD has 16 characters"),
        # A sound ISNI of a person outside ORCID's blocks.
        ("0000-0001-2281-955X", "This number belongs to another register (ISNI)"),
    ],
)
def test_what_is_no_orcid_id_is_refused_with_its_reason(typed, reason):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 -- the reason is compared below
        orcid(typed)
    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("90050426", "90050426"),
        ("９００５０４２６", "90050426"),
        (" 9005 0426 ", "90050426"),
        ("00123456", "00123456"),
    ],
)
def test_an_erad_number_is_text_of_eight_digits(typed, stored):
    assert erad_number(typed) == stored


@pytest.mark.parametrize("typed", ["", "9005042", "900504261", "9005042A", "٩٠٠٥٠٤٢٦", "9005.426"])
def test_what_is_no_erad_number_is_refused(typed):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 -- the reason is compared below
        erad_number(typed)
    assert str(refused.value) == "An e-Rad researcher number has 8 digits."


@pytest.mark.parametrize("number, agrees", [("90050426", True), ("12345678", False)])
def test_the_erad_check_digit_is_only_asked_about(number, agrees):
    assert erad_check_digit_agrees(number) is agrees
    assert erad_number(number) == number


AGENCY_RORS = re.findall(
    r"\w+",
    """
05mmh0f86 00epmv149 040gcmg81 011kf5r70 03zttf063 00baak391 01gavpb45 044wr7g58 049v75w11
0472cxd90 01kd5m353 043z4tv69 00rbzpz17 00yjd3n13 006zn3t30 03m8vkq32 02wdwnk04 04byxyr05
018mejw64 054225q67 00adh9b73 01yaj9a77 0187kwz08 04xeg9z08 004rtk039 001aqnf71 021nxhr62
00097mb19 029chgv08 01k4yrm29
""",
)


@pytest.mark.parametrize("number", AGENCY_RORS)
def test_a_real_ror_id_is_read_bare_and_as_an_address(number):
    assert ror(number) == number
    assert ror(f"https://ror.org/{number.upper()}") == number


@pytest.mark.parametrize(
    "typed, reason",
    [
        ("01k4yrm30", "The check digits of this ROR id do not agree."),
        ("01k4yrl29", "A ROR id has nine characters"),
        ("11k4yrm29", "A ROR id has nine characters"),
        ("", "A ROR id has nine characters"),
    ],
)
def test_what_is_no_ror_id_is_refused_with_its_reason(typed, reason):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 -- the reason is compared below
        ror(typed)
    assert str(refused.value).startswith(reason)
