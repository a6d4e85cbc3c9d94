"""Which mail of the outbox a returned message speaks of."""

from collections.abc import Collection

from django.db.models import CharField, F, Func, QuerySet, Value

from applications.models import Message
from directory.addresses import canonical


def mail_returned(
    message_ids: Collection[str], recipients: Collection[str], domain: str
) -> Message | None:
    """Return the mail that one of these Message-IDs names; None where none does, or two could.

    The domain must be ours. Message-IDs can be guessed, so a report that names recipients must
    name the mail's own.
    """
    named = {canonical(one) for one in recipients}
    for message_id in message_ids:
        local, _at, host = message_id.rpartition("@")
        if host.casefold() != domain.casefold():
            continue
        found = list(_with_local_part(local)[:2])
        if len(found) == 1 and (not named or canonical(found[0].recipient) in named):
            return found[0]
    return None


def _with_local_part(local: str) -> QuerySet[Message]:
    """Mails whose key makes this Message-ID; ``outbox.envelope`` writes ``:`` as ``.``"""
    as_written = Func(
        F("dedupe_key"), Value(":"), Value("."), function="REPLACE", output_field=CharField()
    )
    return Message.objects.annotate(local=as_written).filter(local=local).order_by("pk")
