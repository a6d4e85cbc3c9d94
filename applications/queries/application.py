"""Rows of one application in, facts and judgements out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from applications.models import Application, Membership, ReliedGrant, Role
from applications.queries.catalogue import Catalogue, edition_facts, load_catalogue
from applications.rules.eligibility import Assessment, Outcome, Verdict, judge
from applications.rules.facts import Attestation as Answer
from applications.rules.facts import EditionFacts, GrantFacts, ListedRow
from directory.models import Edition

JAPAN = "JP"
# Best first: what a team's strongest grant is.
VERDICTS = (Verdict.FITS, Verdict.FITS_IF, Verdict.CANNOT_TELL, Verdict.DOES_NOT_FIT)


@dataclass(frozen=True, slots=True)
class JudgedGrant:
    """One grant relied on, with its facts, its row of the edition and its verdict."""

    relied: ReliedGrant
    membership: Membership
    facts: GrantFacts
    row: ListedRow | None
    assessment: Assessment

    @property
    def declined_or_open(self) -> bool:
        """Whether a condition of this grant is not attested; a declined one counts as not given."""
        conditions = self.row.conditions if self.row else ()
        return any(self.facts.attestations.get(code) != Answer.GIVEN for code in conditions)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that stands between the team and submitting; ``task`` names the page that mends it."""

    code: str
    task: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything that the team's pages show of one application."""

    application: Application
    members: tuple[Membership, ...]  # current, lead first
    removed: tuple[Membership, ...]
    judged: tuple[JudgedGrant, ...]
    edition: EditionFacts
    catalogue: Catalogue
    missing: tuple[Missing, ...]

    @property
    def lead(self) -> Membership | None:
        return next((one for one in self.members if one.role == Role.LEAD), None)

    @property
    def partners(self) -> tuple[Membership, ...]:
        return tuple(one for one in self.members if one.role == Role.PARTNER)

    @property
    def japan_side(self) -> tuple[Membership, ...]:
        return tuple(one for one in self.members if one.role != Role.PARTNER)

    @property
    def best_verdict(self) -> str:
        return min((one.assessment.verdict for one in self.judged), key=VERDICTS.index, default="")

    def judged_of(self, membership: Membership) -> tuple[JudgedGrant, ...]:
        return tuple(one for one in self.judged if one.membership.pk == membership.pk)


def in_force(application: Application) -> Edition:
    """Return the edition that judges: the one pinned at submission, else the call's."""
    return application.edition or application.call.edition


def workspace(application: Application, edition: Edition | None = None) -> Workspace:
    """Read and judge one application in six statements, however many people and grants.

    By the edition in force for it, or by ``edition``.
    """
    memberships = list(
        Membership.objects.filter(team=application.team_id)
        .select_related("researcher__institution", "researcher__user", "confirmed_by")
        .order_by("pk")
    )
    memberships.sort(key=lambda one: (Role.values.index(one.role), one.pk))
    by_holder = {one.researcher_id: one for one in memberships if one.removed_at is None}
    relied = (
        ReliedGrant.objects.filter(application=application, removed_at__isnull=True)
        .select_related("grant__agency", "grant__programme")
        .prefetch_related(Prefetch("attestations", to_attr="answered"))
        .order_by("pk")
    )
    catalogue = load_catalogue()
    facts = edition_facts(edition or in_force(application))
    judged = judged_grants(application, relied, by_holder, catalogue, facts)
    members = tuple(by_holder.values())
    return Workspace(
        application=application,
        members=members,
        removed=tuple(one for one in memberships if one.removed_at is not None),
        judged=judged,
        edition=facts,
        catalogue=catalogue,
        missing=tuple(_missing(application, members, judged)),
    )


def judged_grants(
    application: Application,
    relied: Iterable[ReliedGrant],
    by_holder: Mapping[int, Membership],
    catalogue: Catalogue,
    edition: EditionFacts,
) -> tuple[JudgedGrant, ...]:
    """Judge the grants that current members hold; all is read already."""
    on = application.reference_day
    countries: dict[int, str] = {}  # of holders: asked once for all grants of one
    judged = []
    for one in relied:
        grant = one.grant
        membership = by_holder.get(grant.holder_id)
        if membership is None:
            continue
        grant.holder = membership.researcher
        if grant.holder_id not in countries:
            countries[grant.holder_id] = membership.researcher.country
        answers = {answer.code: Answer(answer.answer) for answer in one.answered}
        facts = catalogue.stored_grant(grant, countries[grant.holder_id], answers)
        row = edition.rows.get(facts.agency)
        judged.append(JudgedGrant(one, membership, facts, row, judge(facts, edition, on)))
    return tuple(judged)


def _missing(
    application: Application, members: Sequence[Membership], judged: Sequence[JudgedGrant]
) -> list[Missing]:
    """List what product.md section 4 demands of a team before it may submit."""
    found: list[Missing] = []
    call = application.call
    for name in ("title_ja", "title_en", "abstract_en"):
        if not getattr(application, name):
            found.append(Missing(name.upper(), "team_project"))
    lead = next((one for one in members if one.role == Role.LEAD), None)
    if lead is None or lead.researcher.country != JAPAN:
        found.append(Missing("LEAD_IN_JAPAN", "team_japan"))
    if lead is None or not lead.researcher.erad_number:
        found.append(Missing("LEAD_ERAD", "team_japan"))
    partners = [one for one in members if one.role == Role.PARTNER]
    if not partners:
        found.append(Missing("PARTNER", "team_people"))
    elif not any(one.confirmed_at and one.researcher.country != JAPAN for one in partners):
        found.append(Missing("PARTNER_CONFIRMED", "team_people"))
    if not judged:
        found.append(Missing("GRANT", "grants"))
    if any(one.declined_or_open for one in judged):
        found.append(Missing("ATTESTATION", "grants"))
    if application.area_id is None or application.area.call_id != call.pk:
        found.append(Missing("AREA", "answers"))
    if application.years is None or not call.min_years <= application.years <= call.max_years:
        found.append(Missing("YEARS", "answers", {"from": call.min_years, "to": call.max_years}))
    if application.budget_jpy is None:
        found.append(Missing("BUDGET", "answers"))
    elif application.budget_jpy > call.budget_cap_jpy:
        found.append(Missing("BUDGET_CAP", "answers", {"cap": f"{call.budget_cap_jpy:,}"}))
    fits = any(one.assessment.verdict == Verdict.FITS for one in judged)
    if judged and not fits and not application.explanation.strip():
        found.append(Missing("EXPLANATION", "answers"))
    return found


def reasons_text(assessment: Assessment) -> str:
    """Return the findings as ``rule=OUTCOME`` joined by ``;``, as exports hold them."""
    return ";".join(f"{finding.rule}={finding.outcome.value}" for finding in assessment.findings)


def unmet(assessment: Assessment) -> tuple[str, ...]:
    return tuple(one.rule for one in assessment.findings if one.outcome != Outcome.MET)
