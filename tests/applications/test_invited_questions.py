"""What an invited person is asked: five questions at most, each once, and nothing of anybody else."""

import re

import pytest
from django.utils import timezone

from applications import actions
from applications.models import Event, Role
from directory.models import Researcher
from tests.applications import invited, scenes
from tests.applications.invited import ask, at, carried, press, questions, words

pytestmark = pytest.mark.django_db


def test_a_recorded_grant_asks_its_condition_alone(scene, client):
    erc = invited.with_erc_grant(scene)
    _invitation, token = ask(scene)

    page = client.get(at(token))
    unanswered = press(client, token)

    assert questions(page) == [f"condition-{erc.pk}-ERC_SCOPE"]
    assert unanswered.status_code == 200
    sentence = "Choose an answer to “The collaboration involves research within the scope"
    assert words(unanswered).count(sentence) == 2  # in the summary and at the question

    press(client, token, **{f"condition-{erc.pk}-ERC_SCOPE": "GIVEN"})
    assert Event.objects.filter(act__in=["ATTESTED", "CONFIRMED"]).count() == 2


def test_where_no_grant_is_recorded_five_questions_at_most(scene, client):
    invited.without_grant(scene)
    _invitation, token = ask(scene, agency="erc")

    page = client.get(at(token))

    assert questions(page) == [
        "funder", "reference", "starts_on", "ends_on", "condition-new-ERC_SCOPE",
    ]  # fmt: skip
    assert '<option value="erc" selected>' in page.content.decode()


PERIOD = {
    "starts_on_0": "2022", "starts_on_1": "1", "starts_on_2": "1",
    "ends_on_0": "2099", "ends_on_1": "12", "ends_on_2": "31",
}  # fmt: skip


def test_a_number_tells_its_funder_which_is_proposed_once(scene, client):
    invited.without_grant(scene)
    _invitation, token = ask(scene)
    typed = {"reference": "5R01MH123456-03", **PERIOD}

    second = press(client, token, funder="", **typed)
    assert "The number looks like a grant of NIH-NIMH." in words(second)
    assert not Event.objects.filter(act="GRANT_ADDED").exists()
    sent = {**carried(second), **typed, "funder": "nih-nimh", "act": "confirm"}
    client.post(at(token), sent)

    assert scene.application.relied.get(removed_at=None).grant.agency.slug == "nih-nimh"
    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_how == "SELF"


def test_a_funder_chosen_on_the_page_asks_its_condition_in_a_second_look(scene, client):
    invited.without_grant(scene)
    _invitation, token = ask(scene)

    second = press(client, token, funder="erc", reference="101012345", **PERIOD)

    assert "Grants of this funder count on one condition" in words(second)
    assert questions(second)[-1] == "condition-new-ERC_SCOPE"
    assert len(questions(second)) == 5
    assert not Event.objects.filter(act="GRANT_ADDED").exists()

    sent = {"funder": "erc", "reference": "101012345", **PERIOD, "act": "confirm"}
    answer = {"condition-new-ERC_SCOPE": "GIVEN"}
    client.post(at(token), {**carried(second), **sent, **answer})

    relied = scene.application.relied.get(removed_at=None)
    assert relied.attestations.get().answer == "GIVEN"
    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_how == "SELF"


def test_who_holds_no_grant_leaves_the_boxes_empty(scene, client):
    invited.without_grant(scene)
    _invitation, token = ask(scene, agency="erc")

    assert press(client, token, funder="erc").status_code == 302

    assert not Event.objects.filter(act="GRANT_ADDED").exists()
    assert Event.objects.filter(act="CONFIRMED").count() == 1


def test_what_changed_since_the_page_was_shown_is_named(scene, client):
    _invitation, token = ask(scene)
    shown = carried(client.get(at(token)))
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(name="Kari Ola")

    response = client.post(at(token), {**shown, "act": "confirm"})

    assert response.status_code == 409
    told = " ".join(words(response).split())
    assert "Name as you write it Shown before: Kari Nordmann Recorded now: Kari Ola" in told
    assert client.post(at(token), {**carried(response), "act": "confirm"}).status_code == 302


def test_what_the_lead_recorded_is_said_plainly(scene, client):
    _invitation, token = ask(scene)
    actions.confirm_on_behalf(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        reason="She wrote to me on Monday.",
        upload=scenes.Upload(),
        by=scene.lead,
        at=timezone.now(),
    )

    text = words(client.get(at(token)))

    assert "Recorded for you by the team" in text
    assert "She wrote to me on Monday." in text


def test_the_page_shows_no_other_address_no_abstract_and_no_budget(scene, client):
    other = scenes.person(
        scene.application.team, Role.PARTNER, "Ola Normann", "NO", email="ola@example.no"
    )
    scenes.grant(scene.application, other, "rcn", "999999")
    invitation, token = ask(scene)
    texts = [words(client.get(at(token)))]
    invited.confirm(scene, invitation)
    texts += [
        words(client.get(at(token))),
        words(client.get(invited.me(invited.personal_secret()))),
    ]

    for text in texts:
        found = set(re.findall(r"[\w.+-]+@[\w.-]+\w", text))
        assert found <= {"lead@example.org", "kari@example.no", "amed-aspire@amed.go.jp"}
        for private in ("Ola Normann", "999999", "How cells remember.", "90,000,000", "12345678"):
            assert private not in text
