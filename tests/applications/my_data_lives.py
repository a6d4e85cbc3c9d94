"""Two people in one team, every text about each marked with a word of their own."""

from datetime import UTC, date, datetime, timedelta

from allauth.account.models import EmailAddress

from applications import models
from applications.models.evidence import Version, VersionPerson
from applications.models.invitation import token_digest
from directory.models import ErasureRequest, Institution, StaffRoleChange
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
    GrantFactory,
    ProgrammeFactory,
    ResearcherFactory,
    UserFactory,
)

MINE, THEIRS = "kanaria", "hibari"
NOW = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def account(mark, **fields):
    user = UserFactory(email=f"{mark}@example.org", name=f"{mark} account", **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def life(user, mark, application, other, number=0):
    """Enter ``user`` in the application's team; ``other`` does what others do. Returns the rows."""
    word = f"{mark}{number or ''}"
    researcher = ResearcherFactory(
        user=user, name=f"{word} name", family_latin=f"{word}sen", given_latin=f"{word} given",
        reading=f"{word} reading", email=user.email, orcid="0000-0002-1825-0097",
        erad_number="87654321", department=f"{word} department", position=f"{word} position",
        institution=Institution.objects.create(
            country="NO", name=f"{word} universitet", name_latin=f"{word} university", ror="012345678"
        ),
    )  # fmt: skip
    member = MembershipFactory(
        team=application.team, researcher=researcher, confirmed_how="ON_BEHALF",
        confirmed_reason=f"{word} said so", confirmed_by=other, removed_at=SUBMITTED_AT + DAY,
        removed_reason=f"{word} left", reminders_off_at=CREATED_AT,
    )  # fmt: skip
    agency = AgencyFactory(slug=f"{word}-fund")
    grant = GrantFactory(
        holder=researcher, agency=agency, programme=ProgrammeFactory(agency=agency, code=f"{word}p"),
        agency_other="", programme_other=f"{word} scheme", reference=f"{word}-1", title=f"{word} study",
        role=f"{word} role", amount="1234.50", currency="NOK",
        contact_name=f"{word} officer", contact_email=f"officer@{word}.example",
    )  # fmt: skip
    relied = ReliedGrantFactory(
        application=application, grant=grant, verdict="FITS_IF", reasons=f"{word}=MET",
        cautions=f"{word.upper()}", removed_at=SUBMITTED_AT,
    )  # fmt: skip
    # The other uploads the copy, and its name is the other's word.
    proof = ProofFactory(
        application=application,
        uploaded_by=other,
        name=f"{other.name}.pdf",
        sha256=token_digest(word),
    )
    attestation = models.Attestation.objects.create(
        relied=relied, code="ERC_SCOPE", answer="GIVEN", at=SUBMITTED_AT, by=other,
        on_behalf=True, reason=f"{word} attested", proof=proof,
    )  # fmt: skip
    notice = NoticeFactory(
        application=application, holder=member, agency=agency, grant=grant, state="RECORDED",
        due_on=date(2026, 5, 2), recipient_name=f"{word} recipient",
        recipient_email=f"to@{word}.example", subject=f"{word} subject", text=f"{word} letter",
        channel="EMAIL", done_on=date(2026, 5, 3), done_by=other, done_to=f"{word} told",
        on_behalf=True, reason=f"{word} behalf", proof=proof, acknowledged_at=SUBMITTED_AT,
        removed_at=SUBMITTED_AT + DAY,
    )  # fmt: skip
    message = models.Message.objects.create(
        dedupe_key=f"mail:{word}", kind="INVITATION", application=application, state="HANDED_OVER",
        recipient=user.email.upper(), subject=f"from {other.name}", text=f"{other.name} invites you",
        created_at=CREATED_AT, available_at=CREATED_AT, handed_over_at=SUBMITTED_AT,
        error=f"{word} bounced", expires_at=CREATED_AT + 9 * DAY, reply_code=250,
        sender_name=other.name, reply_to=other.email, reason=f"{other.name} asked for it",
    )  # fmt: skip
    letter_mail = models.Message.objects.create(
        dedupe_key=f"letter:{word}", kind="NOTICE", application=application, notice=notice,
        state="HANDED_OVER", recipient=f"to@{word}.example", sender_name=f"{word} via", reply_to=user.email,
        subject=f"{word} tells", text=f"{word} wrote this", created_at=CREATED_AT,
        available_at=CREATED_AT, handed_over_at=SUBMITTED_AT, secret="",
    )  # fmt: skip
    letter = models.ReleasedLetter.objects.create(
        notice=notice, message=letter_mail, template_version=f"{word} words", edited=True,
        token_digest=f"secret-{word}-letter", released_at=SUBMITTED_AT, released_by=user,
        expires_at=SUBMITTED_AT + 400 * DAY, acknowledged_at=SUBMITTED_AT + DAY,
        note=f"{word} is thanked",
    )  # fmt: skip
    invitation = models.Invitation.objects.create(
        membership=member, application=application, email=user.email.title(), language="en",
        agency=agency, token_digest=f"secret-{word}-invitation", message=message,
        created_at=CREATED_AT, created_by=other, expires_at=CREATED_AT + 14 * DAY,
        opened_at=SUBMITTED_AT, claimed_by=user, claimed_at=SUBMITTED_AT,
        ended_how="DECLINED", ended_at=SUBMITTED_AT, reason=f"{word} declines",
    )  # fmt: skip
    link = models.PersonalLink.objects.create(
        membership=member, token_digest=f"secret-{word}-link", created_at=CREATED_AT,
        expires_at=CREATED_AT + 400 * DAY, revoked_at=SUBMITTED_AT,
    )  # fmt: skip
    did = EventFactory(
        application=application, act="NOTICE_RECORDED", by_system=False, user=user,
        reason=f"{word} did it", details={"membership": 1},
    )  # fmt: skip
    answered = EventFactory(
        application=application, act="SUBMIT", from_state="DRAFT", to_state="SUBMITTED",
        by_system=False, membership=member, reason=f"{word} by link",
    )  # fmt: skip
    upload = ProofFactory(
        application=application, uploaded_by=user, name=f"{other.name}'s mail.pdf", sha256="1" * 64
    )
    version = Version.objects.create(
        application=application, number=application.versions.count() + 1,
        content={"people": []}, sha256=f"{word:f<64}", web_clock=SUBMITTED_AT,
        database_clock=SUBMITTED_AT + timedelta(seconds=1), by=user,
    )  # fmt: skip
    beside = VersionPerson.objects.create(
        version=version, pseudonym=f"P{member.pk}", researcher=researcher,
        values={"name": f"{word} as submitted"},
    )  # fmt: skip
    return [
        researcher, researcher.institution, member, grant, relied, proof, attestation, notice, message, letter,
        invitation, link, did, answered, upload, version, beside,
    ]  # fmt: skip


def own_rows(user, mark, other):
    """What belongs to the account itself, without any team."""
    return [
        user,
        *EmailAddress.objects.filter(user=user),
        StaffRoleChange.objects.create(
            user=user, by=other, agency="AMED", role_before="VIEWER", role_after="OFFICER",
            reason=f"{mark} promoted", at=CREATED_AT,
        ),
        ErasureRequest.objects.create(
            user=user, note=f"{mark} wants out", requested_at=CREATED_AT, handled_at=SUBMITTED_AT,
            handled_by=other, answer=f"{mark} erased",
        ),
    ]  # fmt: skip


def two_lives():
    """Return both accounts and the rows about the first; the application is the team's."""
    me, them = account(MINE), account(THEIRS)
    application = ApplicationFactory(submitted=True, title_en="Maps", title_ja="地図")
    application.team.created_by = me
    application.team.save()
    mine = life(me, MINE, application, them) + own_rows(me, MINE, them)
    life(them, THEIRS, application, me)
    own_rows(them, THEIRS, me)
    return me, them, [*mine, application, application.team]
