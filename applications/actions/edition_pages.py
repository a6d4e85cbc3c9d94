"""The wording of the agency's page, kept with an edition as what was published on a day."""

from datetime import date, datetime

from django.db import IntegrityError

from applications import permissions
from applications.actions.refusals import NotPermitted
from directory.models import Edition, PublishedPage, User
from directory.wordings import keep_page, read_against


class UnreadableRows(Exception):
    """Rows of the page cannot be read; ``names`` says which. A page is kept whole or not at all."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class AlreadyKept(Exception):
    """This very page is kept with the edition already, as seen on that day."""


def keep_published_page(
    *, edition_id: int, raw: bytes, seen_on: date, by: User, at: datetime
) -> PublishedPage:
    """Keep the wording of a page with an edition, published or not: it is no part of the edition.

    :raises NotPermitted: ``by`` is neither officer nor approver of the edition's agency
    :raises Unreadable: the page cannot be read as a published list
    :raises UnreadableRows: rows of it cannot be read
    :raises AlreadyKept: see there
    """
    edition = Edition.objects.visible_to(by).get(pk=edition_id)
    if not permissions.may_draft_edition(by, edition.owner):
        raise NotPermitted("keep_published_page")
    page, compared = read_against(raw, edition)
    if page.unreadable:
        raise UnreadableRows(page.unreadable)
    try:
        return keep_page(edition, raw, page, compared.matched, seen_on=seen_on, by=by, at=at)
    except IntegrityError as error:
        raise AlreadyKept from error
