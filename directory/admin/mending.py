"""What has to change in a form of the admin, said at its field and with a way out.

A constraint of the database would name itself and no field. Django asks none of those that read a
field with an error; one that reads a column which is not in the form is never asked, and ends in a
page that failed.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from directory.models import Agency, Edition, RecipientKind, Strength, Trigger

Slips = Iterator[tuple[str, str]]
ASKED = (Strength.REQUESTED, Strength.ENCOURAGED)
OCCASIONS = (Trigger.UPON_APPLICATION, Trigger.ON_COLLABORATION)
ADDRESS_OF_A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class SaysHowToMend:
    """Adds to a form: each of its ``slips``, a field and a sentence, where the field has none yet."""

    def slips(self, given: dict[str, Any]) -> Iterable[tuple[str, str]]:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for field, words in list(self.slips(given)):
            if field in self.fields and not self.has_error(field):
                self.add_error(field, words)
        return given


def slips_of_an_agency(given: dict[str, Any], stored: Agency) -> Slips:
    code = given.get("institute_code")
    if given.get("slug") == "history":
        yield "slug", _("A page of the list has this address: choose another.")
    if code and not given.get("parent"):
        words = _("An institute's code goes with its parent: choose NIH, or leave the code empty.")
        yield "parent", words
    others = Agency.objects.filter(institute_code=code).exclude(pk=stored.pk)
    if code and (twin := others.first()):
        words = _("%(agency)s has this code already: check both, and leave one empty.")
        yield "institute_code", words % {"agency": twin}


def slips_of_an_edition(given: dict[str, Any], stored: Edition) -> Slips:
    as_of, updated_on = given.get("as_of"), given.get("updated_on")
    if ADDRESS_OF_A_DAY.fullmatch(given.get("code") or ""):
        words = _(
            "A code that is a date would mean the list of that day: put the agency before it."
        )
        yield "code", words
    if as_of and updated_on and updated_on < as_of:
        words = _(
            "The page was updated on the day that the list is “as of”, or later: correct one of them."
        )
        yield "updated_on", words
    if stored.based_on_id and not given.get("reason"):
        yield "reason", _("A list that is made from another says why: write the reason.")


def slips_of_a_call(given: dict[str, Any]) -> Slips:
    opens_at, closes_at = given.get("opens_at"), given.get("closes_at")
    fewest, most = given.get("min_years"), given.get("max_years")
    if opens_at and closes_at and closes_at <= opens_at:
        yield "closes_at", _("A call closes after it opens: put a later moment here.")
    if fewest is not None and fewest < 1:
        yield "min_years", _("A project takes one year at least: write 1 or more.")
    elif fewest is not None and most is not None and most < fewest:
        yield "max_years", _("The most years are fewer than the fewest: correct one of the two.")


def slips_of_a_row(given: dict[str, Any]) -> Slips:
    en, ja = given.get("to_confirm_en"), given.get("to_confirm_ja")
    if bool(en) != bool(ja):
        words = _("What is to be confirmed is said in both languages: write it here, too.")
        yield ("to_confirm_ja" if en else "to_confirm_en"), words


def slips_of_a_rule(given: dict[str, Any]) -> Slips:
    """What a rule lacks, or says beside what it states; its body was filled in before."""
    strength, recipient = given.get("strength"), given.get("recipient")
    labels = {
        "none": Strength.NONE_STATED.label,
        "address": RecipientKind.ADDRESS.label,
        "first": Trigger.UPON_APPLICATION.label,
        "second": Trigger.ON_COLLABORATION.label,
    }
    if strength == Strength.NONE_STATED:
        words = (
            _("With “%(none)s” this stays empty: empty it, or choose another strength.") % labels
        )
        yield from ((one, words) for one in ("trigger", "recipient") if given.get(one))
    if strength in ASKED and not recipient:
        yield "recipient", _("Who asks says whom to tell: choose a recipient.")
    if strength in ASKED and given.get("trigger") not in OCCASIONS:
        yield "trigger", _("Who asks says when: choose “%(first)s” or “%(second)s”.") % labels
    if recipient == RecipientKind.ADDRESS and not given.get("address"):
        yield "address", _("Write the address, or choose another recipient.")
    if recipient != RecipientKind.ADDRESS and given.get("address"):
        words = _("Choose “%(address)s” as the recipient, or leave this empty.") % labels
        yield "address", words
    if recipient and not given.get("body"):
        yield "body", _("Choose whom the notice goes to.")
    if not recipient and given.get("body"):
        yield "body", _("Choose a recipient, too, or leave this empty.")
