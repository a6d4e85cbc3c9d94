"""The mail server is down: submitting works all the same, and the pages say what waits and since when."""

import socket
from datetime import timedelta

import pytest
from django.core.mail import get_connection
from django.urls import reverse
from django.utils import timezone

from applications import outbox
from applications.models import Message
from tests.applications.pages import page

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HEADING = "Mail is waiting"


def body(response):
    return " ".join(response.content.decode().split())


def waiting(client, scene):
    """What the three pages that show the banner say in it; they agree."""
    pages = [page("team", scene), page("notices", scene)]
    if receipt := scene.stored().receipt:
        pages.append(reverse("applications:receipt", args=[receipt]))
    said = [client.get(one).context["waiting_mail"] for one in pages]
    assert said == said[:1] * len(said)
    return said[0]


def back_then(minutes, **values):
    """Make the newest mail as old as that; return when it was written."""
    at = timezone.now() - minutes * MINUTE
    Message.objects.filter(pk=Message.objects.latest("pk").pk).update(created_at=at, **values)
    return at


@pytest.fixture
def no_server():
    """A mail server's address at which nobody answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        yield get_connection(outbox_backend(), host="127.0.0.1", port=port)


def outbox_backend():
    return "applications.outbox.smtp.SmtpBackend"


def test_submitting_works_while_the_mail_server_is_down_and_the_pages_say_what_waits(
    lead, scene, no_server
):
    # Given no mail server, a team submits, and gets its receipt page
    answer = lead.post(page("submit", scene), {"declared": "on", "seen": scene.seen()}, follow=True)
    assert scene.stored().receipt in body(answer)

    # When the worker finds nobody, a quarter of an hour long
    tally = outbox.deliver_due(now=timezone.now, connection=no_server)
    assert (tally["given back"], Message.objects.get().state) == (1, "WAITING")
    at = back_then(15)

    # Then the pages say so, in Japan's time, and that nothing is lost
    (said,) = waiting(lead, scene)
    assert said.startswith("1 mail of your team has been waiting since ")
    assert f"{at + timedelta(hours=9):%H:%M} JST" in said
    assert "Nothing is lost" in said
    assert HEADING in body(lead.get(page("team", scene)))

    # And are silent once it has left
    Message.objects.update(state="HANDED_OVER", handed_over_at=timezone.now())
    assert waiting(lead, scene) == []
    assert HEADING not in body(lead.get(page("team", scene)))


@pytest.mark.parametrize(
    ("state", "minutes", "begins"),
    [
        ("WAITING", 9, None),
        ("WAITING", 11, "1 mail of your team has been waiting since "),
        ("SENDING", 11, "1 mail of your team has been waiting since "),
        ("HELD", 1, "1 mail of your team, written at "),
        ("FAILED", 11, None),
        ("DISCARDED", 11, None),
    ],
)
def test_which_mail_is_worth_a_banner(lead, scene, state, minutes, begins):
    scene.submit(at=timezone.now())
    reason = "No longer needed." if state == "DISCARDED" else ""
    back_then(minutes, state=state, reason=reason)

    said = waiting(lead, scene)

    assert [one.startswith(begins or "") for one in said] == [True] * (begins is not None)


def test_the_oldest_is_named_and_mail_of_another_team_counts_for_nothing(lead, scene):
    scene.submit(at=timezone.now())
    first = back_then(90)
    receipt = Message.objects.get()
    for key, application in (("b", receipt.application_id), ("other", None)):
        receipt.pk, receipt.dedupe_key, receipt.application_id = None, key, application
        receipt.created_at = timezone.now() - 20 * MINUTE if application else first - 60 * MINUTE
        receipt.save(force_insert=True)

    (said,) = waiting(lead, scene)

    assert said.startswith("2 mails of your team have been waiting since ")
    assert f"{first + timedelta(hours=9):%H:%M} JST" in said
