"""The words for how a golden case stands to an edition."""

from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

STANDINGS = MappingProxyType(
    {
        "PASSES": _("Answered as agreed"),
        "FAILS": _("Answered otherwise"),
        "SUPERSEDED": _("Superseded"),
    }
)


def standing_label(standing: str) -> str:
    """Name how a golden case stands to an edition."""
    return str(STANDINGS[standing])
