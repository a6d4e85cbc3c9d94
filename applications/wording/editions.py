"""The words for what speaks against itself in an edition, and for how a golden case stands."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

# Whole sentences for each kind; gaps: both rows by acronym, and what the kind knows besides.
CONTRADICTIONS = MappingProxyType(
    {
        "SAME_AGENCY": _("%(first)s has two rows. Keep one of them."),
        "SAME_PLACE": _(
            "The rows of %(first)s and %(second)s have the same place (%(place)s). Move one of them."
        ),
        "PARENT_AND_INSTITUTE": _(
            "%(first)s is listed as a whole, and its institute %(second)s by itself. Keep either the "
            "whole or its institutes."
        ),
        "TWO_ADDRESSES": _(
            "The rows of %(first)s and %(second)s tell the same body (%(body)s) at two addresses: "
            "%(first_address)s and %(second_address)s. Publish one."
        ),
        "ASKED_AND_NOT_NEEDED": _(
            "Of the rows of %(first)s and %(second)s, one asks to tell %(body)s and the other says "
            "that nobody need. Correct one of them."
        ),
        "QUESTIONS_AND_NOTICES": _(
            "%(address)s takes notices in one of the rows of %(first)s and %(second)s, and questions "
            "alone in the other. Correct one of them."
        ),
        "SHARED_NAME": _(
            "%(first)s and %(second)s are both called “%(name)s”: nobody could tell which is meant. "
            "Take the name off one of the funders."
        ),
        "SHARED_FORMAT": _(
            "A number such as %(example)s would tell both %(first)s and %(second)s. Narrow the number "
            "format of one of the funders."
        ),
        "CONDITION_OF_ANOTHER": _(
            "The row of %(first)s asks a condition (%(condition)s) that is worded for another funder "
            "(%(agency)s). Take it off."
        ),
        "PROGRAMME_OF_ANOTHER": _(
            "The row of %(first)s targets a programme of another funder (%(programme)s). Take it off."
        ),
    }
)


def contradiction(code: str, first: str, second: str, params: Mapping[str, str]) -> str:
    """Say in a sentence or two which rows cannot both hold, and what would mend it."""
    # What the two rows say stands under the names of the rows themselves.
    said = {f"{name}_address" if name in ("first", "second") else name: value
            for name, value in params.items()}  # fmt: skip
    return str(CONTRADICTIONS[code]) % {**said, "first": first, "second": second}


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
