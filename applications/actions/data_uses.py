"""Recording what staff read of people, and what they take out: before they have it."""

from collections.abc import Sequence
from datetime import datetime, time
from urllib.parse import urlencode

from applications.actions.consents import ReasonNeeded
from applications.actions.refusals import NotPermitted
from applications.models import Application, DataUse, DataUseKind
from directory.models import JAPAN_TIME, User


def agency_of(by: User) -> str:
    """Return whose staff somebody reads as: a superuser reads as one, of whatever agency they are too."""
    return "" if by.is_superuser else by.staff_agency


def record_export(
    *,
    name: str,
    filters: str,
    columns: Sequence[str],
    personal: bool,
    rows: int,
    reason: str,
    by: User,
    at: datetime,
) -> DataUse:
    """Record a file that ``by`` is about to be given. Called before its first byte is written.

    ``columns`` are their codes; ``personal`` says that one of them names people.

    :raises NotPermitted: ``by`` is not staff
    :raises ReasonNeeded: there are personal columns, and no reason
    """
    if not by.is_staff:
        raise NotPermitted(DataUseKind.EXPORT)
    if personal and not reason.strip():
        raise ReasonNeeded
    return DataUse.objects.create(
        kind=DataUseKind.EXPORT,
        by=by,
        agency=agency_of(by),
        at=at,
        name=name,
        filters=filters,
        columns=";".join(columns),
        personal=personal,
        rows=rows,
        reason=reason.strip(),
    )


def record_rows_written(*, use: DataUse, rows: int, by: User, at: datetime) -> None:
    """Record how many rows the file of ``use`` came out with, where it is not the number said before.

    Rows may change, or the line may break, while a file leaves. The first record cannot be changed,
    so a second one points at it by its number; it has no columns, and is no export of its own.

    :raises NotPermitted: ``use`` is not of ``by``
    """
    if use.by != by:
        raise NotPermitted(DataUseKind.EXPORT)
    if rows == use.rows:
        return
    DataUse.objects.create(
        kind=DataUseKind.EXPORT,
        by=by,
        agency=use.agency,
        at=at,
        name=use.name,
        filters=urlencode({DataUse.CORRECTS: use.pk}),
        rows=rows,
    )


def record_reading(
    *,
    name: str,
    by: User,
    at: datetime,
    application: Application | None = None,
    filters: str = "",
    rows: int | None = None,
) -> None:
    """Record that ``by`` opened a page about people: once for each person, page and day in Japan.

    Reloading a page tells nobody anything new. The page is ``name``, ``application`` and
    ``filters`` together, so that whoever leafs through a list is counted page by page. Two
    requests at the same moment may leave two rows, which is no harm.

    :raises NotPermitted: ``by`` is not staff
    """
    if not by.is_staff:
        raise NotPermitted(DataUseKind.READ)
    midnight = datetime.combine(at.astimezone(JAPAN_TIME).date(), time(), JAPAN_TIME)
    page = {
        "kind": DataUseKind.READ,
        "by": by,
        "name": name,
        "application": application,
        "filters": filters,
    }
    if DataUse.objects.filter(**page, at__gte=midnight).exists():
        return
    DataUse.objects.create(**page, agency=agency_of(by), at=at, personal=True, rows=rows)
