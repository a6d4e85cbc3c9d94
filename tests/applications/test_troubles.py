"""A mail that cannot be delivered: who is told, once, and who never is."""

import re
from datetime import timedelta

import pytest
from django.core.mail.backends import locmem

from applications import actions, outbox
from applications.actions import claiming
from applications.models import Event, Membership, Message, Notice, PersonalLink
from applications.models.invitation import token_digest
from applications.outbox.outcomes import NotTaken, Stage
from directory.models import Call, Researcher, User
from tests.applications import invited, scenes
from tests.applications.invited import secret_of

pytestmark = pytest.mark.django_db
AT = scenes.DAY
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KARI, LEAD = "kari@example.no", "lead@example.org"
NO_SUCH = NotTaken(Stage.RECIPIENT, 550, "5.1.1 no such user")


@pytest.fixture
def refused(monkeypatch):
    """The addresses that the mail server refuses, each with its answer."""
    answers = {}

    def send(self, messages):
        for one in messages:
            if one.to[0] in answers:
                raise answers[one.to[0]]
        return taken(self, messages)

    taken = locmem.EmailBackend.send_messages
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", send)
    return answers


@pytest.fixture
def scene(monkeypatch):
    monkeypatch.setattr(claiming, "database_now", lambda: AT)
    return scenes.ready()


def deliver(at=AT):
    return outbox.deliver_due(now=lambda: at, settle=actions.settle_message)


def told():
    """Who is told of which trouble."""
    found = Message.objects.filter(kind="TROUBLE").order_by("pk")
    return [(one.recipient, one.subject) for one in found]


REFUSED = "[ASPIRE] A mail sent for you could not be delivered"
CAME_BACK = "[ASPIRE] A mail sent for you came back undeliverable"


def test_a_refused_invitation_is_told_to_whoever_invited(scene, refused):
    refused[KARI] = NO_SUCH
    invited.ask(scene, at=AT)

    assert deliver() == {"failed": 1}

    assert told() == [(LEAD, REFUSED)]
    # And the news leaves, and causes no more news
    refused[LEAD] = NO_SUCH
    assert (deliver(AT + HOUR), deliver(AT + 2 * HOUR), len(told())) == ({"failed": 1}, {}, 1)


def test_an_invitation_that_came_back_is_told_once(scene):
    invitation, _token = invited.ask(scene, at=AT)
    deliver()
    officer = scenes.user("officer", staff_agency="AMED", staff_role="OFFICER")

    for _twice in range(2):
        actions.mark_bounced(message_id=invitation.message_id, by=officer, at=AT + DAY)

    assert told() == [(LEAD, CAME_BACK)]


@pytest.mark.parametrize(
    ("answer", "tells"),
    [
        (NO_SUCH, True),
        (NotTaken(Stage.DATA, 554, "5.7.1 rejected"), True),
        # tried again, and nobody is alarmed meanwhile
        (NotTaken(Stage.RECIPIENT, 450, "greylisted"), False),
        (NotTaken(Stage.CONTENT, None, "silence"), False),
    ],
)
def test_only_what_is_final_is_told(scene, refused, answer, tells):
    refused[KARI] = answer
    invited.ask(scene, at=AT)
    deliver()

    assert bool(told()) == tells


def left_the_team(_scene):
    Membership.objects.filter(role="LEAD").update(removed_at=AT)


def account_closed(_scene):
    User.objects.filter(email=LEAD).update(is_active=False)


def a_machine(_scene):
    User.objects.filter(email=LEAD).update(email="no-reply@example.org")


def a_funder(_scene):
    User.objects.filter(email=LEAD).update(email="international@nihr.ac.uk")


def the_same_address(_scene):
    User.objects.filter(email=LEAD).update(email="KARI@example.no")


def nobody_asked(_scene):
    Message.objects.update(asked_by=None)


@pytest.mark.parametrize(
    "not_told",
    [left_the_team, account_closed, a_machine, a_funder, the_same_address, nobody_asked],
)
def test_not_told(scene, refused, not_told):
    refused[KARI] = NO_SUCH
    invited.ask(scene, at=AT)
    not_told(scene)

    assert (deliver(), told()) == ({"failed": 1}, [])


def test_a_receipt_that_its_own_reader_cannot_get_is_told_to_nobody(scene, refused):
    refused[LEAD] = NO_SUCH
    scene.submit()

    assert (deliver(), told()) == ({"failed": 1}, [])
    assert Message.objects.get().asked_by == scene.lead


def test_a_partner_whose_news_did_not_reach_the_lead_is_told_without_the_leads_address(
    scene, refused
):
    refused[LEAD] = NO_SUCH
    Call.objects.update(opens_at=AT - DAY, closes_at=AT + 30 * DAY)
    actions.withdraw_consent(reason="ill", **invited.own(scene, at=AT))
    deliver()

    assert told() == [(KARI, REFUSED)]
    mail = Message.objects.get(kind="TROUBLE")
    assert "To: the lead or a deputy of your team\n" in mail.text
    assert LEAD not in mail.text
    assert PersonalLink.objects.get(revoked_at=None).token_digest == token_digest(secret_of(mail))


# -- letters: the holder alone may send again ------------------------------------------------------


@pytest.fixture
def letter(scene):
    """Kari's letter to RCN, released by her mailed link; the receipt has left."""
    scene.submit()
    notice = Notice.objects.select_related("application", "body").get()
    notice.recipient_email, notice.state = "ola@rcn.example", "RELEASED"
    notice.save()
    deliver()
    return outbox.record_letter(
        notice, dedupe_key="letter:1", subject="About my grant", text="Dear Ola,",
        sender_name="Kari", reply_to=KARI, secret="https://x.example/ack/", by=scene.partner, at=AT,
    )  # fmt: skip


def test_the_holder_is_told_of_a_letter_that_may_have_left(letter, mailoutbox):
    # Given a worker that vanished over it
    Message.objects.filter(pk=letter.pk).update(state="SENDING", attempts=1)
    assert deliver(AT + HOUR)["held"] == 1

    assert told() == [(KARI, "[ASPIRE] Your letter to RCN is held: it may have been sent")]
    # And the link of the mail, which left at once, is the one that works
    (page,) = re.findall(r"http://\S+/en/me/\S+", mailoutbox[-1].body)
    token, _notices, number, _end = page.partition("/me/")[2].split("/")
    assert (PersonalLink.objects.get().token_digest, number) == (
        token_digest(token),
        str(letter.notice_id),
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_holder_is_told_of_a_refused_letter_in_their_language(letter, refused, language):
    account = scenes.user("kari", language=language)
    Researcher.objects.filter(email=KARI).update(user=account)
    refused["ola@rcn.example"] = NO_SUCH
    deliver()

    ((recipient, subject),) = told()
    assert (recipient, PersonalLink.objects.count()) == (account.email, 0)
    assert (
        subject
        == {
            "en": "[ASPIRE] Your letter to RCN could not be sent",
            "ja": "[ASPIRE] RCN宛ての連絡文を送信できませんでした",
        }[language]
    )


def test_staff_have_the_holder_told_again_but_not_twice_a_day(letter, refused):
    refused["ola@rcn.example"] = NO_SUCH
    deliver()
    officer = scenes.user("officer", staff_agency="AMED", staff_role="OFFICER")
    viewer = scenes.user("viewer", staff_agency="AMED", staff_role="VIEWER")

    def again(by=officer, at=AT + DAY, message=letter):
        return actions.tell_holder_again(message_id=message.pk, by=by, at=at)

    with pytest.raises(actions.NotPermitted):
        again(by=viewer)
    with pytest.raises(actions.TooSoon):
        again(at=AT + DAY - HOUR)
    assert again().recipient == KARI
    with pytest.raises(actions.TooSoon):
        again(at=AT + DAY + HOUR)
    with pytest.raises(actions.NotAllowed):
        again(message=Message.objects.get(kind="RECEIPT"))
    Notice.objects.update(state="ACKNOWLEDGED", acknowledged_at=AT)
    with pytest.raises(actions.NotAllowed):
        again(at=AT + 3 * DAY)
    assert len(told()) == 2


def test_where_the_outcome_is_not_noted_nobody_is_told(scene, refused, monkeypatch):
    """Another worker took the mail over meanwhile: the news goes back with the note."""
    refused[KARI] = NO_SUCH
    invited.ask(scene, at=AT)

    def settle_late(message, at):
        actions.settle_message(message, at)
        assert len(told()) == 1
        Message.objects.filter(pk=message.pk).update(attempts=2)

    outbox.deliver_due(now=lambda: AT, settle=settle_late)

    assert told() == []
    assert Event.objects.filter(act="INVITED").count() == 1
