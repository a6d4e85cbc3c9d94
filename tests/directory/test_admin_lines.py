"""Aliases and examples are written as people write them, a text on each line, and kept as the list they were."""

import html

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from directory.admin.funding import AgencyForm, GrantFormatForm
from directory.admin.lines import OnePerLine
from directory.models import Agency, GrantFormat
from tests.directory.factories import AgencyFactory, GrantFormatFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", []),
        (None, []),
        ("VR", ["VR"]),
        ("  VR \r\n\r\n \t\r\nSRC", ["VR", "SRC"]),
        ("VR\nSRC\n VR", ["VR", "SRC"]),
        ("学術会議　\nSwedish Research Council", ["学術会議", "Swedish Research Council"]),
    ],
)
def test_lines_are_read_trimmed_without_empty_ones_and_each_once(written, read):
    assert OnePerLine(required=False).clean(written) == read


def test_a_text_that_no_database_keeps_is_refused():
    with pytest.raises(ValidationError):
        OnePerLine(required=False).clean("V\x00R")


@pytest.mark.parametrize(("shown", "changed"), [("VR\r\nSRC", False), ("VR\r\nSRC\r\nSVR", True)])
def test_lines_that_say_the_same_change_nothing(shown, changed):
    assert OnePerLine(required=False).has_changed(["VR", "SRC"], shown) is changed


@pytest.fixture
def officer(client):
    client.force_login(UserFactory(staff_agency="AMED", staff_role="OFFICER"))
    return client


def sent(agency, number, **other):
    return {
        "slug": agency.slug, "acronym": agency.acronym, "country": agency.country_id,
        "name_en": agency.name_en, "name_ja": agency.name_ja, "aliases": "VR\r\n\r\n SRC\r\nVR",
        "programmes-TOTAL_FORMS": 0, "programmes-INITIAL_FORMS": 0,
        "formats-TOTAL_FORMS": 2, "formats-INITIAL_FORMS": 1,
        "formats-0-id": number.pk, "formats-0-agency": agency.pk, "formats-0-position": 1,
        "formats-0-pattern": number.pattern, "formats-0-examples": "300281\r\n300282\r\n",
        "formats-1-agency": agency.pk, "formats-1-position": 2, "formats-1-pattern": "X([0-9]+)",
        "formats-1-examples": "X1",
    } | other  # fmt: skip


def test_the_page_takes_lines_keeps_lists_and_shows_lines(officer):
    agency = AgencyFactory(slug="vr")
    number = GrantFormatFactory(agency=agency, position=1)
    page = reverse("admin:directory_agency_change", args=[agency.pk])

    saved = officer.post(page, sent(agency, number))

    assert saved.status_code == 302
    assert Agency.objects.get(pk=agency.pk).aliases == ["VR", "SRC"]
    kept = GrantFormat.objects.filter(agency=agency).order_by("position")
    assert [one.examples for one in kept] == [["300281", "300282"], ["X1"]]
    shown = officer.get(page)
    assert shown.context["adminform"].form["aliases"].value() == "VR\nSRC"
    assert "300281\n300282</textarea>" in shown.content.decode()
    assert "&quot;VR&quot;" not in shown.content.decode()


def test_an_example_that_the_pattern_does_not_fit_is_named_and_the_lines_stand(officer):
    agency = AgencyFactory(slug="vr")
    number = GrantFormatFactory(agency=agency, position=1)
    page = reverse("admin:directory_agency_change", args=[agency.pk])

    answer = officer.post(page, sent(agency, number, **{"formats-0-examples": "300281\r\nRC 1"}))

    text = answer.content.decode()
    assert "The pattern does not accept these examples: RC 1" in text
    assert "300281\r\nRC 1</textarea>" in text
    assert "VR\r\n\r\n SRC\r\nVR</textarea>" in text
    assert Agency.objects.get(pk=agency.pk).aliases == []


def test_the_page_of_a_funder_says_what_its_boxes_want(officer):
    agency = GrantFormatFactory().agency
    page = officer.get(reverse("admin:directory_agency_change", args=[agency.pk]))
    text = html.unescape(page.content.decode())

    told = [*AgencyForm.Meta.help_texts.values(), *GrantFormatForm.Meta.help_texts.values()]
    assert len(told) == 7
    assert [str(one) for one in told if f">{one}</div>" not in text.replace("\n", "")] == []
