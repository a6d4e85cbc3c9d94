"""Twin worlds: the same application at AMED and at JST, every text of it marked with its agency."""

from dataclasses import dataclass
from datetime import date, timedelta

from applications import models
from directory.models import (
    CallChange,
    Erasure,
    PublishedNote,
    PublishedPage,
    StaffRoleChange,
    User,
    search_key,
)
from tests.applications.factories import (
    CREATED_AT,
    SUBMITTED_AT,
    ApplicationFactory,
    EventFactory,
    MembershipFactory,
    NoticeFactory,
    ProofFactory,
    ReliedGrantFactory,
)
from tests.directory.factories import (
    AgencyFactory,
    CallFactory,
    EditionFactory,
    GrantFactory,
    InstitutionFactory,
    ResearcherFactory,
    UserFactory,
)

CANARIES = {"AMED": "kanaria", "JST": "hibari"}


@dataclass(frozen=True)
class World:
    """One agency's side; ``canary`` stands in every text of it, and in no other."""

    owner: str
    canary: str
    staff: object
    call: object
    application: models.Application
    lead: models.Membership
    partner: models.Membership
    relied: models.ReliedGrant
    notice: models.Notice
    event: models.Event
    proof: models.Proof
    message: models.Message
    invitation: models.Invitation


def world(owner: str, role: str = "OFFICER", number: int = 0) -> World:
    canary = CANARIES[owner]
    mark = f"{canary}{number or ''}"
    call = CallFactory(
        code=f"{mark}-call",
        owner=owner,
        title_en=f"{canary} call",
        title_ja=f"{canary} 公募",
        edition=EditionFactory(code=f"{mark}-draft-list", owner=owner, published_at=None),
    )
    application = ApplicationFactory(
        call=call,
        submitted=True,
        title_en=f"{canary} maps",
        title_ja=f"{canary} 地図",
        explanation=f"{canary} explains",
        search_text=search_key(f"{canary} maps"),
    )
    lead = MembershipFactory(
        lead=True,
        team=application.team,
        researcher__name=f"山田 {canary}",
        researcher__email=f"lead@{canary}.example",
        researcher__institution=InstitutionFactory(country="JP", name=f"{mark} 大学"),
    )
    partner = MembershipFactory(
        team=application.team,
        researcher=ResearcherFactory(
            name=f"Kari {canary}",
            family_latin=f"{canary}sen",
            email=f"kari@{canary}.example",
            institution=InstitutionFactory(country="NO", name=f"Universitetet {mark}"),
        ),
    )
    rcn = AgencyFactory(slug="rcn", acronym="RCN")
    grant = GrantFactory(
        holder=partner.researcher, agency=rcn, reference=f"{canary}-1", title=f"{canary} grant"
    )
    relied = ReliedGrantFactory(
        application=application,
        grant=grant,
        verdict="FITS_IF",
        reasons="agency_takes_part=MET;condition_attested=UNKNOWN",
        cautions="UNFAMILIAR_NUMBER;SHORT_TIME_LEFT",
    )
    proof = ProofFactory(application=application, name=f"{canary}.pdf")
    notice = NoticeFactory(
        application=application,
        holder=partner,
        agency=rcn,
        state="RECORDED",
        channel="EMAIL",
        done_on=date(2026, 5, 21),
        done_to=f"{canary} officer",
        done_by=UserFactory(name=f"Recorder {canary}"),
        due_on=date(2026, 5, 20),
        proof=proof,
    )
    event = EventFactory(
        application=application,
        act="SUBMIT",
        from_state="DRAFT",
        to_state="SUBMITTED",
        by_system=False,
        membership=partner,
        at=SUBMITTED_AT,
        reason=f"{canary} reason",
    )
    message = models.Message.objects.create(
        dedupe_key=f"receipt:{mark}",
        kind="RECEIPT",
        application=application,
        recipient=f"lead@{canary}.example",
        subject=f"{canary} receipt",
        text=f"{canary} text",
        created_at=CREATED_AT,
        available_at=CREATED_AT,
    )
    invitation = models.Invitation.objects.create(
        membership=partner,
        application=application,
        email=f"kari@{canary}.example",
        language="en",
        token_digest=f"{mark}-digest",
        message=message,
        created_at=CREATED_AT,
        created_by=UserFactory(name=f"Inviter {canary}"),
        expires_at=SUBMITTED_AT,
    )
    staff = UserFactory(staff_agency=owner, staff_role=role)
    return World(
        owner,
        canary,
        staff,
        call,
        application,
        lead,
        partner,
        relied,
        notice,
        event,
        proof,
        message,
        invitation,
    )


def with_all_rows(one: World, number: int = 0) -> World:
    """The same world with what staff add to it: a version, a note, a letter, uses, a role, an erasure."""
    mark, by = f"{one.canary}{number or ''}", UserFactory(name=f"Colleague {one.canary}")
    letter = {"subject": f"{mark} letter", "text": f"{mark} text", "drafted_at": SUBMITTED_AT}
    models.Version.objects.create(
        application=one.application,
        number=1,
        content={"project": mark},
        sha256=mark,
        web_clock=SUBMITTED_AT,
        database_clock=SUBMITTED_AT,
        by=by,
    )
    models.InternalNote.objects.create(
        application=one.application, by=by, at=SUBMITTED_AT, text=f"{mark} note"
    )
    models.TeamLetter.objects.create(
        application=one.application, act="ACCEPT", language="en", drafted_by=by, **letter
    )
    models.DataUse.objects.create(
        kind="EXPORT", by=one.staff, agency=one.owner, at=SUBMITTED_AT, name=f"{mark}.csv"
    )
    StaffRoleChange.objects.create(
        user=one.staff,
        by=by,
        agency=one.owner,
        role_after="OFFICER",
        reason=f"{mark} begins",
        at=SUBMITTED_AT,
    )
    _of_the_list(one, mark, by)
    Erasure.objects.create(
        subject=f"Researcher {mark}", pseudonym=mark, by=one.staff, at=SUBMITTED_AT, reason=mark
    )
    return one


def _of_the_list(one: World, mark: str, by: User) -> None:
    """What staff keep about the draft under which the call stands, and a change of the call."""
    call, edition, rcn = one.call, one.call.edition, AgencyFactory(slug="rcn", acronym="RCN")
    page = PublishedPage.objects.create(
        edition=edition,
        seen_on=SUBMITTED_AT.date(),
        sha256=f"{mark} page",
        rows=1,
        loaded_by=by,
        loaded_at=SUBMITTED_AT,
    )
    PublishedNote.objects.create(
        page=page,
        position=1,
        agency=rcn,
        name=f"{mark} council",
        participation=f"{mark} type",
        note=f"{mark} note",
        fingerprint=mark,
    )
    models.GoldenCase.objects.create(
        edition=edition,
        agency=rcn,
        reference=f"{mark}-1",
        on=SUBMITTED_AT.date(),
        expected_verdict="FITS",
        why=f"{mark} says so",
        stated_by=by,
        stated_at=SUBMITTED_AT,
    )
    models.EffectPreview.objects.create(
        edition=edition, by=by, started_at=SUBMITTED_AT, fingerprint=mark, found={"word": mark}
    )
    models.Publication.objects.create(
        edition=edition, by=by, at=SUBMITTED_AT, reason=f"{mark} is read", fingerprint=mark
    )
    CallChange.objects.create(
        call=call,
        at=SUBMITTED_AT,
        by=by,
        reason_en=f"{mark} storm",
        reason_ja=f"{mark} 台風",
        opens_before=call.opens_at,
        opens_after=call.opens_at,
        closes_before=call.closes_at,
        closes_after=call.closes_at + timedelta(days=7),
        edition_before=edition,
        edition_after=edition,
    )
