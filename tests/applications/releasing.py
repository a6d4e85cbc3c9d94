"""A letter ready to be released, and what a holder and a funder do about it."""

from email.utils import parseaddr

from django.urls import reverse

from applications import actions
from applications.actions.composing import letter_mail
from applications.actions.ledger import sync_notices
from applications.models import Message, Notice
from applications.queries.application import workspace
from applications.queries.ledger import ledger
from tests.applications import scenes

OFFICER = "ola@rcn.example"


def ready(scene):
    """Submit the application; its one notice, to RCN, lacks nothing, and the holder has no account."""
    sync_notices(workspace(scene.stored()), scenes.DAY)
    Notice.objects.update(recipient_name="Ola Hansen", recipient_email=OFFICER)
    scene.submit()
    Message.objects.all().delete()  # the receipt, which is no letter
    return scene


def mail_of(notice=None):
    """The message as a preview would show it now."""
    notice = notice or Notice.objects.get()
    book = ledger(notice.application)
    return letter_mail(book, book.find(notice.pk), earlier=notice.letters.count())


def release(scene, *, notice=None, seen=None, by=None, **more):
    notice = notice or Notice.objects.get()
    return actions.release_notice(
        notice_id=notice.pk,
        seen=mail_of(notice).fingerprint if seen is None else seen,
        by=by or scene.partner,
        at=more.pop("at", scenes.DAY),
        **more,
    )


def secret(message=None):
    """The secret of the link in a letter that was not yet handed over."""
    message = message or Message.objects.filter(kind="NOTICE").latest("pk")
    return message.secret.rstrip("/").rpartition("/")[2]


def at(token):
    return reverse("applications:acknowledge", args=[token])


def address_of(header):
    return parseaddr(str(header))[1]
