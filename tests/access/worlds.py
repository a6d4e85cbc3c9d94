"""Two whole worlds, AMED's and JST's: every role has a person, and every text of a person a canary."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress

from applications import actions
from applications.models import (
    Application,
    Invitation,
    LetterTemplate,
    Membership,
    Message,
    MessageKind,
    MessageState,
    Notice,
    PersonalLink,
    Proof,
    ReleasedLetter,
    ReliedGrant,
    Role,
)
from applications.models.invitation import new_token, token_digest
from applications.queries.application import workspace
from applications.queries.snapshots import shown_fingerprint
from directory.models import (
    Agency,
    Call,
    Edition,
    ErasureRequest,
    Grant,
    Institution,
    Programme,
    Researcher,
    User,
)
from tests.access.factors import enrol
from tests.applications import scenes
from tests.applications.factories import MembershipFactory, ProofFactory, TeamFactory
from tests.applications.pages import FAR
from tests.directory.factories import (
    CallAreaFactory,
    CallFactory,
    ConditionFactory,
    EditionFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    UserFactory,
)

# In every text of one agency's world, and in none of the other's. The digits stand in numbers, the
# third word in what is said of the call: public on its own page, hidden from the other's staff pages.
CANARIES = {"AMED": ("kanaria", "4815", "uguisu"), "JST": ("hibari", "2342", "tsubame")}
TEAM_ROLES = ("partner", "administrator", "member", "deputy", "lead")
STAFF_ROLES = ("viewer", "officer", "approver")


@dataclass(frozen=True)
class World:
    """One agency's side: its call with one team, its staff, and what the team keeps."""

    owner: str
    people: dict[str, User]  # role -> account
    staff: dict[str, User]
    call: Call
    draft: Edition
    application: Application
    members: dict[str, Membership]
    unconfirmed: Membership
    grant: Grant
    conditional: Grant
    notice: Notice
    proof: Proof
    message: Message
    invitation: Invitation
    invited_grant: Grant
    token: str
    personal_token: str
    letter_token: str
    erasure: ErasureRequest
    asking: User  # whose account is meant by what everybody has one of: passkeys
    canaries: tuple[str, ...] = field(default=())
    of_the_call: str = ""

    def leaks(self, text: str, *, among_staff: bool = False) -> list[str]:
        """The canaries of this world that a text holds, whatever their case."""
        folded = text.casefold()
        sought = (*self.canaries, self.of_the_call) if among_staff else self.canaries
        return [one for one in sought if one in folded]


def build(owner: str) -> World:
    """Fill one world on the shipped directory, through the portal's own actions where there are some."""
    edition = scenes.load_directory().edition
    for model in (Agency, Programme):  # the shipped rows come without a history
        first = model.objects.order_by("pk").first()
        if not first.history.exists():
            first.save()
    word, digits, public = CANARIES[owner]
    call = CallFactory(
        code=f"{public}-call",
        owner=owner,
        title_en=f"{public} call",
        title_ja=f"{public} 公募",
        edition=edition,
        closes_at=FAR,
        reference_on=date(2024, 5, 28),
        is_practice=True,  # open to its team and to screening alike, so that every page has its row
    )
    area = CallAreaFactory(call=call, name_en=f"{public} area", name_ja=f"{public} 領域")
    people = {role: _account(word, role) for role in TEAM_ROLES}
    staff = {
        role: _account(word, role, staff_agency=owner, staff_role=role.upper())
        for role in STAFF_ROLES
    }
    application = Application.objects.create(
        team=TeamFactory(created_by=people["lead"]),
        call=call,
        title_en=f"{word} maps",
        title_ja=f"{word} 地図",
        abstract_en=f"{word} abstract",
        explanation=f"{word} explains",
        erad_number=f"{digits}-erad",
        area=area,
        years=3,
        budget_jpy=90_000_000,
        created_at=scenes.DAY,
        changed_at=scenes.DAY,
    )
    members = {
        role: _member(application, word, digits, role, user=user) for role, user in people.items()
    }
    unconfirmed = _member(application, word, digits, "guest", country="DE")
    grant = _grant(application, members["partner"], "rcn", word)
    conditional = _grant(application, members["partner"], "erc", word)
    invited_grant = _grant(application, unconfirmed, "dfg", word)
    by = {"application_id": application.pk, "by": people["lead"], "at": scenes.DAY}
    upload = scenes.Upload(name=f"{word}.txt", content=f"{word} wrote".encode())
    actions.attest(
        grant_id=conditional.pk, code="ERC_SCOPE", answer="GIVEN", reason=f"{word} said so",
        upload=upload, **by,
    )  # fmt: skip
    actions.submit_application(seen=shown_fingerprint(workspace(_again(application))), **by)
    notice = Notice.objects.filter(application=application, agency__slug="rcn").get()
    actions.record_notice(
        notice_id=notice.pk, done_on=date(2024, 5, 20), channel="EMAIL", done_to=f"{word} officer",
        reason=f"{word} reason", upload=upload, by=people["lead"], at=scenes.DAY,
    )  # fmt: skip
    open_notice = _another_notice(application, word)
    token = f"{word}-{new_token()}"
    _words_of_letters(owner, word, staff["approver"])
    application = _again(application)
    message = Message.objects.get(application=application, recipient=people["lead"].email)
    return World(
        owner=owner,
        people=people,
        staff=staff,
        call=call,
        draft=_draft(owner, word),
        application=application,
        members=members,
        unconfirmed=unconfirmed,
        grant=grant,
        conditional=conditional,
        notice=open_notice,
        proof=ProofFactory(application=application, name=f"{word}.pdf"),
        message=message,
        invitation=_invitation(application, unconfirmed, people["lead"], token, word),
        invited_grant=invited_grant,
        token=token,
        personal_token=_personal_link(members["partner"], word),
        letter_token=_released(notice, people["partner"], word),
        erasure=ErasureRequest.objects.create(
            user=people["member"], note=f"{word} asks", requested_at=scenes.DAY
        ),
        asking=people["lead"],
        of_the_call=public,
        canaries=(word, f"{digits}0000", f"{digits}-erad", application.team.ref.casefold(),
                  application.receipt.casefold()),
    )  # fmt: skip


def _again(application: Application) -> Application:
    return Application.objects.select_related("call", "edition", "area", "team").get(
        pk=application.pk
    )


def _account(word: str, role: str, **fields: Any) -> User:
    title = "staff" if fields else "team"
    user = UserFactory(
        email=f"{role}.{title}@{word}.example", name=f"{role} {title} {word}", **fields
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    enrol(user, f"{word} key")
    return user


def _member(
    application: Application,
    word: str,
    digits: str,
    role: str,
    user: User | None = None,
    country: str = "",
) -> Membership:
    country = country or ("NO" if role == "partner" else "JP")
    place, _new = Institution.objects.get_or_create(
        country=country, name=f"{word} 大学 {country}", name_latin=f"University of {word} {country}"
    )
    who = Researcher.objects.create(
        user=user,
        name=f"{role} {word}",
        family_latin=f"{word}sen",
        given_latin=f"{role} {word}",
        reading=f"{word} よみ",
        email=user.email if user else f"{role}@{word}.example",
        erad_number=f"{digits}0000" if country == "JP" else "",
        institution=place,
        department=f"{word} department",
        position=f"{word} position",
    )
    confirmed = user is not None
    return MembershipFactory(
        team=application.team,
        researcher=who,
        role=Role.PARTNER if role == "guest" else role.upper(),
        confirmed_at=scenes.DAY if confirmed else None,
        confirmed_how="SELF" if confirmed else "",
    )


def _grant(application: Application, holder: Membership, agency: str, word: str) -> Grant:
    made = Grant.objects.create(
        holder=holder.researcher,
        agency=Agency.objects.get(slug=agency),
        reference=f"{word}-1",
        key=f"{word}1",
        title=f"{word} grant",
        role=f"{word} role",
        programme_other=f"{word} programme",
        starts_on=date(2022, 1, 1),
        ends_on=date(2029, 12, 31),
        contact_name=f"{word} contact",
        contact_email=f"contact@{word}.example",
    )
    ReliedGrant.objects.create(application=application, grant=made, added_at=scenes.DAY)
    return made


def _another_notice(application: Application, word: str) -> Notice:
    """A notice still to be given, with a letter that is whole."""
    stint = Agency.objects.get(slug="stint")
    return Notice.objects.create(
        application=application,
        holder=application.team.memberships.get(role="PARTNER", confirmed_at__isnull=False),
        body=stint,
        agency=stint,
        strength="REQUESTED",
        trigger="UPON_APPLICATION",
        state="DUE",
        recipient_name=f"{word} recipient",
        recipient_email=f"recipient@{word}.example",
        subject=f"{word} subject",
        text=f"{word} letter",
    )


def _released(notice: Notice, by: User, word: str) -> str:
    """Let a letter have gone out for a notice, and return the secret of its link."""
    token = f"{word}-{new_token()}"
    sent = Message.objects.create(
        dedupe_key=f"{word} letter",
        kind=MessageKind.NOTICE,
        application=notice.application,
        notice=notice,
        recipient=f"officer@{word}.example",
        subject=f"{word} tells you",
        text=f"{word} letter as sent",
        state=MessageState.HANDED_OVER,
        created_at=scenes.DAY,
        available_at=scenes.DAY,
        handed_over_at=scenes.DAY,
    )
    ReleasedLetter.objects.create(
        notice=notice,
        message=sent,
        template_version="shipped",
        token_digest=token_digest(token),
        released_at=scenes.DAY,
        released_by=by,
        expires_at=FAR,
    )
    return token


def _words_of_letters(owner: str, word: str, by: User) -> LetterTemplate:
    """The agency's own words of a letter, which the other must not read."""
    text = f"{word}: {{project}}, {{grants}}, {{holder}}"
    return LetterTemplate.objects.create(
        owner=owner,
        occasion="ASKED",
        number=1,
        subject=f"{word} asked",
        text=text,
        subject_ja=f"{word} 件名",
        text_ja=text,
        reason=f"{word} words",
        made_by=by,
        made_at=scenes.DAY,
    )


def _draft(owner: str, word: str) -> Edition:
    """A list not yet published: the other agency must not learn what is planned."""
    draft = EditionFactory(code=f"{word}-draft", owner=owner, published_at=None)
    row = ParticipationFactory(
        edition=draft,
        agency=Agency.objects.get(slug="erc"),
        summary_en=f"{word} summary",
        summary_ja=f"{word} 要約",
    )
    NoticeRuleFactory(participation=row)
    ConditionFactory(participation=row)
    return draft


def _invitation(
    application: Application, member: Membership, by: User, token: str, word: str
) -> Invitation:
    """An open invitation whose mail was sent, and which somebody answered from another account."""
    email = member.researcher.email
    sent = Message.objects.create(
        dedupe_key=f"{word} invitation",
        kind=MessageKind.INVITATION,
        application=application,
        recipient=email,
        subject=f"{word} invites",
        text=f"{word} asks you",
        state=MessageState.HANDED_OVER,
        created_at=scenes.DAY,
        available_at=scenes.DAY,
        handed_over_at=scenes.DAY,
    )
    return Invitation.objects.create(
        membership=member,
        application=application,
        email=email,
        language="en",
        token_digest=token_digest(token),
        message=sent,
        created_at=scenes.DAY,
        created_by=by,
        expires_at=FAR,
        claimed_by=_account(word, "claimant"),
        claimed_at=scenes.DAY,
    )


def _personal_link(member: Membership, word: str) -> str:
    """Give a member a link to their own page, and return its secret."""
    token = f"{word}-{new_token()}"
    PersonalLink.objects.create(
        membership=member,
        token_digest=token_digest(token),
        created_at=scenes.DAY,
        expires_at=FAR,
    )
    return token
