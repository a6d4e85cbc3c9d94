"""The sentences of findings: one for every variant, and what would change it.

Sentences are whole, with named gaps, so that each language keeps its own word order.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from applications.rules.findings import (
    ABROAD,
    AGENCY,
    CONDITION,
    MET,
    NOT_MET,
    PROGRAMME,
    REFERENCE,
    RUNNING,
    UNKNOWN,
    Key,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

EXPLANATIONS: Mapping[Key, "_StrPromise"] = MappingProxyType(
    {
        (AGENCY, MET, "LISTED"): _("%(agency)s is on the list."),
        (AGENCY, NOT_MET, "NOT_LISTED"): _("%(agency)s is not on the list."),
        (AGENCY, NOT_MET, "OTHER_FUNDER"): _(
            "The grant comes from a funder that is not on the list."
        ),
        (AGENCY, NOT_MET, "INSTITUTE_NOT_LISTED"): _(
            "This is a grant of the NIH institute %(institute)s (code %(code)s), "
            "and that institute is not on the list."
        ),
        (AGENCY, UNKNOWN, "NO_AGENCY"): _(
            "No funder is given, and the number alone does not tell which it is."
        ),
        (AGENCY, UNKNOWN, "NOT_RECOGNISED"): _("We do not recognise the funder “%(text)s”."),
        (AGENCY, UNKNOWN, "NOT_RECOGNISED_SUGGESTED"): _(
            "We do not recognise the funder “%(text)s”. Similar names on the list: %(suggestions)s."
        ),
        (AGENCY, UNKNOWN, "NIH_WITHOUT_INSTITUTE"): _(
            "NIH takes part institute by institute, and the number does not tell the institute."
        ),
        (AGENCY, UNKNOWN, "INSTITUTE_CODE_NOT_KNOWN"): _(
            "We know no NIH institute with the code %(code)s that stands in the number."
        ),
        (PROGRAMME, MET, "ANY"): _("The list limits this funder to no particular programme."),
        (PROGRAMME, MET, "TARGETED"): _(
            "The programme %(programme)s is one of those that the list names."
        ),
        (PROGRAMME, NOT_MET, "ANOTHER"): _(
            "The list names only these programmes of %(agency)s: %(targeted)s. "
            "The grant is under %(programme)s."
        ),
        (PROGRAMME, UNKNOWN, "NOT_GIVEN"): _(
            "The list names only these programmes of %(agency)s: %(targeted)s. "
            "The programme of the grant is not given."
        ),
        (RUNNING, MET, "RUNNING"): _("The grant is running on the reference date, %(on)s."),
        (RUNNING, NOT_MET, "ENDED"): _(
            "The grant ended on %(ends_on)s, before the reference date, %(on)s."
        ),
        (RUNNING, UNKNOWN, "NO_DATES"): _(
            "The first and the last day of the grant are not given, so we cannot tell "
            "whether it is running on the reference date, %(on)s."
        ),
        (RUNNING, UNKNOWN, "NO_START"): _(
            "The first day of the grant is not given, so we cannot tell "
            "whether it is running on the reference date, %(on)s."
        ),
        (RUNNING, UNKNOWN, "NO_END"): _(
            "The last day of the grant is not given, so we cannot tell "
            "whether it is running on the reference date, %(on)s."
        ),
        (RUNNING, UNKNOWN, "STARTS_LATER"): _(
            "The grant starts on %(starts_on)s, after the reference date, %(on)s. "
            "The published conditions do not say whether such a grant counts."
        ),
        (ABROAD, MET, "ABROAD"): _("The holder works outside Japan."),
        (ABROAD, NOT_MET, "IN_JAPAN"): _("The holder works at an institution in Japan."),
        (ABROAD, UNKNOWN, "NO_COUNTRY"): _("The country where the holder works is not given."),
        (REFERENCE, MET, "FITS_FORMAT"): _("The grant number has a form that this funder uses."),
        (REFERENCE, MET, "NAMES_NO_OTHER"): _(
            "The grant number has an unfamiliar form, but it does not name another funder."
        ),
        (REFERENCE, MET, "NO_FORMAT_KNOWN"): _(
            "We know no form of number for this funder, so the number speaks against nothing."
        ),
        (REFERENCE, MET, "NO_NUMBER"): _(
            "No grant number is given, so none contradicts the funder."
        ),
        (REFERENCE, NOT_MET, "NAMES_ANOTHER"): _(
            "The number %(reference)s does not look like a grant of %(agency)s: "
            "this is a %(other)s grant."
        ),
        (CONDITION, MET, "NO_CONDITION"): _(
            "The list sets no condition for grants of this funder."
        ),
        (CONDITION, MET, "GIVEN"): _("The holder has confirmed the condition that the list sets."),
        (CONDITION, NOT_MET, "DECLINED"): _(
            "The holder has not agreed to the condition %(condition)s that the list sets."
        ),
        (CONDITION, UNKNOWN, "NOT_YET"): _(
            "The holder has not yet confirmed the condition %(condition)s that the list sets."
        ),
        (CONDITION, NOT_MET, "DECLINED_ERC_SCOPE"): _(
            "The holder does not confirm that the collaboration involves research "
            "within the scope of the ERC grant."
        ),
        (CONDITION, UNKNOWN, "NOT_YET_ERC_SCOPE"): _(
            "The holder has still to confirm that the collaboration involves research "
            "within the scope of the ERC grant."
        ),
        (CONDITION, NOT_MET, "DECLINED_WELLCOME_OUTCOMES"): _(
            "The holder does not confirm that the collaboration puts no Wellcome-funded "
            "outcome at risk."
        ),
        (CONDITION, UNKNOWN, "NOT_YET_WELLCOME_OUTCOMES"): _(
            "The holder has still to confirm that the collaboration puts no Wellcome-funded "
            "outcome at risk."
        ),
    }
)

_ANOTHER_GRANT = _(
    "Another grant that the partner holds from a funder on the list would change this."
)
_HOLDER_CONFIRMS = _("This changes when the holder confirms the condition.")
_HOLDER_CHANGES_ANSWER = _(
    "This changes when the holder confirms the condition; otherwise rely on another grant."
)

WOULD_CHANGE: Mapping[Key, "_StrPromise"] = MappingProxyType(
    {
        (AGENCY, NOT_MET, "NOT_LISTED"): _ANOTHER_GRANT,
        (AGENCY, NOT_MET, "OTHER_FUNDER"): _ANOTHER_GRANT,
        (AGENCY, NOT_MET, "INSTITUTE_NOT_LISTED"): _(
            "A grant from an NIH institute on the list, or from another funder on it, "
            "would change this."
        ),
        (AGENCY, UNKNOWN, "NO_AGENCY"): _("Name the funder of the grant."),
        (AGENCY, UNKNOWN, "NOT_RECOGNISED"): _(
            "Choose the funder from the list, or “another funder” if it is not there."
        ),
        (AGENCY, UNKNOWN, "NOT_RECOGNISED_SUGGESTED"): _(
            "Choose one of the similar names, or “another funder” if none is right."
        ),
        (AGENCY, UNKNOWN, "NIH_WITHOUT_INSTITUTE"): _(
            "Give the full number as in the notice of award, such as 5R01AI143730-04, "
            "or choose the institute."
        ),
        (AGENCY, UNKNOWN, "INSTITUTE_CODE_NOT_KNOWN"): _(
            "Check the two letters in the number against the notice of award, "
            "or choose the institute."
        ),
        (PROGRAMME, NOT_MET, "ANOTHER"): _(
            "A grant under one of these programmes would change this: %(targeted)s."
        ),
        (PROGRAMME, UNKNOWN, "NOT_GIVEN"): _("Give the programme of the grant."),
        (RUNNING, NOT_MET, "ENDED"): _(
            "An extension with a last day on or after %(on)s, or another running grant, "
            "would change this."
        ),
        (RUNNING, UNKNOWN, "NO_DATES"): _("Give the first and the last day of the grant."),
        (RUNNING, UNKNOWN, "NO_START"): _("Give the first day of the grant."),
        (RUNNING, UNKNOWN, "NO_END"): _("Give the last day of the grant."),
        (RUNNING, UNKNOWN, "STARTS_LATER"): _(
            "Ask AMED whether a grant that starts later counts, or name a grant that is "
            "running on %(on)s."
        ),
        (ABROAD, NOT_MET, "IN_JAPAN"): _(
            "A grant whose holder works outside Japan would change this."
        ),
        (ABROAD, UNKNOWN, "NO_COUNTRY"): _("Give the country where the holder works."),
        (REFERENCE, NOT_MET, "NAMES_ANOTHER"): _(
            "Correct the number, or choose %(other)s as the funder."
        ),
        (CONDITION, NOT_MET, "DECLINED"): _HOLDER_CHANGES_ANSWER,
        (CONDITION, NOT_MET, "DECLINED_ERC_SCOPE"): _HOLDER_CHANGES_ANSWER,
        (CONDITION, NOT_MET, "DECLINED_WELLCOME_OUTCOMES"): _HOLDER_CHANGES_ANSWER,
        (CONDITION, UNKNOWN, "NOT_YET"): _HOLDER_CONFIRMS,
        (CONDITION, UNKNOWN, "NOT_YET_ERC_SCOPE"): _HOLDER_CONFIRMS,
        (CONDITION, UNKNOWN, "NOT_YET_WELLCOME_OUTCOMES"): _HOLDER_CONFIRMS,
    }
)
