"""Which edition a staff page is about, and where the page stands."""

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import Edition


def visible_edition(request: HttpRequest, code: str) -> Edition:
    """Find an edition that the reader may read: a published one, or a draft of the own agency.

    :raises Http404: none of these
    """
    if not request.user.is_staff:
        raise Http404
    found = Edition.objects.visible_to(request.user).filter(code=code)
    edition = found.select_related("based_on", "made_by").first()
    if edition is None:
        raise Http404
    return edition


def own_edition(request: HttpRequest, code: str) -> Edition:
    """As ``visible_edition``, of the own agency's list alone: its cases speak of that agency's calls.

    :raises Http404: none of these
    """
    edition = visible_edition(request, code)
    if not request.user.is_superuser and edition.owner != request.user.staff_agency:
        raise Http404
    return edition


def page_of(edition: Edition, page: str = "") -> str:
    """The address of an edition's own page, or of one that stands below it."""
    own = reverse("applications:staff_edition", args=[edition.code])
    return f"{own}{page}/" if page else own


def trail(edition: Edition | None = None) -> list[tuple[str, str]]:
    """Where a page stands: below the list of editions, and below the edition's own page."""
    found = [
        (_("Staff"), reverse("applications:staff")),
        (_("Editions of the list"), reverse("applications:staff_editions")),
    ]
    if edition:
        found += [(edition.code, page_of(edition))]
    return found
