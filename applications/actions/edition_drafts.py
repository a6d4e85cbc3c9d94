"""A new edition of the list begins as a draft: a copy of the newest published one, with the reason."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from applications import permissions
from applications.actions.consents import ReasonNeeded
from applications.actions.refusals import NotPermitted
from directory.models import Condition, Edition, NoticeRule, Participation, User

# What a part of an edition does not take along: its key, and what it belongs to.
ITS_OWN = frozenset({"id", "edition_id", "participation_id"})
Link = Participation.programmes.through


class NotTheNewest(Exception):
    """The edition is no longer the newest of its agency's list: a draft of it could not be published."""


class CodeTaken(Exception):
    """Another edition has this code."""


class DatesOutOfOrder(Exception):
    """The new list would be older than ``base``, or its page updated before its own "as of" date."""

    def __init__(self, base: Edition) -> None:
        super().__init__(f"not before {base.as_of.isoformat()}, {base.updated_on.isoformat()}")
        self.base = base


@transaction.atomic
def make_edition(
    *,
    based_on_id: int,
    code: str,
    as_of: date,
    updated_on: date,
    source: str,
    reason: str,
    by: User,
    at: datetime,
) -> Edition:
    """Make a draft that says all that the newest published edition says; return it.

    Rows, targeted programmes, notice rules and conditions are copied, each with a history that
    names ``by``, in as many statements for one row as for all.

    :raises Edition.DoesNotExist: there is no such published edition
    :raises NotPermitted: ``by`` is neither officer nor approver of its agency, nor a superuser
    :raises ReasonNeeded: the reason is empty
    :raises NotTheNewest: a newer edition was published
    :raises DatesOutOfOrder: a date lies before one that it must not lie before
    :raises CodeTaken: the code is taken
    """
    # Publishing locks all editions of the agency: none becomes the newest meanwhile.
    base = Edition.objects.published().select_for_update(no_key=True).get(pk=based_on_id)
    if not permissions.may_draft_edition(by, base.owner):
        raise NotPermitted("make_edition")
    if not reason.strip():
        raise ReasonNeeded
    if Edition.objects.newest(base.owner) != base:
        raise NotTheNewest
    if as_of < base.as_of or updated_on < max(as_of, base.updated_on):
        raise DatesOutOfOrder(base)
    made = Edition(
        code=code,
        owner=base.owner,
        as_of=as_of,
        updated_on=updated_on,
        source=source,
        based_on=base,
        reason=reason,
        made_by=by,
        made_at=at,
    )
    made._history_user, made._history_date = by, at
    _save(made)
    _copy_rows(base, made, by, at)
    return made


def _save(made: Edition) -> None:
    """Store the edition; the unique code decides between two at once.

    :raises CodeTaken: the code is taken
    """
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        if Edition.objects.filter(code=made.code).exists():
            raise CodeTaken from error
        raise


def _copy_rows(base: Edition, made: Edition, by: User, at: datetime) -> None:
    before = list(base.rows.order_by("position"))
    rows = Participation.objects.bulk_create(_copy(one, edition_id=made.pk) for one in before)
    copies = {old.pk: new.pk for old, new in zip(before, rows, strict=True)}
    links = Link.objects.bulk_create(
        Link(participation_id=copies[one.participation_id], programme_id=one.programme_id)
        for one in Link.objects.filter(participation__edition=base).order_by("pk")
    )
    noted = {"default_user": by, "default_date": at}
    histories = Participation.history.bulk_history_create(rows, **noted)
    _note_links(links, {one.id: one for one in histories})
    for model in (NoticeRule, Condition):
        parts = model.objects.filter(participation__edition=base).order_by("pk")
        new = model.objects.bulk_create(
            _copy(one, participation_id=copies[one.participation_id]) for one in parts
        )
        model.history.bulk_history_create(new, **noted)


def _copy(old: Participation | NoticeRule | Condition, **belongs_to: int):
    kept = {
        field.attname: getattr(old, field.attname)
        for field in old._meta.concrete_fields
        if field.attname not in ITS_OWN
    }
    return type(old)(**kept, **belongs_to)


def _note_links(links: list, histories: dict) -> None:
    """Add the programmes to the rows' histories, which many rows at once are written without."""
    noted = Participation.history.model.programmes.model
    noted.objects.bulk_create(
        noted(
            history=histories[one.participation_id],
            **{field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields},
        )
        for one in links
    )
