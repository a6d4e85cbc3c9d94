"""The staff's mail queue in the browser's eyes: what it shows, to whom, and what its buttons do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import outbox
from applications.actions.overtaking import OVERTAKEN
from applications.models import Event, MailGate, Message, Notice
from applications.outbox.claiming import GONE
from applications.outbox.delivering import NOT_A_GUEST, OUT_OF_DATE
from applications.wording.server_answers import REMARKS, SENTENCES, Cause, cause_of
from tests.applications import mails
from tests.applications.twins import world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
AT = mails.AT
QUEUE = reverse("applications:staff_mail")
SWITCH = reverse("applications:staff_mail_switch")


def of(message, page="one"):
    return reverse(f"applications:staff_mail_{page}", args=[message.pk])


def words(response):
    return response.content.decode()


@pytest.fixture
def officer(client, scene):
    client.force_login(mails.staff())
    return client


# -- the list --------------------------------------------------------------------------------
def test_the_list_counts_what_is_open_and_says_how_old_the_oldest_is(officer, scene):
    assert "Nothing waiting." in words(officer.get(QUEUE))
    for state in ("WAITING", "WAITING", "SENDING", "HANDED_OVER", "FAILED", "BOUNCED", "DISCARDED"):
        mails.own(scene, state, created_at=timezone.now() - timedelta(hours=2, minutes=5))
    mails.own(scene, "HELD", created_at=timezone.now() - timedelta(days=9))

    response = officer.get(QUEUE)

    assert [number for _label, _code, number in response.context["backlog"]] == [2, 1, 1, 1, 1]
    assert "The oldest unsent mail has waited 2 hours 5 minutes." in words(response)
    assert "Nothing waiting." not in words(response)
    assert len(response.context["rows"]) == 8
    index = words(officer.get(reverse("applications:staff")))
    assert "3 mails wait; the oldest was written 2 hours 5 minutes ago." in index
    assert "2 need a person." in index


def test_filters_narrow_it_and_the_oldest_that_waits_may_come_first(officer, scene):
    sent = mails.own(scene, "HANDED_OVER", subject="Receipt", recipient="a@example.org")
    first = mails.own(scene, "WAITING", subject="領収 ＡＢＣ", created_at=AT)
    second = mails.own(scene, "WAITING", subject="Later", created_at=AT + timedelta(hours=1))
    letter = mails.letter(scene, "HELD", created_at=AT - timedelta(days=1))

    def found(**asked):
        return [row["message"].pk for row in officer.get(QUEUE, asked).context["rows"]]

    assert found() == [letter.pk, second.pk, first.pk, sent.pk]
    assert found(order="oldest") == [first.pk, second.pk, letter.pk, sent.pk]
    assert found(state="WAITING") == [second.pk, first.pk]
    assert found(kind="NOTICE") == [letter.pk]
    assert found(q="A@EXAMPLE.org") == [sent.pk]
    assert found(q="ＡＢＣ 領収") == [first.pk]
    assert found(q="later nothing") == []
    assert found(call=scene.application.call.code, state="FAILED") == []
    assert officer.get(QUEUE, {"stat": "HELD"}).status_code == 400


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_three_mails_as_for_one(
    officer, scene, number, django_assert_num_queries
):
    for _mail in range(number):
        mails.own(scene)

    # session, account, calls to choose, page, whether recorded today, the record, backlog, switch
    # of mail for the page and its banner
    with django_assert_num_queries(9):
        response = officer.get(QUEUE)

    assert len(response.context["rows"]) == number


def test_jst_never_sees_ameds_mail(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    amed, jst = world("AMED"), world("JST")
    client.force_login(jst.staff)

    queue = client.get(QUEUE)

    assert [row["message"] for row in queue.context["rows"]] == [jst.message]
    assert client.get(of(amed.message)).status_code == 404
    for page in ("hold", "discard", "again", "tell", "bounced"):
        for ask in (client.get, client.post):
            assert ask(of(amed.message, page)).status_code == 404
    # Sign-in mail is of no agency
    account = outbox.record_account_mail(recipient="a@example.org", subject="Code", text="778899", at=AT)  # fmt: skip
    assert client.get(of(account)).status_code == 404
    client.force_login(UserFactory(is_superuser=True))
    shown = words(client.get(of(account)))
    assert "Not shown: it may hold a sign-in code." in shown
    assert "778899" not in shown
    assert "What you can do" not in shown
    assert len(client.get(QUEUE).context["rows"]) == 3


# -- one mail --------------------------------------------------------------------------------
def test_a_letters_page_shows_exactly_what_was_sent_but_no_link_and_offers_no_sending(
    officer, scene, settings
):
    settings.DEFAULT_FROM_EMAIL = "ASPIRE <portal@portal.example>"
    letter = mails.letter(scene, "HELD", error=GONE, attempts=1)

    shown = words(officer.get(of(letter)))

    for part in (
        "Kari Nordmann &lt;portal@portal.example&gt;",
        "kari@example.no",
        "officer@rcn.example",
        "Our application",
        "Dear officer, ［link］",
        "1 of 5",
        "It may have been sent.",
        "who alone may send it again",
        outbox.envelope(letter).message_id.strip("<>"),
    ):
        assert part in shown
    assert letter.secret not in shown
    assert "Send it again" not in shown
    assert officer.post(of(letter, "again")).status_code == 409
    assert Message.objects.get().state == "HELD"


def test_the_holder_is_told_again_once_a_day(officer, scene):
    letter = mails.letter(scene, "HELD", error=GONE, attempts=1)

    first, second = officer.post(of(letter, "tell")), officer.post(of(letter, "tell"))

    told = Message.objects.get(kind="TROUBLE")
    assert (first.url, told.recipient) == (of(letter), "kari@example.no")
    assert second.status_code == 409
    assert "The holder was told within the last 24 hours." in words(second)


def test_hold_let_go_and_discard_by_the_buttons(officer, scene):
    message = mails.own(scene)
    assert of(message, "hold") in words(officer.get(of(message)))
    assert officer.get(of(message, "again")).status_code == 302  # a button, not a link

    empty = officer.post(of(message, "hold"), {"reason": " "})
    assert "There is a problem" in words(empty)
    assert officer.post(of(message, "hold"), {"reason": "typo"}).url == of(message)
    shown = words(officer.get(of(message)))
    assert "Mail held by staff" in shown
    assert "typo" in shown
    assert officer.post(of(message, "again")).url == of(message)
    assert officer.post(of(message, "discard"), {"reason": "twice"}).url == of(message)

    assert (Message.objects.get().state, Message.objects.get().reason) == ("DISCARDED", "twice")
    assert list(Event.objects.values_list("act", "reason")) == [
        ("MAIL_HELD", "typo"),
        ("MAIL_RELEASED", ""),
        ("MAIL_DISCARDED", "twice"),
    ]


def test_any_mail_that_came_back_is_noted_with_one_click(officer, scene):
    letter = mails.letter(scene, "HANDED_OVER")
    assert "Note that it came back" in words(officer.get(of(letter)))

    assert officer.post(of(letter, "bounced")).url == of(letter)

    letter.refresh_from_db()
    assert (letter.state, Notice.objects.get().state) == ("BOUNCED", "BOUNCED")


@pytest.mark.parametrize("act", ["hold", "discard", "again", "bounced"])
def test_a_mail_in_a_workers_hands_is_left_alone_and_the_page_says_so(officer, scene, act):
    message = mails.own(scene, "SENDING")

    response = officer.post(of(message, act), {"reason": "r"})

    assert response.status_code == 409
    assert "A worker is handing this mail over at this moment" in words(response)
    assert "Nothing has been changed" in words(response)
    assert Message.objects.get().state == "SENDING"


def test_a_viewer_looks_and_does_nothing(client, scene):
    message = mails.own(scene)
    client.force_login(mails.staff("VIEWER"))
    assert "What you can do" not in words(client.get(of(message)))
    for page in ("hold", "discard", "again", "tell", "bounced"):
        assert client.post(of(message, page), {"reason": "r"}).status_code == 403
    assert client.post(SWITCH, {"reason": "r", "to": "HELD"}).status_code == 403
    assert (Message.objects.get().state, MailGate.objects.count()) == ("WAITING", 0)


# -- the switch ------------------------------------------------------------------------------
def test_an_approver_holds_all_mail_and_every_staff_page_says_so(client, scene):
    client.force_login(mails.staff("APPROVER", "JST"))
    assert "Hold all mail" in words(client.get(QUEUE))

    client.post(SWITCH, {"reason": "wrong addresses", "to": "HELD"})

    pages = (QUEUE, reverse("applications:staff_applications"), reverse("admin:index"))
    for address in pages:
        assert "All mail is held." in words(client.get(address)), address
        assert "wrong addresses" in words(client.get(address))
    assert "All mail is held." not in words(client.get(reverse("directory:home")))
    assert client.get("/healthz").json()["mail"] == "held"

    # A page opened earlier, which would hold what is held, changes nothing
    client.post(SWITCH, {"reason": "again", "to": "HELD"})
    assert MailGate.objects.get().reason == "wrong addresses"
    client.post(SWITCH, {"reason": "mended", "to": "OPEN"})
    for address in pages:
        assert "All mail is held." not in words(client.get(address))


def test_a_restored_database_says_so_on_staff_pages_in_both_languages(client, scene):
    outbox.mail_gate()
    MailGate.objects.update(identity="another cluster")
    client.force_login(mails.staff("VIEWER"))

    shown = words(client.get(reverse("applications:staff")))

    assert "Mail is held because this database was restored or copied." in shown
    assert "Look at the queue, then open." in shown


def test_looking_makes_no_switch(client, scene):
    client.force_login(mails.staff("APPROVER"))
    for address in (QUEUE, SWITCH, "/healthz"):
        client.get(address)
    assert MailGate.objects.count() == 0


def test_healthz_counts_what_needs_a_person(client, scene):
    mails.own(scene, "WAITING", created_at=timezone.now() - timedelta(minutes=5))
    mails.own(scene, "HELD")
    for _mail in range(2):
        mails.own(scene, "FAILED")

    health = client.get("/healthz").json()

    assert 300 <= health.pop("oldest_unsent_seconds") < 400
    assert health == {"database": "ok", "held": 1, "failed": 2, "mail": "open"}


# -- words -----------------------------------------------------------------------------------
ANSWERS = [
    (550, "550 5.1.1 <a@b>: Recipient address rejected: User unknown", Cause.MAILBOX_UNKNOWN),
    (550, "550-5.1.1 The email account that you tried to reach does not exist.", Cause.MAILBOX_UNKNOWN),
    (550, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", Cause.MAILBOX_UNKNOWN),
    (550, "550", Cause.MAILBOX_UNKNOWN),
    (550, "550 5.2.1 The email account that you tried to reach is disabled", Cause.MAILBOX_CLOSED),
    (552, "552 5.2.2 mailbox full", Cause.MAILBOX_FULL),
    (452, "452 4.2.2 The recipient's inbox is out of storage", Cause.MAILBOX_FULL),
    (451, "451 4.7.1 Greylisting in action, please come back later", Cause.GREYLISTED),
    (450, "450 4.2.0 try again", Cause.LATER),
    (421, "421 4.3.2 Service shutting down", Cause.BUSY),
    (554, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a list", Cause.SPAM),
    (550, "550 5.7.26 unauthenticated mail is not accepted due to the domain's DMARC policy", Cause.SPAM),
    (554, "554 5.7.1 <a@b>: Relay access denied", Cause.NOT_ADMITTED),
    (530, "530 5.7.0 Must issue a STARTTLS command first", Cause.NOT_ADMITTED),
    (535, "535 5.7.8 Authentication credentials invalid", Cause.NOT_ADMITTED),
    (550, "550 5.1.2 Host or domain name not found", Cause.DOMAIN_UNKNOWN),
    (552, "552 5.3.4 Message size exceeds fixed limit", Cause.TOO_LARGE),
    (555, "555 no", Cause.REFUSED),
    (None, "[Errno 111] Connection refused", Cause.UNREACHABLE),
    (None, "Connection unexpectedly closed: timed out", Cause.UNREACHABLE),
    (None, "535 5.7.8 no", Cause.NOT_ADMITTED),  # given back: the code is not kept apart
    (None, "HeaderParseError: Invalid addresses found", Cause.POISON),
    (None, GONE, Cause.VANISHED),
    (None, NOT_A_GUEST, Cause.NOT_A_GUEST),
    (None, OUT_OF_DATE, Cause.OUT_OF_DATE),
    (None, "", Cause.NOTHING),
]  # fmt: skip


@pytest.mark.parametrize(("code", "error", "cause"), ANSWERS)
def test_the_servers_answer_is_put_into_words(code, error, cause):
    assert cause_of(code=code, error=error) == cause


def test_a_letter_whose_answer_is_missing_may_have_been_sent():
    for error in ("", "Connection unexpectedly closed", "timed out"):
        assert cause_of(code=None, error=error, held=True) == Cause.UNANSWERED


def test_every_cause_and_every_remark_of_the_worker_has_its_sentence():
    assert set(SENTENCES) == set(Cause)
    assert set(REMARKS) == {GONE, NOT_A_GUEST, OUT_OF_DATE, OVERTAKEN, "forgotten"}
