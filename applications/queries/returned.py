"""Which mail of the outbox a returned message speaks of."""

from collections.abc import Collection

from django.db.models import CharField, F, Func, QuerySet, Value
from django.utils.crypto import constant_time_compare

from applications.models import Message
from directory.addresses import canonical


def mail_returned(
    message_ids: Collection[str], recipients: Collection[str], domain: str
) -> Message | None:
    """Return the mail that one of these Message-IDs names; None where none does, or two could.

    The domain and the mark in the Message-ID must be ours, and a report that names recipients
    must name the mail's own.
    """
    named = {canonical(one) for one in recipients}
    for message_id in message_ids:
        local, _at, host = message_id.rpartition("@")
        if host.casefold() != domain.casefold():
            continue
        key, _dot, _mark = local.rpartition(".")
        ours = [one for one in _with_key(key)[:2] if constant_time_compare(one.local_id, local)]
        if len(ours) == 1 and (not named or canonical(ours[0].recipient) in named):
            return ours[0]
    return None


def _with_key(written: str) -> QuerySet[Message]:
    """Mails whose key is written so in a Message-ID, which has ``.`` for ``:`` (``Message.local_id``)."""
    as_written = Func(
        F("dedupe_key"), Value(":"), Value("."), function="REPLACE", output_field=CharField()
    )
    return Message.objects.annotate(written=as_written).filter(written=written).order_by("pk")
