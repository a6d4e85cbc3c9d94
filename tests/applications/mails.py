"""Mails as they stand in the outbox: the portal's own, and letters to a funder with their notice."""

from itertools import count

from applications import outbox
from applications.models import Message, MessageKind, Notice
from tests.applications import scenes

AT = scenes.DAY
NOTICE_OF = {
    "WAITING": "RELEASED",
    "SENDING": "RELEASED",
    "HANDED_OVER": "HANDED_OVER",
    "HELD": "HELD",
    "FAILED": "FAILED",
    "BOUNCED": "BOUNCED",
    "DISCARDED": "FAILED",
}
_keys = count(1)


def into(message, state, **fields):
    """Bring a mail to a state as the worker or staff would have left it."""
    if state in ("HANDED_OVER", "BOUNCED"):
        fields = {"handed_over_at": AT, "secret": "", **fields}
    if state == "DISCARDED":
        fields = {"reason": "out of date", "secret": "", **fields}
    Message.objects.filter(pk=message.pk).update(state=state, **fields)
    message.refresh_from_db()
    return message


def own(scene, state="WAITING", recipient="kari@example.no", subject="News", **fields):
    """One of the portal's own mails about the application."""
    message = outbox.record_mail(
        kind=MessageKind.TEAM,
        dedupe_key=f"news:{next(_keys)}",
        application=scene.application,
        recipient=recipient,
        subject=subject,
        text="There is news: ［link］",
        secret="https://portal.example/secret/",
        at=AT,
        by=scene.lead,
    )
    return into(message, state, **fields)


def notice(scene, state="RELEASED", **fields):
    """A notice of the application's partner, with somebody to tell."""
    known = Notice.objects.filter(application=scene.application).first()
    body = fields.pop("body", scene.grant.agency)
    if known is not None:
        Notice.objects.filter(pk=known.pk).update(state=state, **fields)
        known.refresh_from_db()
        return known
    return Notice.objects.create(
        application=scene.application,
        holder=scene.partner,
        body=body,
        agency=body,
        grant=scene.grant,
        strength="REQUESTED",
        trigger="UPON_APPLICATION",
        state=state,
        recipient_name="Officer",
        recipient_email="officer@rcn.example",
        **fields,
    )


def letter(scene, state="WAITING", **fields):
    """A letter to a funder as its holder released it, its notice in the state that goes with it."""
    row = notice(scene, NOTICE_OF[state])
    message = outbox.record_letter(
        row,
        dedupe_key=f"letter:{row.pk}:{next(_keys)}",
        subject="Our application",
        text="Dear officer, ［link］",
        sender_name="Kari Nordmann",
        reply_to="kari@example.no",
        secret="https://portal.example/acknowledge/",
        by=scene.partner,
        at=AT,
    )
    return into(message, state, **fields)


def staff(role="OFFICER", agency="AMED"):
    return scenes.user(f"{agency}.{role}".lower(), staff_agency=agency, staff_role=role)
