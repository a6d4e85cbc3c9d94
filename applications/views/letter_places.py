"""Which words of letters a staff page is about: whose calls', on what occasion, to which body."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.models import LetterTemplate
from applications.queries.letter_templates import bodies_for, owners_of, versions_of
from applications.workflow import LetterOccasion
from directory import formatting
from directory.models import Agency, OwningAgency

EVERY_BODY = "all"  # in the address, where the words are for every body


@dataclass(frozen=True, slots=True)
class Place:
    """Which words are meant: whose calls', on what occasion, to which body (``None``: every one)."""

    owner: OwningAgency
    occasion: LetterOccasion
    body: Agency | None

    @property
    def args(self) -> list[str]:
        return [slug(self.owner), slug(self.occasion), self.body.slug if self.body else EVERY_BODY]

    def at(self, page: str = "") -> str:
        return reverse(f"applications:staff_letter{page}", args=self.args)

    @property
    def title(self) -> str:
        if self.body is None:
            return str(self.occasion.label)
        return _("%(occasion)s (letters to %(body)s)") % {
            "occasion": self.occasion.label,
            "body": self.body.acronym,
        }

    @property
    def key(self) -> dict[str, Any]:
        return {"owner": self.owner.value, "occasion": self.occasion.value, "body": self.body}


def slug(code: str) -> str:
    """Return a code as it stands in an address: ``early-declaration``."""
    return str(code).lower().replace("_", "-")


def place_of(request: HttpRequest, owner: str, occasion: str, body: str) -> Place:
    """Find the words meant by an address, among those the reader may see.

    :raises Http404: the other agency's, or none that there could be
    """
    if not request.user.is_staff:
        raise Http404
    whose = next((one for one in owners_of(request.user) if slug(one) == owner), None)
    what = next((one for one in LetterOccasion if slug(one) == occasion), None)
    if whose is None or what is None:
        raise Http404
    told = None
    if body != EVERY_BODY:
        told = Agency.objects.filter(slug=body).first()
        # A body that a newer list no longer names keeps the words once made for it.
        known = told and (
            bodies_for(what).filter(pk=told.pk).exists() or versions_of(whose, what, told).exists()
        )
        if not known:
            raise Http404
    return Place(whose, what, told)


def trail(place: Place | None = None) -> list[tuple[str, str]]:
    """Where a page stands: below the staff pages, and below the words meant."""
    found = [(_("Staff"), reverse("applications:staff"))]
    if place:
        found += [(_("Words of letters"), reverse("applications:staff_letters"))]
        found += [(place.title, place.at())]
    return found


def made_at(template: LetterTemplate | None) -> str:
    """When a version was made, in Japan; "" for the shipped words."""
    if template is None:
        return ""
    return formatting.moment(template.made_at, formatting.JAPAN, get_language())
