"""The conversation with the mail server, step by step, so that we know how far a lost one had come."""

import re
import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from applications.outbox.outcomes import NotTaken, Stage


class SmtpBackend(EmailBackend):
    """Django's SMTP backend, but for the conversation itself: refusals say where they were made.

    ``smtplib`` reports a connection lost before the text was given and one lost after it alike.
    For mail to funders this is the difference between *send again* and *ask a person*.
    """

    def open(self) -> bool | None:
        """Connect, greet, encrypt and sign in.

        :raises NotTaken: at ``CONNECT``, whatever went wrong
        """
        try:
            opened = super().open()
            if self.connection is not None:
                self.connection.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise _not_connected(error) from error
        return opened

    def _send(self, email_message: EmailMessage) -> bool:
        """Hand over one mail to its one recipient.

        :raises NotTaken: the server refused it, fell silent or went away
        """
        (recipient,) = email_message.recipients()
        encoding = email_message.encoding or settings.DEFAULT_CHARSET
        sender = parseaddr(sanitize_address(email_message.from_email, encoding))[1]
        to = parseaddr(sanitize_address(recipient, encoding))[1]
        content = _on_the_wire(email_message.message().as_bytes(linesep="\r\n"))
        stage = Stage.SENDER
        try:
            self._expect(stage, self.connection.mail(sender), 250)
            stage = Stage.RECIPIENT
            self._expect(stage, self.connection.rcpt(to), 250, 251)
            stage = Stage.DATA
            self._expect(stage, self.connection.docmd("DATA"), 354)
            stage = Stage.CONTENT
            self.connection.send(content)
            self._expect(stage, self.connection.getreply(), *range(200, 300))
        except (smtplib.SMTPException, OSError) as error:
            # smtplib's own codes (500 for a line too long) are no answer of the server.
            self._drop()
            raise NotTaken(stage, None, str(error)) from error
        return True

    def _expect(self, stage: Stage, reply: tuple[int, bytes], *codes: int) -> None:
        code, words = reply
        if code in codes:
            return
        if code == 421 or code < 0:
            self._drop()
        else:
            self._begin_afresh()
        raise NotTaken(stage, code if code > 0 else None, words.decode("utf-8", "replace"))

    def _begin_afresh(self) -> None:
        """Make the connection fit for the next mail; a server that goes away has answered all the same."""
        try:
            code, _words = self.connection.rset()
        except (smtplib.SMTPException, OSError):
            code = -1
        if code != 250:
            self._drop()

    def _drop(self) -> None:
        """Forget the connection without a farewell that a silent server would make us wait for."""
        for connection in (self.connection, self._partial_connection):
            if connection is not None:
                connection.close()
        self.connection = self._partial_connection = None

    def close(self) -> None:
        """Say goodbye; what a server does with that changes nothing any more."""
        try:
            super().close()
        except (smtplib.SMTPException, OSError):
            self._drop()


def _on_the_wire(content: bytes) -> bytes:
    """Double leading dots and end with the lone one (RFC 5321, section 4.5.2)."""
    dotted = re.sub(rb"(?m)^\.", b"..", content)
    return dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _not_connected(error: Exception) -> NotTaken:
    code = getattr(error, "smtp_code", None)
    words = getattr(error, "smtp_error", None) or str(error)
    if isinstance(words, bytes):
        words = words.decode("utf-8", "replace")
    return NotTaken(Stage.CONNECT, code if code and code > 0 else None, str(words))
