"""Every page of a team's workspace, with one team in the database and with 5,000."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import NoReverseMatch, reverse

from applications import actions
from applications.models import (
    Application,
    Invitation,
    Membership,
    Notice,
    PersonalLink,
    Role,
)
from applications.models.invitation import new_token, token_digest
from applications.urls import invitations, notices, workspace
from directory.models import Call, User
from tests.applications import scenes
from tests.applications.releasing import OFFICER, release, secret
from tests.bench.filling import OPEN_CALL
from tests.bench.report import Line, beside
from tests.bench.timing import side_by_side
from tests.bench.twin import Twin

ROUNDS = 8
TARGET = 1.2
MANY = 5_000
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Nothing to look at: files, buttons that only act, and a page that leads on while one has confirmed.
NO_PAGES = frozenset(
    {
        *(
            "proof",
            "notice_eml",
            "receipt_text",
            "evidence_json",
            "personal_notice_eml",
            "mine_notice_eml",
        ),
        *("submit", "again", "invitation_opened", "personal_mail", "mine_confirm"),
        *("personal_reminders", "mine_reminders"),
    }
)
# The last look before a letter is sent is its holder's alone.
HOLDERS = ("notice_release", "personal_notice_release", "mine_notice_release")


class Team:
    """One submitted team in an open call, with people in every state of being asked."""

    def __init__(self) -> None:
        self.scene = scenes.ready(Call.objects.get(code=OPEN_CALL))
        self.team = self.scene.application.team
        self.erc = scenes.grant(self.scene.application, self.scene.partner, "erc", "101012345")
        scenes.grant(self.scene.application, self.scene.partner, "nihr", "NIHR200001")
        # The call is kept open for a century, and the partner's grants end before that.
        self.scene.change(explanation="The grant will be renewed.")
        self.now = datetime.now(UTC)
        actions.answer_own_condition(
            application_id=self.scene.pk,
            membership_id=self.scene.partner.pk,
            grant_id=self.erc.pk,
            code="ERC_SCOPE",
            answer="GIVEN",
            by=self.scene.partner,
            at=self.now,
        )
        self.scene.submit(at=self.now)
        notices = Notice.objects.filter(application=self.scene.pk)
        # One letter lacks nothing and waits for its holder's last look; one is on its way.
        self.notice = notices.get(body__slug="rcn")
        notices.filter(pk=self.notice.pk).update(
            recipient_name="Ola Hansen", recipient_email=OFFICER
        )
        release(self.scene, notice=notices.get(body__slug="nihr"), at=self.now)
        self.letter = secret()
        self.partner = self._account("partner", self.scene.partner)
        self.unasked = self._waiting("Ola")
        self.asked, self.token = self._invited("Liv")
        self.claimed, _token = self._invited("Nils")
        actions.confirm_invitation(
            invitation_id=self.claimed.pk,
            answers={},
            seen="",
            account=scenes.user("claimant"),
            at=self.now,
        )
        self.asked_grant = scenes.grant(
            self.scene.application, self.asked.membership, "rcn", "300281"
        )
        self.withdrawn = scenes.person(self.team, Role.PARTNER, "Eva", "NO", email="e@example.no")
        actions.withdraw_consent(
            application_id=self.scene.pk,
            membership_id=self.withdrawn.pk,
            reason="",
            by=self.withdrawn,
            at=self.now,
        )
        self.visitor = Client(SERVER_NAME="localhost")
        self.pages = dict(self._pages())

    @staticmethod
    def _account(name: str, member: Membership) -> User:
        user = scenes.user(name)
        member.researcher.user = user
        member.researcher.save()
        return user

    def _waiting(self, name: str) -> Membership:
        email = f"{name.lower()}@example.no"
        return scenes.unconfirmed(scenes.person(self.team, Role.PARTNER, name, "NO", email=email))

    def _invited(self, name: str) -> tuple[Invitation, str]:
        """Somebody asked so long ago that a reminder may go; with the link's secret."""
        asked = actions.invite(
            application_id=self.scene.pk,
            membership_id=self._waiting(name).pk,
            agency_id=None,
            by=self.scene.lead,
            at=self.now - timedelta(days=4),
        )
        token = new_token()
        Invitation.objects.filter(pk=asked.pk).update(token_digest=token_digest(token))
        return Invitation.objects.select_related("membership").get(pk=asked.pk), token

    def _link(self, member: Membership) -> str:
        token = new_token()
        PersonalLink.objects.create(
            membership=member,
            token_digest=token_digest(token),
            created_at=self.now,
            expires_at=self.now + timedelta(days=400),
        )
        return token

    @staticmethod
    def _signed_in(user: User) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, BACKEND)
        return client

    def _pages(self) -> Iterator[tuple[str, tuple[Client, str]]]:
        """Yield every page of the workspace, with who reads it and its address.

        :raises RuntimeError: a page that this scene cannot open; the scene is to be enriched
        """
        stored = self.scene.stored()
        lead, partner = self._signed_in(self.scene.lead), self._signed_in(self.partner)
        own, again = self._link(self.scene.partner), self._link(self.withdrawn)
        asked = self.asked.membership.pk
        rows = {
            **dict.fromkeys(("person_invite", "person_confirm"), self.unasked.pk),
            **dict.fromkeys(("person_remind", "person_address", "person_uninvite"), asked),
            "claim": self.claimed.pk,
            "invitation_grant": self.asked_grant.pk,
            **dict.fromkeys(("grant_edit", "grant_remove"), self.scene.grant.pk),
            **dict.fromkeys(("attest", "personal_condition", "mine_condition"), self.erc.pk),
            **dict.fromkeys(("personal_grant", "mine_grant"), self.scene.grant.pk),
            **dict.fromkeys(("notice", "personal_notice", "mine_notice"), self.notice.pk),
            **dict.fromkeys(HOLDERS, self.notice.pk),
        }
        patterns = (*workspace.urlpatterns, *notices.urlpatterns, *invitations.urlpatterns)
        for name in [one.name for one in patterns if one.name not in NO_PAGES]:
            token = self.token if name.startswith("invitation") else own
            values = {
                "ref": stored.team.ref,
                "number": stored.receipt,
                "version": stored.version,
                "edition": stored.edition.code,
                "person": self.scene.partner.pk,
                "token": {"personal_confirm": again, "acknowledge": self.letter}.get(name, token),
                "pk": rows.get(name, self.scene.partner.pk),
            }
            reader = lead
            if name.startswith(("invitation", "personal", "acknowledge")):
                reader = self.visitor
            elif name.startswith("mine") or name in HOLDERS:
                reader = partner
            address = _address(f"applications:{name}", values)
            status = reader.get(address).status_code
            if status != 200:
                raise RuntimeError(f"{name} answers {status}: enrich the scene of the workspace")
            yield name, (reader, address)

    def against(self, twin: Twin) -> list[Line]:
        """Hold every page against itself in the twin, which has this team alone; the worst comes first."""
        teams = Application.objects.count()
        lines = []
        for name, (reader, address) in self.pages.items():

            def here(by: Client = reader, at: str = address) -> None:
                by.get(at)

            def there(by: Client = reader, at: str = address) -> None:
                with twin.asked():
                    by.get(at)

            found = side_by_side(here, there, ROUNDS, TARGET)
            lines.append(beside(f"{name} with {teams:,} teams to one", found, TARGET))
        return sorted(lines, key=lambda line: -line.value)


def _address(name: str, values: dict[str, object]) -> str:
    """Return the address of a page, whichever of these gaps it has."""
    for gaps in ((), ("ref",), ("number",), ("ref", "pk"), ("ref", "person"), ("number", "version"), ("ref", "edition"), ("token",), ("token", "pk")):  # fmt: skip
        try:
            return reverse(name, kwargs={gap: values[gap] for gap in gaps})
        except NoReverseMatch:
            continue
    raise RuntimeError(f"{name} has a gap of another name")
