"""The words for verdicts, outcomes, rules, warnings and the strength of a notice."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from applications.rules.cautions import Code
from applications.rules.facts import Strength, Trigger
from applications.rules.findings import (
    ABROAD,
    AGENCY,
    CONDITION,
    PROGRAMME,
    REFERENCE,
    RUNNING,
    Outcome,
    Verdict,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words = Mapping[str, "_StrPromise"]

# Never "eligible" or "approved": AMED decides (ux.md section 5).
VERDICTS: Words = MappingProxyType(
    {
        Verdict.FITS: _("Fits the published conditions"),
        Verdict.FITS_IF: _("Fits if the condition is confirmed"),
        Verdict.CANNOT_TELL: _("We cannot tell yet"),
        Verdict.DOES_NOT_FIT: _("Does not fit the published conditions"),
    }
)

VERDICT_SENTENCES: Words = MappingProxyType(
    {
        Verdict.FITS: _("Fits the published conditions as of %(as_of)s. AMED decides."),
        Verdict.FITS_IF: _(
            "Fits the published conditions as of %(as_of)s if the holder confirms "
            "the condition. AMED decides."
        ),
        Verdict.CANNOT_TELL: _(
            "We cannot tell yet whether this fits the published conditions as of %(as_of)s: "
            "something is missing or left open. AMED decides."
        ),
        Verdict.DOES_NOT_FIT: _(
            "Does not fit the published conditions as of %(as_of)s. AMED decides."
        ),
    }
)

OUTCOMES: Words = MappingProxyType(
    {
        Outcome.MET: _("Met"),
        Outcome.NOT_MET: _("Not met"),
        Outcome.UNKNOWN: _("Cannot tell"),
    }
)

RULES: Words = MappingProxyType(
    {
        AGENCY: _("The funder takes part"),
        PROGRAMME: _("The programme is one that counts"),
        RUNNING: _("The grant is running"),
        ABROAD: _("The holder works outside Japan"),
        REFERENCE: _("The number agrees with the funder"),
        CONDITION: _("The condition is confirmed"),
    }
)

CAUTIONS: Words = MappingProxyType(
    {
        Code.UNFAMILIAR_NUMBER: _(
            "The number %(reference)s has a form that we do not know for %(agency)s. "
            "Funders change their forms; please check it once more."
        ),
        Code.SHORT_TIME_LEFT: _(
            "Little time is left: the grant ends on %(ends_on)s "
            "(days after the reference date: %(days)s)."
        ),
        Code.COUNTRY_DIFFERS: _(
            "The holder works in another country than that of %(agency)s. "
            "The list does not say whether this matters."
        ),
        Code.CFREF_TO_INSTITUTIONS: _(
            "CFREF is awarded to institutions. Ask AMED whether a researcher's part in it counts."
        ),
        Code.NIH_FOREIGN_COMPONENT: _(
            "Work abroad under an NIH grant (a “foreign component”) may need prior approval. "
            "Ask your institution, which would request it."
        ),
        Code.ADDED_AFTER_CALL_CLOSED: _(
            "%(agency)s was added to the list on %(added_on)s, after the reference date. "
            "Ask AMED whether it counts for this call."
        ),
        Code.IN_ANOTHER_TEAM: _("The same grant is named by another team."),
    }
)

STRENGTHS: Words = MappingProxyType(
    {
        Strength.REQUESTED: _("Your funder asks you to give notice"),
        Strength.ENCOURAGED: _("Your funder encourages you to give notice"),
        Strength.ENQUIRY: _("No notice is asked; questions are answered"),
        Strength.NOT_NEEDED: _("No contact is needed"),
        Strength.NONE_STATED: _("The list asks nothing"),
    }
)

# What the list asks of one holder; silence is told apart from "not needed".
ASKED: Words = MappingProxyType(
    {
        Strength.REQUESTED: _("The list asks holders of %(agency)s grants to tell %(body)s."),
        Strength.ENCOURAGED: _(
            "The list encourages holders of %(agency)s grants to tell the programme officer "
            "of the grant."
        ),
        Strength.ENQUIRY: _(
            "The list asks no notice for %(agency)s; it names where to turn with questions."
        ),
        Strength.NOT_NEEDED: _(
            "According to the list, no contact is needed for %(agency)s grants."
        ),
        Strength.NONE_STATED: _(
            "The list asks nothing for %(agency)s; your grant's own terms may."
        ),
    }
)

TRIGGERS: Words = MappingProxyType(
    {
        Trigger.UPON_APPLICATION: _("When the application is submitted"),
        Trigger.ON_COLLABORATION: _("When the application is adopted; earlier is possible"),
        Trigger.ANY_TIME: _("At any time"),
        Trigger.NONE: _("No moment is stated"),
    }
)
