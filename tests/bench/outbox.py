"""Dispatch through the outbox, records included, against Django's own ``send_messages`` over one connection."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from applications import actions, outbox
from applications.management.commands.send_messages import database_clock
from applications.models import Message, MessageKind
from applications.outbox.smtp import SmtpBackend
from tests.bench.report import Line
from tests.bench.timing import took
from tests.smtp.posting import Post

# By turns, so that a slow moment of the machine falls on both: 8 × 250 = 2,000 mails each.
ROUNDS, MAILS = 8, 250
LETTERS = 50
WARM = 50
TEXT = "The application stands as it was, and this mail says so at some length.\n" * 25


class Server:
    """The sink in a process of its own: its work is on neither bill, or on both."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.smtp.sink"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.process.stdout.readline())

    def taken(self) -> int:
        """Return how many mails arrived since this was last asked."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def must_have_taken(self, number: int) -> None:
        if (taken := self.taken()) != number:
            raise RuntimeError(f"{taken} mails arrived, not {number}")

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@contextmanager
def server() -> Iterator[Server]:
    found = Server()
    try:
        yield found
    finally:
        found.close()


def measure() -> list[Line]:
    """Send 2,000 mails of the portal's own, and 400 letters with their notices."""
    post = Post()
    with server() as sink:
        ours = SmtpBackend(host="127.0.0.1", port=sink.port, username="", password="")
        floor = EmailBackend(host="127.0.0.1", port=sink.port, username="", password="")
        floor.open()
        own = Turns(sink, ours, floor, lambda number: _owe(post, number), MAILS)
        letters = Turns(sink, ours, floor, lambda number: _release(post, number), LETTERS)
        own.dispatch()  # receipts of what was measured before
        sink.taken()
        lines = [
            own.line(f"dispatch of {ROUNDS * MAILS:,} mails", 0.8),
            letters.line(f"dispatch of {ROUNDS * LETTERS:,} letters with their notices", None),
        ]
        ours.close()
        floor.close()
    return lines


class Turns:
    """Ours and Django's by turns, each time with other mails of the same words."""

    def __init__(
        self,
        sink: Server,
        ours: SmtpBackend,
        floor: EmailBackend,
        owe: Callable[[int], None],
        number: int,
    ) -> None:
        self.sink, self.ours, self.floor, self.owe, self.number = sink, ours, floor, owe, number

    def line(self, name: str, target: float | None) -> Line:
        """Run all turns; return mails per second of both."""
        self.turn(WARM)
        times = [self.turn(self.number) for _round in range(ROUNDS)]
        ours, floor = (self.number / median(side) for side in zip(*times, strict=True))
        return Line(
            name,
            f"{ours:,.0f} mails/s",
            f"{floor:,.0f} mails/s",
            ours / floor,
            target,
            at_least=True,
        )

    def turn(self, number: int) -> tuple[float, float]:
        self.owe(number)
        same = list(Message.objects.unsent().order_by("pk"))
        ours = took(self.dispatch)
        self.sink.must_have_taken(number)
        if Message.objects.unsent().exists():
            raise RuntimeError("the outbox kept mails back")
        floor = took(lambda: self._send(same))
        self.sink.must_have_taken(number)
        return ours, floor

    def dispatch(self) -> None:
        """As the worker's loop does."""
        while outbox.deliver_due(
            now=database_clock(), settle=actions.settle_message, connection=self.ours
        ):
            pass

    def _send(self, messages: list[Message]) -> None:
        self.floor.send_messages(
            [
                EmailMessage(
                    one.subject,
                    one.text,
                    from_email=settings.DEFAULT_FROM_EMAIL,
                    to=[one.recipient],
                    reply_to=[one.reply_to] if one.reply_to else None,
                    headers={
                        "Message-ID": f"<floor.{one.dedupe_key.replace(':', '.')}@localhost>",
                        "Auto-Submitted": "auto-generated",
                    },
                )
                for one in messages
            ]
        )


def _owe(post: Post, number: int) -> None:
    now = timezone.now()
    Message.objects.bulk_create(
        Message(
            dedupe_key=f"bench:{next(post.numbers)}",
            kind=MessageKind.TEAM,
            application=post.application,
            recipient=f"reader{place}@bench.example",
            subject=f"News of your application {place}",
            text=TEXT,
            created_at=now,
            available_at=now,
        )
        for place in range(number)
    )


def _release(post: Post, number: int) -> None:
    now = timezone.now()
    for _letter in range(number):
        post.letter(now)
    Message.objects.unsent().update(text=TEXT)
