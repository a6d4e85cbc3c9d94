"""Taking away what has been kept as long as its kind may be; what was done, and when, stays."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction

from applications.actions.claiming import lock, record
from applications.actions.drafting import searched_in
from applications.actions.emptying import empty_entry, erase_files
from applications.actions.mentions import take_out_of_the_logs
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
from applications.outbox import OUT_OF_DATE
from applications.queries.retention import OF_APPLICATIONS, TEXTS, applications_over, over
from applications.workflow import Act, Status, next_status
from directory.append_only import MARK
from directory.models import Researcher

logger = logging.getLogger(__name__)
FOLDER = "proofs"
A_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Emptied:
    """What a run took away, by kind, and what it could not: tables and numbers."""

    rows: dict[str, list[str]]
    failed: list[str]


def apply_retention(*, periods: Mapping[str, int | None], at: datetime) -> Emptied:
    """Empty everything that ``over`` lists, kind by kind, each application in a transaction of its own.

    An application that cannot be emptied keeps no other from it: it is logged, and named in
    ``failed``. Running it again finds those alone.
    """
    done = Emptied({}, [])
    for one in over(periods, at):
        if one.kind in OF_APPLICATIONS:
            done.rows[one.kind] = []
            for pk in list(one.rows.order_by("pk").values_list("pk", flat=True)):
                row = f"Application {pk}"
                try:
                    if _empty_application(pk, one.kind, periods, at):
                        done.rows[one.kind].append(row)
                except Exception:
                    logger.exception("%s could not be emptied", row)
                    done.failed.append(row)
            continue
        done.rows[one.kind] = one.named()
        if one.kind == "mail_texts":
            # What a person might have sent again is past its time: now it never leaves.
            one.rows.filter(state__in=KEEPS_LINK).update(
                state=MessageState.DISCARDED, reason=OUT_OF_DATE, secret=""
            )
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
def _empty_application(pk: int, kind: str, periods: Mapping[str, int | None], at: datetime) -> bool:
    """Take away the people, texts, files and mails of an application; its row, acts and seals stay.

    Returns whether it was: an act since it was listed may have made it, or another application of
    its team, go on.
    """
    application = _lock_with_its_team(pk)
    if not applications_over(kind, periods, at).filter(pk=pk).exists():
        return False
    known: set[str] = set()
    for entry in Researcher.objects.filter(membership__team=application.team_id).order_by("pk"):
        known |= empty_entry(entry, entry.user, at)
    take_out_of_the_logs(known)
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
    return True


def _lock_with_its_team(pk: int) -> Application:
    """Lock every application of the team, in one order: whoever reopens one of them waits."""
    team = Application.objects.values("team").filter(pk=pk)
    others = Application.objects.filter(team__in=team).order_by("pk").values_list("pk", flat=True)
    return {one: lock(one) for one in others}[pk]


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
