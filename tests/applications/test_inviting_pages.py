"""Stories of asking people by mail through the pages: what is shown is what is sent, once, and what stands in the way."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import actions, outbox
from applications.models import (
    Event,
    ForgottenAddress,
    Invitation,
    InvitationState,
    Membership,
    Message,
    Role,
)
from applications.models.invitation import MOST_OPEN
from applications.models.message import LINK
from applications.views.invitation_states import shown_invitation
from directory.models import Agency, Call
from tests.applications import scenes
from tests.applications.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(scene):
    """A scene whose partner is still to be asked."""
    scenes.unconfirmed(scene.partner)
    return scene


def pages(scene, member=None):
    pk = (member or scene.partner).pk
    return {
        name: page(f"person_{name}", scene, pk)
        for name in ("invite", "remind", "address", "uninvite")
    }


def invite(scene, *, ago=timedelta(), by=None, member=None):
    return actions.invite(
        application_id=scene.pk,
        membership_id=(member or scene.partner).pk,
        agency_id=None,
        by=by or scene.lead,
        at=timezone.now() - ago,
    )


def send(client, address, **more):
    """Open the page, and press its button as the page was shown."""
    shown = client.get(address)
    return client.post(address, {"seen": shown.context["seen"]} | more)


def text_of(response):
    return " ".join(response.content.decode().split())


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


# -- what stands in the way --------------------------------------------------------------------


def no_address(scene):
    scene.partner.researcher.email = ""
    scene.partner.researcher.save()


def forgotten(scene):
    from applications.actions.invitation_limits import forgotten_digest

    ForgottenAddress.objects.create(digest=forgotten_digest("KARI@example.no"), at=scenes.DAY)


def confirmed(scene):
    Membership.objects.filter(pk=scene.partner.pk).update(
        confirmed_at=scenes.DAY, confirmed_how="SELF"
    )


def too_many(scene):
    for number in range(MOST_OPEN):
        member = scenes.person(
            scene.application.team, Role.PARTNER, "Åse", "NO", email=f"p{number}@x.example"
        )
        invite(scene, member=scenes.unconfirmed(member))


@pytest.mark.parametrize(
    ("prepare", "sentence", "mends"),
    [
        (no_address, "No e-mail address is recorded for this person", "person_edit"),
        (forgotten, "asked the portal not to write there", "person_edit"),
        (confirmed, "This person has confirmed. No invitation is needed.", None),
        (too_many, "20 invitations of your team wait for an answer", None),
    ],
    ids=["no address", "forgotten", "confirmed", "too many"],
)
def test_what_stands_in_the_way_is_said_calmly_with_what_mends_it(
    lead, asked, prepare, sentence, mends
):
    prepare(asked)
    before = Message.objects.count()

    for response in (lead.get(pages(asked)["invite"]), lead.post(pages(asked)["invite"])):
        words = text_of(response)
        assert (response.status_code, sentence in words) == (409, True)
        if mends:
            assert page(mends, asked, asked.partner.pk) in words
    assert Message.objects.count() == before


def test_a_closed_call_and_a_withdrawn_application_ask_nobody(lead, asked):
    past = timezone.now() - timedelta(hours=1)
    Call.objects.filter(pk=asked.application.call_id).update(closes_at=past)
    assert "The deadline has passed" in text_of(lead.get(pages(asked)["invite"]))
    assert pages(asked)["invite"] not in text_of(lead.get(page("team_people", asked)))

    asked.change(status="WITHDRAWN")
    response = lead.post(pages(asked)["invite"])

    assert "This cannot be done now" in text_of(response)
    assert (response.status_code, Message.objects.count()) == (409, 0)


def test_a_link_that_no_longer_waits_is_not_reminded_of(lead, asked):
    response = lead.post(pages(asked)["remind"])

    assert response.status_code == 409
    assert pages(asked)["invite"] in text_of(response)


@pytest.mark.parametrize("name", ["invite", "remind", "address", "uninvite"])
def test_readers_meet_403_and_strangers_404(client, asked, name):
    for by, status in (
        (scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"), 403),
        (scenes.user("other", staff_agency="JST", staff_role="OFFICER"), 404),
        (scenes.user("stranger"), 404),
    ):
        client.force_login(by)
        for ask in (client.get, client.post):
            assert ask(pages(asked)[name]).status_code == status


def test_a_co_investigator_sends_no_deputys_link_anywhere(client, scene):
    """A deputy submits: who may not submit must not get hold of a deputy's link."""
    # Given a deputy who is invited, and a co-investigator who writes
    member = scenes.user("member")
    scenes.person(scene.application.team, Role.MEMBER, "田中", "JP", user=member)
    deputy = scenes.person(scene.application.team, Role.DEPUTY, "伊藤", "JP", email="ito@u.example")
    invite(scene, member=deputy, ago=timedelta(hours=73))
    client.force_login(member)

    # When they try to have the link sent, or sent elsewhere
    for name, form in (
        ("invite", {}), ("remind", {}), ("uninvite", {}), ("address", {"email": "me@u.example"}),
    ):  # fmt: skip
        assert client.post(pages(scene, deputy)[name], form).status_code == 403

    # Then nothing was sent, and their page offers nothing
    assert Message.objects.count() == 1
    assert pages(scene, deputy)["remind"] not in text_of(client.get(page("team_japan", scene)))


# -- states in words ---------------------------------------------------------------------------

STATES = {
    InvitationState.WAITING: {},
    InvitationState.HANDED_OVER: {"message": {"state": "HANDED_OVER"}},
    InvitationState.BOUNCED: {"message": {"state": "BOUNCED"}},
    InvitationState.FAILED: {"message": {"state": "FAILED", "secret": "", "error": "(550, b'5.1.1 x')"}},
    InvitationState.OPENED: {"opened_at": True},
    InvitationState.CLAIMED: {"claimed_at": True},
    InvitationState.EXPIRED: {"expires_at": True},
    InvitationState.DECLINED: {"ended_at": True, "ended_how": "DECLINED", "reason": "No time."},
    InvitationState.CANCELLED: {"ended_at": True, "ended_how": "CANCELLED"},
}  # fmt: skip
# The acts that each state leaves open, 73 hours after the mail.
ACTS = {
    InvitationState.CLAIMED: {"claim", "uninvite"},
    InvitationState.DECLINED: {"invite"},
    InvitationState.CANCELLED: {"invite"},
}
WORDS = {
    InvitationState.FAILED: "The mail server says that there is no such mailbox.",
    InvitationState.BOUNCED: "The mail came back",
    InvitationState.EXPIRED: "A reminder brings a new link.",
    InvitationState.DECLINED: "No time.",
    InvitationState.CLAIMED: "deputy@example.org",
}


def put(invitation, state, by):
    """Bring an invitation into a state, as its own acts would."""
    now = timezone.now() - timedelta(minutes=5)
    changes = dict(STATES[state])
    message = changes.pop("message", {})
    if message.get("state") in ("HANDED_OVER", "BOUNCED"):
        message = message | {"handed_over_at": now, "secret": ""}
    Message.objects.filter(pk=invitation.message_id).update(**message)
    changes = {name: now if value is True else value for name, value in changes.items()}
    if "claimed_at" in changes:
        changes["claimed_by"] = by
    Invitation.objects.filter(pk=invitation.pk).update(**changes)
    return Invitation.objects.select_related("message", "claimed_by").get(pk=invitation.pk)


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_said_in_words_with_its_moment_and_its_acts(lead, asked, state):
    invitation = put(invite(asked, ago=timedelta(hours=73)), state, asked.deputy)

    response = lead.get(page("team_people", asked))

    words = text_of(response)
    shown = shown_invitation(invitation, timezone.now())
    assert shown["state"] == state
    assert str(state.label) in words
    assert f'datetime="{shown["at"]:%Y-%m-%dT%H:%M:%SZ}"' in words
    assert WORDS.get(state, "") in words
    addresses = pages(asked) | {"claim": page("claim", asked, invitation.pk)}
    offered = {name for name, address in addresses.items() if f'"{address}"' in words}
    assert offered == ACTS.get(state, {"remind", "address", "uninvite"})


def test_the_states_cover_all_that_a_team_can_see():
    answered = {InvitationState.CONFIRMED, InvitationState.REPLACED, InvitationState.FORGOTTEN}

    assert set(STATES) == set(InvitationState) - answered


@pytest.mark.parametrize(
    ("state", "status", "hint"),
    [
        (InvitationState.HANDED_OVER, "WAITING", "Invited, waiting for an answer: 1"),
        (InvitationState.BOUNCED, "PROBLEM", "Invitations that need you: 1"),
        (InvitationState.FAILED, "PROBLEM", "Invitations that need you: 1"),
        (InvitationState.CLAIMED, "PROBLEM", "Invitations that need you: 1"),
        (InvitationState.DECLINED, "WAITING", "Declined: 1"),
        (InvitationState.EXPIRED, "WAITING", "Expired: 1"),
    ],
)
def test_the_task_list_says_how_the_invitations_stand(lead, asked, state, status, hint):
    put(invite(asked, ago=timedelta(hours=73)), state, asked.deputy)

    response = lead.get(page("team", asked))

    task = response.context["groups"][0][1][3]
    assert (task.status, task.hint) == (status, f"Confirmed: 0 of 1 · {hint}")


def test_a_mail_that_never_left_does_not_make_the_lead_wait(lead, asked):
    put(invite(asked), InvitationState.FAILED, asked.deputy)

    response = send(lead, pages(asked)["remind"])

    assert response.status_code == 302
    assert Invitation.objects.count() == 2


def test_who_joined_without_an_account_can_be_asked_to_join_with_one(lead, scene):
    ura = scenes.person(
        scene.application.team, Role.ADMINISTRATOR, "高橋", "JP", email="ura@u.example"
    )
    Membership.objects.filter(pk=ura.pk).update(confirmed_at=scenes.DAY, confirmed_how="SELF")
    assert "Invite the person once more, to join with one." in text_of(
        lead.get(page("team_japan", scene))
    )

    response = send(lead, pages(scene, ura)["invite"])

    assert response.url == f"{page('team_japan', scene)}#person-{ura.pk}"
    assert Invitation.objects.get().membership == ura


def test_the_state_is_the_mail_servers_word_and_no_more(lead, asked):
    send(lead, pages(asked)["invite"])
    outbox.deliver_due(at=timezone.now())

    words = text_of(lead.get(page("team_people", asked)))

    assert "Handed to the mail server" in words
    for too_much in ("elivered", "eceived", "Read by"):
        assert too_much not in words.replace("undelivered", "")


def test_reverse_names_are_the_documented_ones(scene):
    ref = scene.application.team.ref
    assert (
        reverse("applications:person_invite", args=[ref, 1]) == f"/en/teams/{ref}/people/1/invite/"
    )
    assert reverse("applications:claim", args=[ref, 1]) == f"/en/teams/{ref}/invitations/1/claim/"
    assert reverse("applications:hand_over", args=[ref]) == f"/en/teams/{ref}/lead/"
