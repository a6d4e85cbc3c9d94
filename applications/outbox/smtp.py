"""The conversation with the mail server, step by step, so that we know how far a lost one had come."""

import re
import smtplib
from collections.abc import Collection
from email.utils import parseaddr
from functools import lru_cache

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

    def before_text(self) -> None:
        """What must be done before the text of a mail is given; the worker puts its own here."""

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
        sender = _address(email_message.from_email, encoding)
        to = _address(recipient, encoding)
        content = _on_the_wire(email_message.message().as_bytes(linesep="\r\n"))
        self._ask(sender, to)
        self.before_text()
        try:
            self.connection.send(content)
            reply = self.connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(Stage.CONTENT, error) from error
        if not 200 <= reply[0] < 300:
            refusal = _refusal(Stage.CONTENT, *reply)
            self._leave(refusal)
            raise refusal
        return True

    def _ask(self, sender: str, to: str) -> None:
        """Ask whether the server takes the mail: step by step, or at once where it allows it (RFC 2920).

        :raises NotTaken: it does not; nothing of the mail was given
        """
        asked: list[tuple[Stage, str, Collection[int]]] = [
            (Stage.SENDER, f"MAIL FROM:{smtplib.quoteaddr(sender)}", {250}),
            (Stage.RECIPIENT, f"RCPT TO:{smtplib.quoteaddr(to)}", {250, 251}),
            (Stage.DATA, "DATA", {354}),
        ]
        at_once = self.connection.has_extn("pipelining")
        refusal = None
        for place, (stage, command, codes) in enumerate(asked):
            try:
                if at_once and not place:
                    self.connection.send("".join(f"{line}\r\n" for _s, line, _c in asked))
                elif not at_once:
                    self.connection.putcmd(command)
                code, words = self.connection.getreply()
            except (smtplib.SMTPException, OSError) as error:
                lost = self._lost(stage, error)
                raise refusal or lost from error
            if refusal is None and code not in codes:
                refusal = _refusal(stage, code, words)
                if not at_once or code == 421 or code < 0:
                    break
            elif refusal is not None and code == 354:
                self._drop()  # it waits for a text that is not to be sent
                break
        if refusal:
            self._leave(refusal)
            raise refusal

    def _leave(self, refusal: NotTaken) -> None:
        """After a refusal: the connection is gone, or made fit for the next mail."""
        if refusal.code in (None, 421):
            self._drop()
        elif self.connection is not None:
            self._begin_afresh()

    def _lost(self, stage: Stage, error: Exception) -> NotTaken:
        # smtplib's own codes (500 for a line too long) are no answer of the server.
        self._drop()
        return NotTaken(stage, None, str(error))

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


@lru_cache(maxsize=100)  # nearly every mail has the same sender
def _address(written: str, encoding: str) -> str:
    return parseaddr(sanitize_address(written, encoding))[1]


def _on_the_wire(content: bytes) -> bytes:
    """Double leading dots and end with the lone one (RFC 5321, section 4.5.2)."""
    dotted = re.sub(rb"(?m)^\.", b"..", content)
    return dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _refusal(stage: Stage, code: int, words: bytes) -> NotTaken:
    return NotTaken(stage, code if code > 0 else None, words.decode("utf-8", "replace"))


def _not_connected(error: Exception) -> NotTaken:
    code = getattr(error, "smtp_code", None)
    words = getattr(error, "smtp_error", None) or str(error)
    if isinstance(words, bytes):
        words = words.decode("utf-8", "replace")
    return NotTaken(Stage.CONNECT, code if code and code > 0 else None, str(words))
