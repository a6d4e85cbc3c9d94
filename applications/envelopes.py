"""A letter handed to a mail program: as a mailto: address, or as an .eml file. Nothing is sent here."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from applications.letters import Letter, one_line
from directory.addresses import deliverable_form
from directory.models import Researcher

MAILTO_LENGTH = 1800  # longer ones are cut short by some mail programs


def mailto(letter: Letter, email: str) -> str:
    """Return the ``mailto:`` address of a complete letter; "" where it would be cut or half-filled."""
    if not letter.complete or not email:
        return ""
    fields = {"subject": one_line(letter.subject), "body": _crlf(letter.text)}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
    address = f"mailto:{quote(deliverable_form(one_line(email)), safe='@')}?{query}"
    return address if len(address) < MAILTO_LENGTH else ""


def eml(letter: Letter, *, email: str, name: str, sender: Researcher) -> bytes:
    """Return the letter as an unsent message, to be opened and sent from the holder's own mailbox.

    :raises ValueError: an address cannot be written in a header
    """
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    if sender.email:
        message["From"] = _address(sender.name, sender.email)
    message["To"] = _address(name, email)
    message["Subject"] = one_line(letter.subject)
    # Quoted-printable keeps the lines short and the English readable in the file itself.
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def _address(name: str, email: str) -> Address:
    local, _at, domain = deliverable_form(one_line(email)).rpartition("@")
    return Address(display_name=one_line(name), username=local, domain=domain)


def _crlf(text: str) -> str:
    return "\r\n".join(text.splitlines())
