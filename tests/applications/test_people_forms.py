"""People: names kept exactly, numbers and addresses forgiven, and what is refused with its place."""

import pytest
from django.utils import translation

from applications.forms.people import PersonForm
from applications.models import Membership, Role
from directory.models import Researcher
from tests.applications.pages import page, seen_on

# The model's constraints are asked in the database, so every form needs it.
pytestmark = pytest.mark.django_db

# Each must be stored and shown as typed: compatibility letters, IVS, 4-byte letters, marks.
NAMES = [
    "髙橋 﨑",
    "\ufa1b田",
    "葛\U000e0100城",
    "𠮷野 家",
    "Åse O’Neill-Müller",
    "A\u030ase",  # a ring of its own
    "Sukarno",
    "山田　花子",
    "Nguyễn Thị",
    "ﾔﾏﾀﾞ ﾊﾅｺ",
    "x" * 200,
]


def form(role=Role.PARTNER, **typed):
    typed = {"name": "Kari Nordmann", "language": "en", "role": role} | typed
    return PersonForm(typed, role=role, instance=Researcher())


@pytest.mark.parametrize("name", NAMES)
def test_names_are_kept_exactly(name):
    filled = form(name=name)

    assert filled.is_valid(), filled.errors
    assert filled.values["name"] == name


@pytest.mark.parametrize("name", NAMES)
def test_names_make_the_round_trip_to_the_page(lead, scene, name):
    lead.post(page("person_add", scene, side="abroad"), {"name": name, "language": "en"})

    stored = Researcher.objects.order_by("-pk").first()
    assert stored.name == name
    shown = lead.get(page("team_people", scene)).content.decode()
    assert name in shown


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Team\u202ename", "There is an invisible character after “Team”. Delete it."),
        ("A\u2066b", "There is an invisible character after “A”. Delete it."),
        ("\u200fAnna", "There is an invisible character at the beginning. Delete it."),
        ("Ann\x07a", "There is an invisible character after “Ann”. Delete it."),
        ("Ann\na", "There is an invisible character after “Ann”. Delete it."),
        ("A" + "\u0300" * 5, "There are too many marks or invisible characters in a row."),
        ("A" + "\u200b" * 9 + "b", "There are too many marks or invisible characters in a row."),
    ],
)
def test_what_nobody_sees_is_refused_with_its_place(name, sentence):
    filled = form(name=name)

    assert filled.errors["name"] == [sentence]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ｋａｒｉ＠ｅｘａｍｐｌｅ．ｎｏ", "kari@example.no"),
        (" kari@example.no ", "kari@example.no"),
    ],
)
def test_addresses_may_be_typed_in_full_width(typed, stored):
    filled = form(email=typed)

    assert filled.is_valid(), filled.errors
    assert filled.values["email"] == stored


@pytest.mark.parametrize(
    ("typed", "stored"), [("１２３４５６７８", "12345678"), ("1234 5678", "12345678")]
)
def test_erad_numbers_may_be_typed_in_full_width(typed, stored):
    filled = form(role=Role.MEMBER, erad_number=typed)

    assert filled.is_valid(), filled.errors
    assert filled.values["erad_number"] == stored


@pytest.mark.parametrize("typed", ["123", "123456789", "abcdefgh"])
def test_other_erad_numbers_are_refused(typed):
    assert list(form(role=Role.MEMBER, erad_number=typed).errors) == ["erad_number"]


@pytest.mark.parametrize("typed", ["やまだ はなこ", "ヤマダ ハナコ", "ﾔﾏﾀﾞ ﾊﾅｺ"])
def test_readings_are_stored_in_katakana(typed):
    with translation.override("ja"):
        filled = form(role=Role.MEMBER, reading=typed)

        assert filled.is_valid(), filled.errors
        assert filled.values["reading"] == "ヤマダ ハナコ"


def test_the_reading_is_asked_on_japanese_pages_only_and_no_orcid_anywhere():
    with translation.override("ja"):
        japanese = set(form(role=Role.MEMBER).fields)
    english = set(form(role=Role.MEMBER).fields)

    assert japanese - english == {"reading"}
    assert "orcid" not in japanese | english


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"institution_name": "Universitetet i Oslo"}, ["institution_country"]),
        ({"institution_country": "NO"}, ["institution_name"]),
        ({"institution_name_latin": "University of Oslo", "institution_country": "NO"}, []),
    ],
)
def test_an_institution_has_a_name_and_a_country(typed, wrong):
    assert list(form(**typed).errors) == wrong


def test_a_person_changed_by_two_is_a_conflict(lead, scene):
    # Given the partner's page, and a change by somebody else
    address = page("person_edit", scene, scene.partner.pk)
    seen = seen_on(lead.get(address))
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(department="Physics")

    # When it is saved with another department
    typed = {"name": "Kari Nordmann", "language": "en", "department": "Biology", "seen": seen}
    response = lead.post(address, typed)

    # Then both are shown and the stored one stays
    assert response.status_code == 409
    shown = {row["key"]: (row["yours"], row["stored"]) for row in response.context["conflict_rows"]}
    assert shown["Department"] == ("Biology", "Physics")
    assert Researcher.objects.get(pk=scene.partner.researcher_id).department == "Physics"


def test_a_partner_is_removed_and_stays_on_record(lead, scene):
    address = page("person_remove", scene, scene.partner.pk)
    lead.get(address)
    assert Membership.objects.current().filter(pk=scene.partner.pk).exists()

    lead.post(address, {"reason": "Left the field."})

    gone = Membership.objects.get(pk=scene.partner.pk)
    assert (gone.removed_at is None, gone.removed_reason) == (False, "Left the field.")
    assert lead.get(address).status_code == 404


def test_the_lead_cannot_be_removed(lead, scene):
    own = Membership.objects.get(team=scene.application.team, role=Role.LEAD)

    response = lead.post(page("person_remove", scene, own.pk), {"reason": ""})

    assert response.status_code == 409
    assert Membership.objects.current().filter(pk=own.pk).exists()
