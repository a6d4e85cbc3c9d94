"""Releasing a letter: once, whole, as it was shown, to one address, by the holder alone."""

from contextlib import suppress

import pytest
from django.db import connection, transaction

from applications import actions
from applications.actions import releasing as releasing_actions
from applications.actions.ledger import sync_notices
from applications.models import Event, Message, Notice, ReleasedLetter
from applications.queries.application import workspace
from applications.queries.fingerprints import fingerprint
from applications.workflow import NotAllowed
from directory.models import Call, NoticeRule, Researcher
from tests.applications import scenes
from tests.applications.letter_box import body, deliver, letter_box
from tests.applications.releasing import OFFICER, address_of, mail_of, ready, release, secret
from tests.directory.test_addresses import CONTROLS

pytestmark = pytest.mark.django_db
RECORD = (Notice, Message, ReleasedLetter, Event)


@pytest.fixture
def scene(scene):
    return ready(scene)


def kept():
    return [list(model.objects.order_by("pk").values()) for model in RECORD]


def message():
    return Message.objects.get(kind="NOTICE")


# -- one letter -------------------------------------------------------------------------------


def test_a_release_owes_one_message_and_the_record_of_it(scene):
    mail = mail_of()
    letter = release(scene)

    sent, notice = message(), Notice.objects.get()
    assert (sent.state, sent.recipient, sent.reply_to) == ("WAITING", OFFICER, "kari@example.no")
    assert (sent.sender_name, sent.subject) == ("Kari Nordmann via ASPIRE portal", mail.subject)
    assert (sent.text, sent.dedupe_key) == (mail.text, f"notice:{notice.pk}:1")
    assert (sent.asked_by, sent.asked_by_member) == (None, scene.partner)
    assert (notice.state, notice.channel, notice.done_to) == ("RELEASED", "PORTAL", OFFICER)
    assert (notice.done_by_member, notice.done_on) == (scene.partner, None)
    assert (letter.message, letter.released_by_member, letter.edited) == (
        sent,
        scene.partner,
        False,
    )
    assert (letter.expires_at - letter.released_at).days == 400
    # The secret stands in the message alone, and 256 bits are 43 letters.
    assert (len(secret()), secret() in letter.token_digest) == (43, False)
    event = Event.objects.latest("pk")
    assert (event.act, event.membership, event.details) == (
        "NOTICE_RELEASED",
        scene.partner,
        {"notice": notice.pk, "message": sent.pk},
    )


def test_the_letter_ends_with_who_sent_it_where_answers_go_and_the_link(scene):
    mail = mail_of()

    assert mail.text.startswith(mail.letter.text)
    assert mail.text.removeprefix(mail.letter.text) == (
        "\n\n* * *\nKari Nordmann released this letter through the ASPIRE matching portal "
        "(http://localhost:8000), which sent it on behalf of Kari Nordmann. Answers go to Kari "
        "Nordmann at kari@example.no.\nYou can confirm receipt without an account at:\n［link］\n"
    )


def test_a_replay_releases_nothing_a_second_time(scene):
    seen = mail_of().fingerprint
    release(scene, seen=seen)
    before = kept()

    with pytest.raises(NotAllowed):
        release(scene, seen=seen)

    assert kept() == before
    # Nor once it has failed: the replay shows what was shown before the first letter.
    Notice.objects.update(state="FAILED")
    with pytest.raises(actions.Conflict):
        release(scene, seen=seen)
    assert Message.objects.filter(kind="NOTICE").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda: Notice.objects.update(recipient_email="another@rcn.example"),
        lambda: Notice.objects.update(recipient_name="Per Hansen"),
        lambda: Notice.objects.update(text="Another letter"),
        lambda: Researcher.objects.filter(name="Kari Nordmann").update(email="k@elsewhere.example"),
        lambda: Researcher.objects.filter(name="Kari Nordmann").update(name="Kari Annen"),
    ],
)
def test_what_the_preview_did_not_show_does_not_leave(scene, change):
    seen = mail_of().fingerprint
    change()
    before = kept()

    with pytest.raises(actions.Conflict):
        release(scene, seen=seen)

    assert kept() == before


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"text": "Dear Ola, about ［the project］"}, ("［the project］",)),
        ({"text": "Press ［link］ now"}, ("［link］",)),
        ({"recipient_email": ""}, ("recipient",)),
        ({"recipient_email": "ola@rcn"}, ("recipient_refused",)),
        ({"subject": "［what］"}, ("［what］",)),
    ],
)
def test_an_unfinished_letter_is_refused_and_says_what_it_lacks(scene, change, lacks):
    Notice.objects.update(**change)
    before = kept()

    with pytest.raises(actions.LetterIncomplete) as refusal:
        release(scene)

    assert refusal.value.lacks == lacks
    assert kept() == before


def test_without_an_address_for_answers_nothing_leaves(scene):
    Researcher.objects.filter(name="Kari Nordmann").update(email="")

    with pytest.raises(actions.LetterIncomplete) as refusal:
        release(scene)

    assert refusal.value.lacks == ("answers",)


# -- to whom (hazard 27) ----------------------------------------------------------------------


def add(scene, slug, number="1"):
    scenes.grant(scene.application, scene.partner, slug, number)
    sync_notices(workspace(scene.stored()), scenes.DAY)
    return Notice.objects.get(agency__slug=slug)


def test_where_the_list_gives_the_address_the_letter_goes_there_and_nowhere_else(scene):
    notice = add(scene, "nihr", "NIHR200001")
    listed = NoticeRule.objects.get(participation__agency__slug="nihr").address
    Notice.objects.filter(pk=notice.pk).update(recipient_email="thief@example.org")

    assert mail_of(notice).recipient == listed
    letter = release(scene, notice=notice)
    assert letter.message.recipient == listed

    Notice.objects.filter(pk=notice.pk).update(state="DUE")
    stored = {
        name: getattr(Notice.objects.get(pk=notice.pk), name)
        for name in ("recipient_name", "recipient_email", "subject", "text")
    }
    with pytest.raises(actions.AddressIsPublished):
        actions.edit_notice(
            notice_id=notice.pk,
            values={"recipient_email": "thief@example.org"},
            seen=fingerprint(stored),
            by=scene.partner,
            at=scenes.DAY,
        )


def test_practice_reaches_no_funder(scene):
    notice = add(scene, "nihr", "NIHR200001")
    Call.objects.update(is_practice=True)

    letter = release(scene, notice=notice)

    assert letter.message.recipient == "kari@example.no"
    assert letter.message.subject.startswith("[Practice] ")
    assert letter.message.text.startswith("This is practice: there is no such application")


def test_an_address_for_questions_gets_no_letter(scene):
    notice = add(scene, "arc", "DP200101613")
    Notice.objects.filter(pk=notice.pk).update(recipient_email="officer@arc.example")

    for state in ("NOTHING_OWED", "DUE"):  # the second is no state of such a row
        Notice.objects.filter(pk=notice.pk).update(state=state)
        with pytest.raises(NotAllowed):
            actions.release_notice(notice_id=notice.pk, seen="", by=scene.partner, at=scenes.DAY)
    assert Message.objects.filter(kind="NOTICE").count() == 0


def test_the_mail_server_is_given_one_address_and_exactly_the_letter_shown(scene):
    mail = mail_of()
    release(scene)
    link = message().secret

    with letter_box() as box:
        deliver()
        deliver()
        envelope, read = box.only()

    assert envelope.rcpt_tos == [OFFICER]
    assert [address_of(read[name]) for name in ("From", "To", "Reply-To")] == [
        "portal@localhost",
        OFFICER,
        "kari@example.no",
    ]
    assert read["From"].addresses[0].display_name == "Kari Nordmann via ASPIRE portal"
    assert (read["Subject"], read["Cc"], read["Bcc"]) == (mail.subject, None, None)
    assert read["Auto-Submitted"] == "auto-generated"
    assert body(read) == mail.text.replace("［link］", link)
    notice = Notice.objects.get()
    assert (notice.state, notice.done_to, notice.channel) == ("HANDED_OVER", OFFICER, "PORTAL")
    assert (notice.done_by_member, message().secret) == (scene.partner, "")


# -- hazard 23 --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["name", "subject", "to", "answers", "body"])
def test_no_control_character_makes_a_header_or_a_second_mail(scene, field):
    """Whatever stands in the tables, read back from the bytes that a mail server took."""
    strays = []
    with letter_box() as box:
        for control in (*CONTROLS, "\r\n.\r\n"):
            typed = f"Po{control}Bcc: victim@example.com"
            if field == "name":
                Researcher.objects.filter(pk=scene.partner.researcher_id).update(name=typed)
            elif field == "answers":
                Researcher.objects.filter(pk=scene.partner.researcher_id).update(
                    email=f"k@e.no{control}Bcc:v@e.no"
                )
            elif field == "to":
                Notice.objects.update(recipient_email=f"o@e.no{control}Bcc:v@e.no")
            else:
                Notice.objects.update(**{"text" if field == "body" else field: typed})
            with transaction.atomic():
                with suppress(actions.LetterIncomplete, ValueError):
                    release(scene)
                    deliver()
                transaction.set_rollback(True)
        for envelope in box.arrived:
            box.arrived = [envelope]
            _envelope, read = box.only()
            if (envelope.rcpt_tos, read["Bcc"], len(read.get_all("Subject"))) != (
                [OFFICER],
                None,
                1,
            ) or {*read.keys()} != HEADERS:
                strays.append(envelope.content)
    assert strays == []


HEADERS = {
    *("Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To"),
    *("Reply-To", "Date", "Message-ID", "Auto-Submitted"),
}


# -- hazard 18 --------------------------------------------------------------------------------


class Fault(Exception):
    """The database went away."""


def failing_at(number, seen):
    def wrapper(execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(sql)
            if len(seen) == number:
                raise Fault(sql)
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_a_fault_at_any_statement_leaves_neither_message_nor_letter(scene):
    before, seen, number = kept(), mail_of().fingerprint, 0
    while True:
        number += 1
        try:
            with failing_at(number, []):
                release(scene, seen=seen)
        except Fault:
            assert kept() == before, number
        else:
            break
    assert number > 10
    assert (Message.objects.filter(kind="NOTICE").count(), ReleasedLetter.objects.count()) == (1, 1)


def test_control_without_the_transaction_a_message_stays_behind_without_its_letter(
    scene, monkeypatch
):
    seen, left = mail_of().fingerprint, set()
    bare = releasing_actions.release_notice.__wrapped__
    monkeypatch.setattr(actions, "release_notice", bare)
    for number in range(8, 20):
        with suppress(Fault), transaction.atomic():
            with suppress(Fault), failing_at(number, []):
                release(scene, seen=seen)
            transaction.set_rollback(False)  # read on, as if there had been no transaction
            mails = Message.objects.filter(kind="NOTICE").count()
            left.add((mails, ReleasedLetter.objects.count()))
            raise Fault
    assert (1, 0) in left


# -- once more --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["FAILED", "BOUNCED"])
def test_after_a_refusal_the_holder_mends_the_address_and_releases_again(scene, state):
    first = release(scene)
    Message.objects.filter(pk=first.message_id).update(state="FAILED", error="550 no such user")
    Notice.objects.update(state=state, recipient_email="right@rcn.example")

    second = release(scene)

    assert second.message.dedupe_key.endswith(":2")
    assert second.message.recipient == "right@rcn.example"
    first.message.refresh_from_db()
    # The first will never leave, so its link is kept no longer; its digest still answers.
    assert (first.message.state, first.message.secret) == ("FAILED", "")
    assert Notice.objects.get().state == "RELEASED"


def test_a_held_letter_goes_again_only_after_its_holder_says_so(scene):
    first = release(scene)
    Message.objects.filter(pk=first.message_id).update(state="HELD")
    Notice.objects.update(state="HELD")
    before = kept()

    with pytest.raises(actions.MayArriveTwice):
        release(scene)
    assert kept() == before
    with letter_box() as box:
        release(scene, twice=True)
        deliver()
        assert len(box.arrived) == 1

    first.message.refresh_from_db()
    # Nobody who looks through the queue later can send the held one as well.
    assert (first.message.state, first.message.reason) == (
        "DISCARDED",
        "the holder released the letter again",
    )


def test_a_letter_settled_otherwise_is_not_left_to_be_sent_by_somebody_else(scene):
    first = release(scene)
    Message.objects.filter(pk=first.message_id).update(state="HELD")
    Notice.objects.update(state="HELD")

    actions.choose_not_to_send(
        notice_id=first.notice_id, reason="She called them", by=scene.lead, at=scenes.DAY
    )

    first.message.refresh_from_db()
    notice = Notice.objects.get()
    assert (first.message.state, notice.channel, notice.done_to) == ("DISCARDED", "", "")
