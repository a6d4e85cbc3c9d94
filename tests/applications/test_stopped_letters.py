"""A letter that staff stopped before it left is told apart from one that may have left."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications import actions
from applications.models import Message, Notice
from applications.wording.mails import mail_error_in_words
from tests.applications import scenes
from tests.applications.invited import words
from tests.applications.mails import own
from tests.applications.releasing import ready, release
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
WHY = "The grant is under review"
WITH_US = {"staff_agency": "AMED", "staff_role": "OFFICER"}


@pytest.fixture
def scene(scene):
    return ready(scene)


@pytest.fixture
def officer(db):
    return UserFactory(**WITH_US)


@pytest.fixture
def stopped(scene, officer):
    """A letter that the holder released and staff stopped."""
    letter = release(scene)
    actions.hold_message(message_id=letter.message_id, reason=WHY, by=officer, at=scenes.DAY)
    return letter


@pytest.fixture
def uncertain(scene):
    """A letter whose worker died over it."""
    letter = release(scene)
    Message.objects.filter(pk=letter.message_id).update(
        state="HELD", error="the worker vanished while handing it over"
    )
    Notice.objects.update(state="HELD")
    return letter


@pytest.fixture
def holder(client, scene):
    person = scene.partner.researcher
    person.user = scenes.user("kari")
    person.save()
    client.force_login(person.user)
    return client


def page(scene, name):
    notice = Notice.objects.get()
    key = [notice.pk] if name != "notices" else []
    return reverse(f"applications:{name}", args=[scene.application.team.ref, *key])


def test_the_holder_reads_that_it_did_not_leave_and_releases_it_without_a_doubt(
    scene, stopped, holder
):
    listed = words(holder.get(page(scene, "notices")))
    notice = words(holder.get(page(scene, "notice")))
    last_look = holder.get(page(scene, "notice_release"))

    assert f"The agency's staff stopped the letter: {WHY}" in listed
    assert "The letter did not leave. You can release it again" in listed
    assert f"Staff held it: {WHY}" in notice
    assert "It did not leave. You can release it again below." in notice
    assert "The last letter did not leave" in words(last_look)
    assert list(last_look.context["form"].fields) == ["seen"]
    assert [one for one in (listed, notice, words(last_look)) if "arrived" in one] == []
    holder.post(page(scene, "notice_release"), {"seen": last_look.context["form"]["seen"].value()})
    states = Message.objects.filter(kind="NOTICE").order_by("pk").values_list("state", flat=True)
    assert list(states) == ["DISCARDED", "WAITING"]


def test_control_one_that_may_have_left_still_asks(scene, uncertain, holder):
    listed = words(holder.get(page(scene, "notices")))
    last_look = holder.get(page(scene, "notice_release"))

    assert "Ask Ola Hansen whether the letter arrived." in listed
    assert "The last letter may have arrived" in words(last_look)
    assert list(last_look.context["form"].fields) == ["seen", "twice"]
    with pytest.raises(actions.MayArriveTwice):
        release(scene)


def test_one_that_may_have_left_is_no_surer_for_being_discarded(scene, uncertain, officer, holder):
    told = Message.objects.filter(kind="TROUBLE").count()
    actions.discard_message(message_id=uncertain.message_id, reason=WHY, by=officer, at=scenes.DAY)

    assert (Notice.objects.get().state, Message.objects.get(kind="NOTICE").state) == (
        "HELD",
        "DISCARDED",
    )
    listed = words(holder.get(page(scene, "notices")))
    notice = words(holder.get(page(scene, "notice")))
    last_look = holder.get(page(scene, "notice_release"))
    assert "Ask Ola Hansen whether the letter arrived." in listed
    assert "It may have been sent, or not." in notice
    assert "The last letter may have arrived" in words(last_look)
    assert list(last_look.context["form"].fields) == ["seen", "twice"]
    assert [one for one in (listed, notice, words(last_look)) if "did not leave" in one] == []
    with pytest.raises(actions.MayArriveTwice):
        release(scene)
    release(scene, twice=True)
    assert Message.objects.filter(kind="TROUBLE").count() == told


def test_told_again_of_a_discarded_one_the_holder_reads_that_it_may_have_left(
    scene, uncertain, officer
):
    actions.discard_message(message_id=uncertain.message_id, reason=WHY, by=officer, at=scenes.DAY)

    mail = actions.tell_holder_again(
        message_id=uncertain.message_id, by=officer, at=scenes.DAY + timedelta(hours=25)
    )

    assert mail.subject == "[ASPIRE] Your letter to RCN is held: it may have been sent"
    assert "before it left" not in mail.text


@pytest.mark.parametrize("stop", [actions.hold_message, actions.discard_message])
def test_the_holder_is_told_at_once_that_staff_stopped_it_and_only_once(scene, officer, stop):
    letter = release(scene)

    stop(message_id=letter.message_id, reason=WHY, by=officer, at=scenes.DAY)

    mail = Message.objects.get(kind="TROUBLE")
    assert (mail.recipient, mail.state) == ("kari@example.no", "WAITING")
    assert mail.subject == "[ASPIRE] Your letter to RCN was stopped by staff"
    assert "The agency's staff stopped your letter to RCN before it left." in mail.text
    assert f"Their reason: “{WHY}”" in mail.text
    assert "arrived" not in mail.text
    if stop is actions.hold_message:  # one mail says it, whatever staff do with the letter next
        actions.discard_message(
            message_id=letter.message_id, reason="A second one", by=officer, at=scenes.DAY
        )
        assert Message.objects.filter(kind="TROUBLE").count() == 1


def test_a_mail_of_the_portals_own_that_staff_stop_is_told_to_nobody(scene, officer):
    mail = own(scene)

    actions.hold_message(message_id=mail.pk, reason=WHY, by=officer, at=scenes.DAY)

    assert Message.objects.filter(kind="TROUBLE").count() == 0


def test_told_again_after_a_day_the_holder_reads_the_same(scene, stopped, officer):
    with pytest.raises(actions.TooSoon):
        actions.tell_holder_again(message_id=stopped.message_id, by=officer, at=scenes.DAY)

    mail = actions.tell_holder_again(
        message_id=stopped.message_id, by=officer, at=scenes.DAY + timedelta(hours=25)
    )

    assert mail.text == Message.objects.filter(kind="TROUBLE").first().text


def test_of_a_discarded_letter_the_page_asks_for_no_other_address(scene, officer, holder):
    letter = release(scene)
    actions.discard_message(message_id=letter.message_id, reason=WHY, by=officer, at=scenes.DAY)

    shown = words(holder.get(page(scene, "notice")))

    assert WHY in shown
    assert "It did not leave. You can release it again below." in shown
    assert "Correct the address" not in shown


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("550 5.1.1 no such user", "The mail server says that there is no such mailbox."),
        ("552 mailbox full", "The mail server says that the mailbox is full."),
        ("554 5.7.1 blocked by policy", "The mail server refused the mail."),
        ("451 try again", "The mail server could not be reached, or did not take the mail, five times in a row."),
        ("not on the guest list of this server", "This server sends mail to a list of guests only, and the address is not on it."),
        ("the worker vanished while handing it over", "The worker that was handing it over stopped in the middle. It may have been sent."),
        ("ValueError: bad header", "The mail itself could not be built: something in its address, its subject or its text is not fit for a mail. It was not sent."),
    ],
)  # fmt: skip
def test_whoever_had_a_mail_sent_reads_what_is_true_of_it(error, sentence):
    assert mail_error_in_words(error) == sentence
