"""A mail server on this machine that takes every mail, and keeps each as it came over the wire."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import socket
from typing import Any

from aiosmtpd.controller import Controller
from django.test import override_settings
from django.utils import timezone

from applications import actions, outbox

logging.getLogger("mail.log").setLevel(logging.ERROR)  # every line of every conversation


@dataclass
class LetterBox:
    """Takes what arrives: the envelope, and the bytes."""

    arrived: list[Any] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        self.arrived.append(envelope)
        return "250 taken"

    def only(self) -> tuple[Any, EmailMessage]:
        """The one mail that arrived: its envelope, and the message read back from the bytes."""
        (envelope,) = self.arrived
        return envelope, message_from_bytes(envelope.content, policy=policy.default)


def body(mail: EmailMessage) -> str:
    """The text, with the line ends of this machine and not those of the wire."""
    return mail.get_content().replace("\r\n", "\n")


@contextmanager
def letter_box() -> Iterator[LetterBox]:
    """Let the portal's mail go to a server of this test, over a real connection."""
    box = LetterBox()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with override_settings(
            EMAIL_BACKEND="applications.outbox.smtp.SmtpBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
        ):
            yield box
    finally:
        controller.stop()


def deliver() -> None:
    """Let the worker hand over one batch, as ``send_messages`` does."""
    outbox.deliver_due(now=timezone.now, settle=actions.settle_message)
