"""Stories of asking people by mail through the pages: what is shown is what is sent, once, and what stands in the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications import actions
from applications.models import (
    Event,
    Invitation,
    Membership,
    Message,
    Role,
)
from applications.models.message import LINK
from directory.models import Agency, Call
from tests.applications import scenes
from tests.applications.asking import invite, pages, send, text_of
from tests.applications.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(scene):
    """A scene whose partner is still to be asked."""
    scenes.unconfirmed(scene.partner)
    return scene


# -- what is shown is what is sent -----------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_preview_is_the_mail_byte_for_byte(lead, asked, language):
    # Given a partner who reads that language, and the invite page, in the lead's own
    asked.partner.researcher.language = language
    asked.partner.researcher.save()
    shown = lead.get(pages(asked)["invite"])
    preview = shown.context["mail"]
    assert Message.objects.count() == 0

    # When the lead presses the button
    answer = lead.post(pages(asked)["invite"], {"seen": shown.context["seen"], "funder": "rcn"})

    # Then the mail owed is the one shown, and it went to the one address shown
    message = Message.objects.get()
    assert (message.subject, message.text) == (preview.subject, preview.text)
    assert message.recipient == shown.context["email"] == "kari@example.no"
    assert message.text.count(LINK) == 2
    assert answer.url == f"{page('team_people', asked)}#person-{asked.partner.pk}"
    invitation = Invitation.objects.get()
    assert (invitation.agency, invitation.language) == (Agency.objects.get(slug="rcn"), language)
    # And the page showed that very text, in that language
    assert f'<pre class="letter" lang="{language}">' in shown.content.decode()


def test_the_reminder_is_shown_as_it_is_sent_too(lead, asked):
    invite(asked, ago=timedelta(hours=73))
    shown = lead.get(pages(asked)["remind"])

    lead.post(pages(asked)["remind"], {"seen": shown.context["seen"]})

    message = Message.objects.order_by("-pk")[0]
    preview = shown.context["mail"]
    assert (message.kind, message.subject, message.text) == (
        "REMINDER",
        preview.subject,
        preview.text,
    )


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_what_was_not_shown_is_not_sent(lead, asked, seen):
    response = lead.post(pages(asked)["invite"], {"seen": seen})

    assert response.status_code == 409
    assert "Nothing was sent" in text_of(response)
    assert Message.objects.count() == 0


def test_a_title_changed_after_the_preview_sends_nothing_until_it_was_read(lead, asked):
    shown = lead.get(pages(asked)["invite"])
    asked.change(title_en="Something else")

    response = lead.post(pages(asked)["invite"], {"seen": shown.context["seen"]})

    assert (response.status_code, Message.objects.count()) == (409, 0)
    assert "Something else" in response.context["mail"].text
    # Pressed again on the page as it is now, it goes
    lead.post(pages(asked)["invite"], {"seen": response.context["seen"]})
    assert Message.objects.count() == 1


def test_control_without_the_fingerprint_the_unread_text_would_go(lead, asked, monkeypatch):
    monkeypatch.setattr("applications.invitation_mail.Mail.fingerprint", lambda *_any: "same")
    shown = lead.get(pages(asked)["invite"])
    asked.change(title_en="Something else")

    lead.post(pages(asked)["invite"], {"seen": shown.context["seen"]})

    assert "Something else" in Message.objects.get().text


def test_the_funder_of_the_partners_grant_is_chosen_already(lead, asked):
    form = lead.get(pages(asked)["invite"]).context["form"]

    assert form["funder"].value() == "rcn"
    assert "other" not in str(form["funder"])


def test_the_subject_never_asks_for_an_answer_after_the_deadline(lead, asked):
    # Given a call that closes in three days, long before the link expires
    closes = timezone.now() + timedelta(days=3)
    Call.objects.filter(pk=asked.application.call_id).update(closes_at=closes)

    mail = lead.get(pages(asked)["invite"]).context["mail"]

    from directory.templatetags.portal import person_date

    assert mail.subject == f"[ASPIRE] Please confirm by {person_date(closes)}"


def test_the_mail_is_in_its_readers_language_whatever_the_inviters(lead, scene):
    # Given a deputy who reads Japanese, invited from the English pages; and the reverse
    who = {"email": "d@u.example", "language": "ja"}
    deputy = scenes.person(scene.application.team, Role.DEPUTY, "伊藤", "JP", **who)
    japanese = lead.get(pages(scene, deputy)["invite"]).context["mail"].text
    deputy.researcher.language = "en"
    deputy.researcher.save()
    own = scene.application.team.memberships.get(role=Role.LEAD).researcher
    own.family_latin, own.given_latin = "Yamada", "Hanako"
    own.save()
    address = pages(scene, deputy)["invite"].replace("/en/", "/ja/")
    english = lead.get(address).context["mail"].text

    assert "研究開発代表者の代理" in japanese
    assert "Deputy" not in japanese
    assert "YAMADA Hanako (山田 花子) names you as Deputy of a team" in english


# -- from naming a partner on ----------------------------------------------------------------


def named(client, scene, side="abroad", **typed):
    typed = {"name": "Åse Nilsen", "language": "en"} | typed
    return client.post(page("person_add", scene, side=side), typed)


def test_a_named_partner_is_asked_next_or_later(lead, scene):
    response = named(lead, scene, email="ase@uni.example")

    member = Membership.objects.order_by("-pk")[0]
    assert response.url == page("person_invite", scene, member.pk)
    shown = text_of(lead.get(response.url))
    assert "Saved. Now ask the person to confirm." in shown
    assert f'href="{page("team_people", scene)}">Later' in shown


def test_a_partner_without_an_address_is_saved_and_the_page_says_what_is_missing(lead, scene):
    response = named(lead, scene)

    assert response.url == page("team_people", scene)
    assert "Give the e-mail address, and the person can be asked by mail." in text_of(
        lead.get(response.url)
    )


def test_a_changed_address_stops_the_link_in_the_former_mailbox(lead, asked):
    # Given an invitation at an address that was wrong
    invitation = invite(asked)
    address = page("person_edit", asked, asked.partner.pk)
    form = lead.get(address).context["form"]
    values = {name: form[name].value() or "" for name in form.fields} | {
        "email": "kari@uio.example"
    }

    # When the address is changed on the person's own page
    response = lead.post(address, values)

    # Then that link works no longer, and the next step is a new invitation
    invitation.refresh_from_db()
    assert invitation.ended_how == "CANCELLED"
    assert response.url == page("person_invite", asked, asked.partner.pk)


# -- pressed twice, and too soon ---------------------------------------------------------------


def test_a_second_press_sends_nothing_and_shows_when_it_was_sent(lead, asked):
    shown = lead.get(pages(asked)["invite"])
    form = {"seen": shown.context["seen"]}

    first = lead.post(pages(asked)["invite"], form)
    second = lead.post(pages(asked)["invite"], form, follow=True)

    assert first.status_code == 302
    assert Message.objects.count() == Invitation.objects.count() == 1
    # No error: the state, when it was sent, and when it may be sent again, on both clocks
    assert second.status_code == 200
    words = text_of(second)
    again = Invitation.objects.get().created_at + timedelta(hours=72)
    for part in ("Waiting to be sent", "sent at", f'datetime="{again:%Y-%m-%dT%H:%M:%SZ}"', "UTC"):
        assert part in words
    assert second.context["again_at"] == again


def test_remind_says_from_when_instead_of_a_dead_button(lead, asked):
    invite(asked)

    words = text_of(lead.get(page("team_people", asked)))

    assert "A reminder is possible again from" in words
    assert pages(asked)["remind"] not in words
    # And whoever knows the address meets the same sentence, and sends nothing
    response = lead.get(pages(asked)["remind"])
    assert (response.status_code, Message.objects.count()) == (200, 1)


def test_after_72_hours_the_reminder_is_offered(lead, asked):
    invite(asked, ago=timedelta(hours=73))
    assert pages(asked)["remind"] in text_of(lead.get(page("team_people", asked)))

    response = send(lead, pages(asked)["remind"])

    assert response.status_code == 302
    assert [one.ended_how for one in Invitation.objects.order_by("pk")] == ["REPLACED", ""]


# -- looking changes nothing -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["invite", "remind", "address", "uninvite"])
def test_looking_at_a_page_sends_and_ends_nothing(lead, asked, name):
    if name != "invite":
        invite(asked, ago=timedelta(hours=73))
    before = list(Invitation.objects.values()), asked.counts(), asked.stored().changed_at

    assert lead.get(pages(asked)[name]).status_code == 200

    assert (list(Invitation.objects.values()), asked.counts(), asked.stored().changed_at) == before


# -- address, cancel ---------------------------------------------------------------------------


def test_the_right_address_gets_the_invitation_and_the_wrong_one_a_dead_link(lead, asked):
    wrong = invite(asked)

    lead.post(pages(asked)["address"], {"email": "kari@uio.example"})

    wrong.refresh_from_db()
    assert wrong.ended_how == "REPLACED"
    assert Message.objects.order_by("-pk")[0].recipient == "kari@uio.example"


def test_the_same_address_is_no_correction(lead, asked):
    invite(asked)

    response = lead.post(pages(asked)["address"], {"email": "KARI@example.no"})

    assert "This is the address that is recorded already." in text_of(response)
    assert Message.objects.count() == 1


def test_an_address_that_looks_like_a_slip_is_asked_about_once_before_anything_is_sent(lead, asked):
    invite(asked)
    form = {"email": "kari@gmial.com"}

    first = lead.post(pages(asked)["address"], form)

    assert "Please look once more" in text_of(first)
    assert Message.objects.count() == 1
    # Told so, the lead knows better
    again = form | {"told": first.context["form"]["told"].value()}
    assert lead.post(pages(asked)["address"], again).status_code == 302
    assert Message.objects.order_by("-pk")[0].recipient == "kari@gmial.com"


def test_a_confirmation_on_behalf_does_not_outlive_the_address_it_was_given_for(lead, scene):
    # Given a confirmation recorded on behalf, and the person asked to confirm themselves
    scenes.unconfirmed(scene.partner)
    actions.confirm_on_behalf(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        reason="By mail.",
        upload=scenes.Upload(),
        by=scene.lead,
        at=timezone.now(),
    )
    words = text_of(lead.get(page("team_people", scene)))
    assert "Ask the person to confirm themselves" in words
    invite(scene)

    lead.post(pages(scene)["address"], {"email": "kari@uio.example"})

    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_at is None
    assert "The partner confirmed earlier" in text_of(lead.get(page("team_people", scene)))


def test_a_cancelled_invitation_ends_and_a_second_press_says_so(lead, asked):
    invitation = invite(asked)

    lead.post(pages(asked)["uninvite"])
    again = lead.post(pages(asked)["uninvite"], follow=True)

    invitation.refresh_from_db()
    assert invitation.ended_how == "CANCELLED"
    assert "No invitation waits for an answer." in text_of(again)
    assert Event.objects.filter(act="INVITATION_CANCELLED").count() == 1
