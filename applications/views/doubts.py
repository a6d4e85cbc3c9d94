"""What deserves a second look before a grant is saved: said once, and never in the way."""

from django.utils.translation import gettext as _

from applications import wording
from applications.forms.grants import GrantForm
from applications.models import Membership
from applications.queries.addresses import trusted_addresses
from applications.queries.application import Workspace
from applications.queries.fingerprints import fingerprint
from applications.rules.cautions import Code
from applications.rules.eligibility import judge
from applications.rules.findings import AGENCY, MET, PROGRAMME, REFERENCE
from directory import addresses
from directory.identifiers import doubt_in_words

# What is worth a second look before it is saved; the other warnings stand on the match page.
WORTH_A_LOOK = frozenset({Code.UNFAMILIAR_NUMBER, Code.CFREF_TO_INSTITUTIONS})
PROPOSED = "PROPOSED-"
ASKED_BACK = frozenset({AGENCY, PROGRAMME, REFERENCE})


def doubts_about(
    form: GrantForm, space: Workspace, member: Membership
) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return what deserves a second look, as (code, sentence), and what we propose to fill in."""
    slug, typed = form.agency_slug, form.cleaned_data["reference"]
    doubts: list[tuple[str, str]] = []
    changes: dict[str, str] = {}
    proposed = "" if slug else space.catalogue.suggest(typed)
    if proposed:
        entry = space.catalogue.agencies[proposed]
        changes["funder"] = proposed
        sentence = _(
            "The number looks like a grant of %(agency)s. We have chosen this funder for you: "
            "look at it once more, then save."
        )
        doubts.append((f"{PROPOSED}{proposed}", sentence % {"agency": entry.acronym}))
    facts = space.catalogue.typed_grant(
        agency=slug or proposed,
        agency_other=form.cleaned_data["agency_other"],
        reference=typed,
        programme=form.programme_text,
        starts_on=form.cleaned_data["starts_on"],
        ends_on=form.cleaned_data["ends_on"],
        country=member.researcher.country,
    )
    assessment = judge(facts, space.edition, space.application.reference_day)
    for finding in assessment.findings:
        if finding.rule in ASKED_BACK and finding.outcome != MET:
            sentence = f"{wording.explain(finding)} {wording.would_change(finding)}".strip()
            doubts.append((f"{finding.rule}-{finding.reason}", sentence))
    doubts += [
        (str(one.code), wording.caution_sentence(one))
        for one in assessment.cautions
        if one.code in WORTH_A_LOOK
    ]
    return doubts + _doubts_about_contact(form, space, member), changes


def _doubts_about_contact(
    form: GrantForm, space: Workspace, member: Membership
) -> list[tuple[str, str]]:
    """Return what looks like a slip in the address at the funder; another address is asked about anew."""
    email = form.cleaned_data.get("contact_email") or ""
    known = trusted_addresses(space.application, besides=member) if email else ()
    mark = fingerprint({"email": email})[:12]
    return [
        (f"CONTACT-{one.code}-{mark}", doubt_in_words(email, one))
        for one in addresses.doubts(email, known=known)
    ]
