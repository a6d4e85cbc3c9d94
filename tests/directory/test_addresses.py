"""The address guard (hazard 43): what is refused, what is one address, what is only asked about."""

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode
from hypothesis import given
from hypothesis import strategies as st

from directory.addresses import (
    REFUSALS,
    Doubt,
    canonical,
    deliverable_form,
    doubts,
    refusal,
    tidy,
    with_punycode,
)
from tests.directory.addresses import addresses

# Everything that ends or breaks a line of a header, and NUL (hazard 23).
CONTROLS = [*map(chr, (*range(0x20), *range(0x7F, 0xA0))), "\u2028", "\u2029"]


def test_each_of_2000_addresses_meets_its_fate():
    listed = addresses()

    assert len(listed) == 2000
    assert {one.refused for one in listed} == {"", *REFUSALS}
    wrong = [(one, refusal(one.typed)) for one in listed if refusal(one.typed) != one.refused]
    assert wrong == []


def test_one_address_has_one_form_and_two_addresses_have_two():
    good = [one for one in addresses() if not one.refused]

    assert [one for one in good if canonical(one.typed) != one.owner] == []


def test_no_look_alike_is_compared_as_what_it_imitates():
    """Refused ones reach no account in a form, and would not through anything else either."""
    imitated = {one.owner for one in addresses() if one.owner}
    alike = [one for one in addresses() if one.refused in ("mixed_scripts", "invisible")]

    assert [one for one in alike if canonical(one.typed) in imitated] == []


@pytest.mark.parametrize(
    "address", ["a@exаmple.com", "a@x.co\u202em", "a@[127.0.0.1]", '"a,b"@example.com']
)
def test_control_djangos_own_check_takes_them(address):
    validate_email(address)

    assert refusal(address) != ""


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_a_control_character_passes_nowhere_inside(control):
    address = "kari@example.no"
    places = [f"{address[:at]}{control}{address[at:]}" for at in range(1, len(address))]

    assert {refusal(one) for one in places} == {"invisible"}
    # Around it, it is a space like any other or it is refused; it never stays.
    for around in (control + address, address + control):
        assert tidy(around) == address or refusal(around) == "invisible"


@given(st.text() | st.emails() | st.text("aA@.xn-ßςİ\u212aüｅ＠。\u0301\ud800", max_size=30))
def test_the_form_for_comparing_never_fails_and_is_its_own(text):
    assert canonical(canonical(text)) == canonical(text)
    deliverable_form(text)
    doubts(text, country="JP", known=[text])


def test_a_hostile_length_is_refused_and_not_worked_on():
    # Python's punycode takes time with the square of a label's length: hours for this one
    assert refusal("a@" + "ü" * 1_000_000 + ".no") == "too_long"
    assert canonical("a@xn--" + "ü" * 1_000_000).startswith("a@")


@pytest.mark.parametrize(
    "typed, envelope",
    [
        ("Kari+X@Example.NO", "Kari+X@example.no"),
        ("kari@example.no.", "kari@example.no"),
        ("ｋａｒｉ＠ｅｘａｍｐｌｅ．ｎｏ", "kari@example.no"),
        ("kari@bücher.example", "kari@xn--bcher-kva.example"),
        ("kari@bu\u0308cher.example", "kari@xn--bcher-kva.example"),
        ("kari@straße.example", "kari@xn--strae-oqa.example"),
        ("kari@col·legi.example", "kari@xn--collegi-xma.example"),
        ("no address", "no address"),
    ],
)
def test_the_envelope_has_the_local_part_as_typed_and_an_ascii_domain(typed, envelope):
    assert deliverable_form(typed) == envelope


def test_control_djangos_own_conversion_reaches_somebody_else():
    assert punycode("straße.example") == "strasse.example"


@pytest.mark.parametrize(
    "address, shown",
    [
        ("kari@example.no", "kari@example.no"),
        ("kari@bücher.example", "kari@bücher.example (kari@xn--bcher-kva.example)"),
        ("Büro Müller", "Büro Müller"),
        ("", ""),
    ],
)
def test_staff_read_the_punycode_beside_an_international_domain(address, shown):
    assert with_punycode(address) == shown


TEAM = ("h@dept.niigata-u.ac.jp", "office@uio.no", "po@research-council.example")
SLIP, MIDDLE, ABROAD = "near_domain", "middle_left_out", "international"


@pytest.mark.parametrize(
    "address, country, found",
    [
        # One letter off a provider: wrong, missing, one too many, swapped, run together, accented.
        ("a@gmaik.com", "", (SLIP, "a@gmail.com")),
        ("a@gmal.com", "", (SLIP, "a@gmail.com")),
        ("a@gmaill.com", "", (SLIP, "a@gmail.com")),
        ("a@gmial.com", "", (SLIP, "a@gmail.com")),
        ("a@gmail.con", "", (SLIP, "a@gmail.com")),
        ("a@gmail.co", "NO", (SLIP, "a@gmail.com")),
        ("a@hotrnail.com", "", (SLIP, "a@hotmail.com")),
        ("A+b@yaho.co.jp", "JP", (SLIP, "A+b@yahoo.co.jp")),
        ("a@outlok.com", "", (SLIP, "a@outlook.com")),
        # Off a domain of the team or of a funder, a department kept.
        ("a@dept.niigata-v.ac.jp", "", (SLIP, "a@dept.niigata-u.ac.jp")),
        ("a@research-counsil.example", "", (SLIP, "a@research-council.example")),
        ("a@x.research-concil.example", "", (SLIP, "a@x.research-council.example")),
        # The middle part of .jp left out, or its letters swapped.
        ("a@yahoo.jp", "", (MIDDLE, "a@yahoo.co.jp")),
        ("a@docomo.jp", "", (MIDDLE, "a@docomo.ne.jp")),
        ("a@dept.niigata-u.jp", "NO", (MIDDLE, "a@dept.niigata-u.ac.jp")),
        ("a@kyoto-u.jp", "JP", (MIDDLE, "a@kyoto-u.ac.jp")),
        ("a@med.osaka-u.jp", "JP", (MIDDLE, "a@med.osaka-u.ac.jp")),
        ("a@jst.jp", "JP", (MIDDLE, "a@jst.go.jp")),
        ("a@kyoto-u.ca.jp", "JP", (SLIP, "a@kyoto-u.ac.jp")),
    ],
)
def test_a_likely_slip_is_asked_about(address, country, found):
    assert doubts(address, country=country, known=TEAM) == (Doubt(*found),)


@pytest.mark.parametrize(
    "address, country",
    [
        *(("a@gmail.com", "JP"), ("a@mail.com", ""), ("a@ymail.com", ""), ("a@yahoo.co.uk", "")),
        # Both are real: short names are never held to be slips of each other.
        *(("a@uib.no", "NO"), ("a@kit.ac.jp", "JP"), ("a@cam.ac.uk", "GB")),
        # In Japan, and right without a middle part.
        *(("a@riken.jp", "JP"), ("a@post.kek.jp", "JP"), ("a@city.minato.tokyo.jp", "JP")),
        *(("a@i.softbank.jp", "JP"), ("a@med.kyoto-u.ac.jp", "JP"), ("a@amed.go.jp", "JP")),
        # Not in Japan: a firm of anywhere may have a .jp.
        ("a@startup.jp", "NO"),
        ("a@dept.niigata-u.ac.jp", "JP"),
        # What is refused is not asked about too.
        ("a@gmаil.com", "JP"),
    ],
)
def test_what_is_right_is_not_asked_about(address, country):
    assert doubts(address, country=country, known=TEAM) == ()


def test_a_domain_of_the_team_is_right_whatever_it_looks_like():
    assert doubts("a@gmial.com", known=["b@gmial.com"]) == ()
    assert doubts("a@lab.jp", country="JP", known=["lab.jp"]) == ()


def test_an_international_domain_is_shown_as_servers_write_it():
    assert doubts("a@bücher.example") == (Doubt(ABROAD, "a@xn--bcher-kva.example"),)
    assert doubts("a@gmaił.com") == (
        Doubt(SLIP, "a@gmail.com"),
        Doubt(ABROAD, "a@xn--gmai-31a.com"),
    )


@pytest.mark.parametrize("address", ["kari@ılıca.com.tr", "kari@ışık.com.tr", "kari@ñandú.example", "kari@сон.рф"])  # fmt: skip
def test_honest_names_in_other_letters_are_taken(address):
    assert refusal(address) == ""


def test_full_width_is_forgiven_where_django_refuses_it():
    with pytest.raises(ValidationError):
        validate_email("ｋａｒｉ＠ｅｘａｍｐｌｅ．ｎｏ")
    assert refusal("ｋａｒｉ＠ｅｘａｍｐｌｅ．ｎｏ") == ""
