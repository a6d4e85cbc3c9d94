"""Mail for tests to send: the portal's own and letters to funders, with all the rows they need."""

from datetime import datetime, timedelta
from itertools import count

from applications import actions, outbox
from applications.models import Message, MessageKind, Notice
from tests.applications import scenes
from tests.applications.factories import ApplicationFactory, MembershipFactory, NoticeFactory
from tests.directory.factories import AgencyFactory, UserFactory

AT = scenes.DAY
# Long enough for a busy machine to answer, short enough to await a silent server.
PATIENCE = 0.3


def point_at(settings, port: int) -> None:
    """Make the portal's mail go to a server on this machine."""
    settings.EMAIL_BACKEND = "applications.outbox.smtp.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = PATIENCE
    settings.DEFAULT_FROM_EMAIL = "ASPIRE portal (AMED) <portal@portal.test>"


class Post:
    """Writes mail into the outbox of one submitted application; every letter has a duty of its own."""

    def __init__(self) -> None:
        self.application = ApplicationFactory(submitted=True)
        # Without an address: news of trouble (test_troubles.py) would join the mails counted here.
        self.holder = MembershipFactory(
            team=self.application.team, researcher__email="", researcher__user=None
        )
        self.by = UserFactory()
        self.numbers = count()

    def own(self, at: datetime = AT, **words) -> Message:
        """Owe one mail of the portal itself."""
        number = next(self.numbers)
        return outbox.record_mail(
            **{
                "kind": MessageKind.TEAM,
                "dedupe_key": f"team:{number}",
                "application": self.application,
                "recipient": f"own{number}@example.org",
                "subject": f"News {number}",
                "text": "The team has news.\n.\nA line with a dot alone stands above.\n",
                "at": at,
                "by": self.by,
                **words,
            }
        )

    def letter(self, at: datetime = AT) -> Message:
        """Release one letter to a funder."""
        number = next(self.numbers)
        notice = NoticeFactory(
            application=self.application,
            holder=self.holder,
            agency=AgencyFactory(),
            state="RELEASED",
            recipient_email=f"funder{number}@example.no",
        )
        return self.release(notice, number, at)

    def release(self, notice: Notice, number: int, at: datetime) -> Message:
        """Write the letter of a notice."""
        return outbox.record_letter(
            notice,
            dedupe_key=f"notice:{notice.pk}:{number}",
            subject=f"Notice {number} of an application",
            text="I write to tell you.\nhttps://portal.test/［link］\n",
            sender_name="Kari Nordmann via ASPIRE",
            reply_to="kari@example.no",
            secret="https://portal.test/n/secret/",
            by=self.by,
            at=at,
        )


def deliver(at: datetime = AT, connection=None) -> dict[str, int]:
    """Let a worker pass once, as ``send_messages`` does, at a moment that stands still."""
    return dict(
        outbox.deliver_due(now=lambda: at, settle=actions.settle_message, connection=connection)
    )


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def many(post: Post, number: int, at: datetime = AT) -> None:
    """Owe so many mails of the portal's own, quickly."""
    Message.objects.bulk_create(
        Message(
            dedupe_key=f"many:{place}",
            kind=MessageKind.TEAM,
            application=post.application,
            recipient=f"many{place}@example.org",
            subject=f"News {place}",
            text="The team has news.\n" * 20,
            created_at=at,
            available_at=at,
        )
        for place in range(number)
    )
