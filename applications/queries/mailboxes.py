"""Where mail to a member of a team goes, and in which language."""

from dataclasses import dataclass

from applications.models import Membership
from directory.addresses import of_a_machine
from directory.models import User


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address, the language its owner reads, and their account, where they have one."""

    email: str
    language: str
    account: User | None


def mailbox_of(member: Membership) -> Mailbox | None:
    """Return where ``member`` (with ``researcher__user``) is written to; None: nowhere.

    Who has an account chose address and language there. A closed account is not written to, and
    a machine's address belongs to nobody.
    """
    person = member.researcher
    if person.user is None:
        found = Mailbox(person.email, person.language, None)
    else:
        found = Mailbox(person.user.email, person.user.language, person.user)
    closed = person.user is not None and not person.user.is_active
    return None if closed or not found.email or of_a_machine(found.email) else found
