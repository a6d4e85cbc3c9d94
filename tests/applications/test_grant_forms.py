"""Grants: the number proposes its funder, doubts are said once, and everything can be saved."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.http import urlencode

from applications.models import Application, Attestation, Membership, ReliedGrant
from directory.models import Grant
from tests.applications import scenes
from tests.applications.pages import page, seen_on

pytestmark = pytest.mark.django_db
MAIL = b"From: k@example.no\r\nDate: Mon, 20 May 2024 09:00:00 +0200\r\n\r\nYes.\r\n"


def days(name, year, month, day):
    return {f"{name}_0": year, f"{name}_1": month, f"{name}_2": day}


RUNNING = days("starts_on", "２０２３", "April", "1") | days("ends_on", "2028年", "３月", "31日")


def add(client, scene, **typed):
    """Send the page that enters a grant, with the fingerprint it was shown with."""
    address = page("grant_add", scene, scene.partner.pk)
    return client.post(address, {"seen": seen_on(client.get(address))} | RUNNING | typed)


def again(client, response, **changed):
    """Send the page that came back once more, as the browser would."""
    form = response.context["form"]
    filled = {
        name: value
        for name, value in form.data.items()
        if name not in ("csrfmiddlewaretoken", "save")
    }
    return client.post(response.request["PATH_INFO"], filled | changed)


def doubts(response):
    return response.context.get("doubts", [])


def newest():
    return Grant.objects.order_by("-pk").first()


def test_a_plain_grant_is_saved_at_once(lead, scene):
    response = add(lead, scene, funder="dfg", reference="ＳＦＢ　１２３４")

    assert response.url == page("grants", scene)
    saved = newest()
    assert (saved.reference, saved.agency.slug) == ("ＳＦＢ　１２３４", "dfg")
    assert (saved.starts_on, saved.ends_on) == (date(2023, 4, 1), date(2028, 3, 31))


def test_a_number_proposes_its_funder(lead, scene):
    # Given a number without a funder
    before = Grant.objects.count()
    response = add(lead, scene, reference="5r01ai143730-04")

    # Then nothing is saved; the funder is chosen, and the number is taken apart
    assert (response.status_code, Grant.objects.count()) == (200, before)
    content = response.content.decode()
    assert "The number looks like a grant of NIH-NIAID." in content
    assert '<option value="nih-niaid" selected>' in content
    nih = response.context["nih"]
    assert (nih.activity, nih.institute, nih.serial, nih.year) == ("R01", "AI", "143730", "04")

    # And sending it again saves it as typed
    assert again(lead, response).status_code == 302
    assert (newest().agency.slug, newest().reference, newest().key) == (
        "nih-niaid",
        "5r01ai143730-04",
        "AI143730",
    )


def test_a_number_of_another_funder_is_said_once_and_saved(lead, scene):
    response = add(lead, scene, funder="nih-nci", reference="5R01AI143730-04")

    assert any("NIAID" in sentence for sentence in doubts(response))
    assert 'value="Save anyway"' in response.content.decode()
    assert again(lead, response).status_code == 302
    assert newest().agency.slug == "nih-nci"


def test_another_doubt_is_said_again(lead, scene):
    response = add(lead, scene, funder="nih-nci", reference="5R01AI143730-04")

    other = again(lead, response, funder="tips")

    assert other.status_code == 200
    assert doubts(other)


def test_a_slip_in_the_address_at_the_funder_is_said_once_and_saved(lead, scene):
    plain = {"funder": "dfg", "reference": "SFB 1234", "contact_name": "Anna Amt"}

    first = add(lead, scene, **plain, contact_email="anna@gmial.com")
    assert [("gmial.com" in one, "anna@gmail.com" in one) for one in doubts(first)] == [
        (True, True)
    ]
    # Another slip is another question; the same one is saved as typed
    second = again(lead, first, contact_email="anna@gmaill.com")
    assert ["anna@gmail.com" in one for one in doubts(second)] == [True]
    third = again(lead, second)

    assert third.status_code == 302
    assert newest().contact_email == "anna@gmaill.com"


@pytest.mark.parametrize("address", ["anna@dfg.de", "anna@gmail.com", "desk@forskningsradet.no"])
def test_an_address_at_the_funder_without_a_slip_is_saved_at_once(lead, scene, address):
    response = add(lead, scene, funder="dfg", reference="SFB 1234", contact_email=address)

    assert (response.status_code, newest().contact_email) == (302, address)


def test_without_the_question_a_slip_at_the_funder_is_saved_at_once(lead, scene, monkeypatch):
    """Negative control."""
    monkeypatch.setattr("directory.addresses.doubts", lambda *_args, **_more: ())

    response = add(lead, scene, funder="dfg", reference="SFB 1", contact_email="anna@gmial.com")

    assert response.status_code == 302


def test_the_programme_is_asked_where_the_list_names_some(lead, scene):
    assert "scheme" not in add(lead, scene, funder="").content.decode().split("<form")[-1]

    response = add(lead, scene, funder="tips", reference="CFREF-2022-00001")
    assert 'name="scheme"' in response.content.decode()

    final = again(lead, response, scheme="CERC")
    if final.status_code == 200:
        final = again(lead, final)
    assert final.status_code == 302
    assert newest().programme.code == "CERC"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"funder": "other"}, "Give the name of the other funder."),
        (days("ends_on", "2028", "2", "30"), "There is no such day."),
        (days("ends_on", "9" * 12, "2", "1"), "There is no such day."),
        (days("ends_on", "2028", "", ""), "Give the year, the month and the day."),
        (days("ends_on", "28", "2", "1"), "Give the year with four digits, such as 2027."),
        (days("ends_on", "2020", "2", "1"), "A grant cannot end before it starts."),
        ({"currency": "Euro"}, None),
        ({"amount": "-1"}, None),
        ({"reference": "a\u202eb"}, "There is an invisible character after “a”. Delete it."),
    ],
)
def test_what_cannot_be_is_refused_in_the_same_words_twice(lead, scene, typed, sentence):
    before = Grant.objects.count()

    content = add(lead, scene, **({"funder": "dfg", "reference": "1"} | typed)).content.decode()

    assert "<title>Error: Enter a grant" in content
    assert sentence is None or content.count(sentence) == 2
    assert Grant.objects.count() == before


def test_amounts_are_read_as_people_write_them(lead, scene):
    response = add(lead, scene, funder="anr", amount="１，２３４，５６７．５０", currency="ｅｕｒ")
    while response.status_code == 200 and doubts(response):
        response = again(lead, response)

    assert response.status_code == 302
    assert (str(newest().amount), newest().currency) == ("1234567.50", "EUR")


def test_the_same_grant_twice_is_refused(lead, scene):
    before = Grant.objects.count()
    response = add(lead, scene, funder="rcn", reference="311393")

    if doubts(response):
        response = again(lead, response)
    assert "This grant is already entered for this person." in response.content.decode()
    assert Grant.objects.count() == before


def test_several_grants_of_several_partners_stand_in_both_tables(lead, scene):
    # Given a second grant of the partner and a second partner in another country
    scenes.grant(scene.application, scene.partner, "rcn", "311394")
    other = scenes.person(scene.application.team, "PARTNER", "Élise Moreau", "FR")
    scenes.grant(scene.application, other, "erc", "725899")

    response = lead.get(page("match", scene))

    rows = [(row["funder"], row["grants"], row["label"]) for row in response.context["funders"]]
    assert rows == [
        ("ERC", 1, "Fits if the condition is confirmed"),
        ("RCN", 2, "Fits the published conditions"),
    ]
    assert [one["reference"] for one in response.context["grants"]] == [
        "311393",
        "311394",
        "725899",
    ]


def test_a_condition_is_answered_on_behalf_with_reason_and_copy(lead, scene):
    grant = scenes.grant(scene.application, scene.partner, "erc", "725899")
    address = page("attest", scene, grant.pk)
    bare = lead.post(address, {"answer": "GIVEN"})
    assert ("Error:" in bare.content.decode(), Attestation.objects.count()) == (True, 0)

    copy = SimpleUploadedFile("yes.eml", MAIL)
    response = lead.post(address, {"answer": "GIVEN", "reason": "By e-mail.", "upload": copy})

    stored = Attestation.objects.get()
    assert (response.status_code, stored.answer, stored.on_behalf) == (302, "GIVEN", True)
    labels = [one["label"] for one in lead.get(page("match", scene)).context["grants"]]
    assert labels == ["Fits the published conditions"] * 2


def test_the_holder_answers_without_a_copy(client, scene):
    grant = scenes.grant(scene.application, scene.partner, "erc", "725899")
    holder = scenes.user("kari")
    member = Membership.objects.get(pk=scene.partner.pk)
    scenes.Researcher.objects.filter(pk=member.researcher_id).update(user=holder)
    client.force_login(holder)

    # A partner's own page to answer comes with the invitation; the workspace is for the Japan side.
    assert client.get(page("match", scene)).status_code == 200
    assert client.get(page("attest", scene, grant.pk)).status_code == 403


def test_a_removed_grant_no_longer_counts(lead, scene):
    address = page("grant_remove", scene, scene.grant.pk)
    lead.get(address)
    assert ReliedGrant.objects.filter(removed_at=None).count() == 1

    lead.post(address, {"reason": "Ended."})

    assert ReliedGrant.objects.filter(removed_at=None).count() == 0
    assert Grant.objects.filter(pk=scene.grant.pk).exists()


def test_the_checkers_answers_come_along(client, scene):
    # Given somebody who comes from the checker
    client.force_login(scenes.user("newlead"))
    answers = {
        "call": scene.application.call.code,
        "field": "healthcare",
        "agency": "erc",
        "reference": "101012345",
        "country": "FR",
        "starts_on": "2023-01-01",
        "ends_on": "2027-12-31",
    }
    address = f"{reverse('applications:start')}?{urlencode(answers)}"
    shown = client.get(address)
    assert shown.context["form"]["partner_country"].value() == "FR"

    # When the team is formed
    response = client.post(
        address,
        {
            "call": scene.application.call_id,
            "name": "佐藤 花子",
            "language": "ja",
            "institution_name": "架空大学",
            "institution_country": "JP",
            "erad_number": "１２３４５６７８",
            "partner_name": "Élise Moreau",
            "partner_institution": "Institut Belleville",
            "partner_country": "FR",
        },
    )

    # Then the grant is there, at its holder, with everything that was answered
    made = Application.objects.order_by("-pk").first()
    assert response.url == reverse("applications:team", args=[made.team.ref])
    grant = newest()
    assert (made.field, grant.agency.slug, grant.reference) == ("healthcare", "erc", "101012345")
    assert (grant.starts_on, grant.ends_on) == (date(2023, 1, 1), date(2027, 12, 31))
    assert (grant.holder.name, grant.holder.country) == ("Élise Moreau", "FR")


def test_no_open_call_says_so(client, scene):
    scene.application.call.__class__.objects.update(closes_at=scenes.CLOSES)
    client.force_login(scenes.user("newlead"))

    response = client.get(reverse("applications:start"))

    assert "No call is open now" in response.content.decode()
