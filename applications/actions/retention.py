"""Taking away what has been kept as long as its kind may be; what was done, and when, stays."""

import time
from collections.abc import Mapping
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction

from applications.actions.claiming import lock, record
from applications.actions.drafting import searched_in
from applications.actions.emptying import empty_entry, erase_files
from applications.models import (
    Application,
    Event,
    InternalNote,
    Message,
    MessageState,
    Proof,
    TeamLetter,
)
from applications.models.message import KEEPS_LINK
from applications.queries.retention import OF_APPLICATIONS, TEXTS, over
from applications.workflow import Act, Status, next_status
from directory.append_only import MARK
from directory.models import Researcher

FOLDER = "proofs"
A_DAY = 24 * 60 * 60


def apply_retention(*, periods: Mapping[str, int | None], at: datetime) -> dict[str, list[str]]:
    """Empty everything that ``over`` lists, kind by kind, each application in a transaction of its own.

    Returns what was emptied, by kind: tables and numbers. Running it again finds nothing.
    """
    done = {}
    for one in over(periods, at):
        done[one.kind] = one.named()
        if one.kind in OF_APPLICATIONS:
            for pk in list(one.rows.values_list("pk", flat=True)):
                _empty_application(pk, at)
        elif one.kind == "mail_texts":
            one.rows.update(
                recipient="", sender_name="", reply_to="", subject="", text="", error=""
            )
        elif one.kind == "data_uses":
            one.rows.exclude(filters="").update(filters=MARK)
            one.rows.exclude(reason="").update(reason=MARK)
        else:
            one.rows.update(email="")
    return done


@transaction.atomic
def _empty_application(pk: int, at: datetime) -> None:
    """Take away the people, texts, files and mails of an application; its row, acts and seals stay."""
    application = lock(pk)
    for entry in Researcher.objects.filter(membership__team=application.team_id).order_by("pk"):
        empty_entry(entry, entry.user, at)
    erase_files(Proof.objects.filter(application=application).exclude(file=""))
    Event.objects.filter(application=application).exclude(reason="").update(reason=MARK)
    InternalNote.objects.filter(application=application).update(text=MARK)
    TeamLetter.objects.filter(application=application).update(subject="", text="")
    Message.objects.filter(application=application, state__in=KEEPS_LINK).update(
        state=MessageState.DISCARDED, reason=MARK, secret=""
    )
    Message.objects.filter(application=application).update(
        recipient="", sender_name="", reply_to="", subject="", text="", error=""
    )
    Application.objects.filter(pk=pk).update(**dict.fromkeys(TEXTS, ""))
    application.refresh_from_db()
    if application.status == Status.DRAFT:  # nobody can go on with it
        application.status = next_status(Act.WITHDRAW, Status.DRAFT)
        record(application, Act.WITHDRAW, None, at, was=Status.DRAFT)
    application.search_text = searched_in(application)
    application.save(update_fields=["status", "search_text"])


def sweep_files(*, now: float | None = None) -> list[str]:
    """Delete stored copies that no row speaks of, once they are a day old.

    A file is deleted after its row was written; a machine that dies between the two leaves it.
    """
    if not default_storage.exists(FOLDER):
        return []
    known = set(Proof.objects.exclude(file="").values_list("file", flat=True))
    oldest = (time.time() if now is None else now) - A_DAY
    gone = []
    for name in sorted(default_storage.listdir(FOLDER)[1]):
        path = f"{FOLDER}/{name}"
        if path not in known and default_storage.get_modified_time(path).timestamp() < oldest:
            default_storage.delete(path)
            gone.append(path)
    return gone
