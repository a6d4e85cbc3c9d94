"""Practice data: a call that is open now and fictional teams that hold a grant of every row."""

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from applications import actions
from applications.management.further_teams import MOST_TEAMS, practice_teams
from applications.management.practice import (
    AREAS,
    PASSWORD,
    STAFF,
    TEAMS,
    Asked,
    Partner,
    PracticeMail,
    PracticeTeam,
)
from applications.models import Application, Invitation, Membership, Role
from applications.queries.application import workspace
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import section_values
from applications.queries.snapshots import shown_fingerprint
from directory.models import JAPAN_TIME, Agency, Call, CallArea, Edition, Programme, User

PRACTICE = "practice"
NOON_IN_JAPAN = {"hour": 12, "minute": 0, "second": 0, "microsecond": 0}
BEGUN = timedelta(days=20)  # before today: teams were formed, and invited people since


class Command(BaseCommand):
    help = "Add the practice call, demo accounts and fictional teams covering all rows. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--teams",
            type=int,
            default=len(TEAMS),
            metavar="N",
            help=f"How many teams there are to be, {len(TEAMS)} (the default) to {MOST_TEAMS}: "
            "further ones have submitted, so that officers can try screening many.",
        )

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        if not len(TEAMS) <= options["teams"] <= MOST_TEAMS:
            raise CommandError(f"--teams takes a number from {len(TEAMS)} to {MOST_TEAMS}.")
        if not settings.DEBUG:
            told = "demo makes accounts with a known password. It runs only where DEBUG=1."
            raise CommandError(told)
        if Application.objects.filter(call__is_practice=False).exists():
            raise CommandError(
                "This database holds an application outside the practice call; demo leaves it alone."
            )
        edition = Edition.objects.newest("AMED")
        if edition is None:
            raise CommandError("There is no published edition yet: run load_directory first.")
        now = timezone.now()
        call = self.practice_call(edition, now)
        for email, agency, role, name in STAFF:
            self.account(email, "ja", name=name, staff_agency=agency, staff_role=role)
        made = [team for team in practice_teams(options["teams"]) if self.team(team, call, now)]
        closes = call.closes_at.astimezone(JAPAN_TIME)
        until = f"{closes:%Y-%m-%d %H:%M %Z}"
        self.stdout.write(f"Practice call open until {until}; {len(made)} new teams.")

    def practice_call(self, edition: Edition, now: datetime) -> Call:
        closes = (now + timedelta(days=60)).astimezone(JAPAN_TIME).replace(**NOON_IN_JAPAN)
        call, new = Call.objects.get_or_create(
            code=PRACTICE,
            defaults={
                "owner": "AMED",
                "title_en": "Practice call",
                "title_ja": "練習用の公募",
                "edition": edition,
                "opens_at": now - timedelta(days=30),
                "closes_at": closes,
                "budget_cap_jpy": 115_000_000,
                "is_practice": True,
            },
        )
        if call.closes_at < now + timedelta(days=7):
            call.closes_at = closes
            call.save()
        if new:
            for position, (code, name_en, name_ja) in enumerate(AREAS, start=1):
                CallArea.objects.create(
                    call=call, code=code, position=position, name_en=name_en, name_ja=name_ja
                )
        return call

    def account(self, email: str, language: str, **fields: str) -> User:
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, PASSWORD, language=language, **fields)
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user

    def team(self, team: PracticeTeam, call: Call, now: datetime) -> bool:
        """Make the team unless its lead has one; return whether it was made."""
        lead = self.account(team.email, "ja", name=team.lead[0])
        if Application.objects.filter(team__created_by=lead).exists():
            return False
        name, family, given, reading = team.lead
        begun = now - BEGUN
        application = actions.start_application(
            call_id=call.pk,
            field="healthcare",
            by=lead,
            at=begun,
            person={
                "name": name,
                "family_latin": family,
                "given_latin": given,
                "reading": reading,
                "email": team.email,
                "erad_number": team.erad,
                "institution_name": team.institution[0],
                "institution_name_latin": team.institution[1],
                "institution_country": "JP",
                "language": "ja",
            },
        )
        members = [
            self.named(application, asked, number, lead, begun)
            for number, asked in enumerate(team.asked, start=1)
        ]
        pairs = sorted(zip(team.asked, members, strict=True), key=lambda one: -one[0].days_ago)
        sent = [(one, self.invite(application, one, member, lead, now)) for one, member in pairs]
        for asked, invitation in sent:  # answers are newer than all of them
            self.answer(asked, invitation, now)
        self.answers(application, team, lead, now)
        for partner in team.partners:
            self.partner(application, partner, lead, now)
        if team.until != "DRAFT":
            application.refresh_from_db()
            seen = shown_fingerprint(workspace(application))
            actions.submit_application(application_id=application.pk, seen=seen, by=lead, at=now)
        if team.until == "WITHDRAWN":
            actions.withdraw_application(
                application_id=application.pk,
                reason="Practice: the project moved.",
                by=lead,
                at=now,
            )
        return True

    def named(
        self, application: Application, asked: Asked, number: int, by: User, at: datetime
    ) -> Membership:
        """Name somebody who is to be invited."""
        return actions.save_person(
            application_id=application.pk,
            membership_id=None,
            role=asked.role,
            values={
                "name": asked.name,
                "email": f"asked{number}.{application.team.ref.lower()}@example.org",
                "institution_name": asked.institution,
                "institution_country": asked.country,
                "language": asked.language,
            },
            seen="",
            by=by,
            at=at,
        )

    def invite(
        self, application: Application, asked: Asked, member: Membership, by: User, now: datetime
    ) -> Invitation:
        return actions.invite(
            application_id=application.pk,
            membership_id=member.pk,
            agency_id=None,
            by=by,
            at=now - timedelta(days=asked.days_ago),
        )

    def answer(self, asked: Asked, invitation: Invitation, now: datetime) -> None:
        """Let them answer as practice wants it."""
        if asked.came == "DECLINED":
            actions.decline_invitation(
                invitation_id=invitation.pk,
                reason="Practice: no time this year.",
                account=None,
                at=now,
            )
        if asked.came == "CLAIMED":
            actions.confirm_invitation(
                invitation_id=invitation.pk,
                answers={},
                seen="",
                account=self.account("somebody@demo.example", "en"),
                at=now,
            )

    def answers(self, application: Application, team: PracticeTeam, by: User, at: datetime) -> None:
        area = CallArea.objects.filter(call=application.call).order_by("position").first()
        pages = {
            "project": {
                "field": "healthcare",
                "title_ja": team.title_ja,
                "title_en": team.title_en,
                "abstract_en": f"{team.title_en}: an invented project, to try the portal with.",
            },
            "answers": {
                "area": area,
                "years": team.years,
                "budget_jpy": team.budget_jpy,
                "explanation": team.explanation,
            },
        }
        for section, values in pages.items():
            seen = fingerprint(section_values(application, section))
            application = actions.save_section(
                application_id=application.pk,
                section=section,
                values=values,
                seen=seen,
                by=by,
                at=at,
            )

    def partner(self, application: Application, partner: Partner, by: User, at: datetime) -> None:
        name = f"{partner.given} {partner.family}"
        email = f"{slugify(partner.given)}.{slugify(partner.family)}@example.org"
        member = actions.save_person(
            application_id=application.pk,
            membership_id=None,
            role=Role.PARTNER,
            values={
                "name": name,
                "family_latin": partner.family,
                "given_latin": partner.given,
                "email": email,
                "institution_name": partner.institution,
                "institution_country": partner.country,
            },
            seen="",
            by=by,
            at=at,
        )
        agency = Agency.objects.get(slug=partner.agency)
        formats = agency.formats.order_by("position")
        year = at.year
        ends = {"RUNS": date(year + 2, 3, 31), "ENDED": date(year, 3, 31), "NO_END": None}
        numbered = f"IB{year - 1}-1234"  # a funder that says nothing of how its grants are numbered
        example = next((one.examples[0] for one in formats if one.examples), numbered)
        grant = actions.save_grant(
            application_id=application.pk,
            membership_id=member.pk,
            grant_id=None,
            values={
                "agency": agency,
                "programme": Programme.objects.filter(
                    agency=agency, code=partner.programme
                ).first(),
                "reference": example,
                "title": "An invented project",
                "role": "Principal investigator",
                "starts_on": date(year - 1, 4, 1),
                "ends_on": ends[partner.runs],
            },
            seen="",
            by=by,
            at=at,
        )
        if partner.confirmed:
            actions.confirm_on_behalf(
                application_id=application.pk,
                membership_id=member.pk,
                reason="Practice: confirmed by e-mail.",
                upload=PracticeMail(name, email, by.email),
                by=by,
                at=at,
            )
        if partner.attested:
            space = workspace(
                Application.objects.select_related("call__edition", "edition", "area").get(
                    pk=application.pk
                )
            )
            judged = next(one for one in space.judged if one.relied.grant_id == grant.pk)
            for code in judged.row.conditions if judged.row else ():
                actions.attest(
                    application_id=application.pk,
                    grant_id=grant.pk,
                    code=code,
                    answer="GIVEN",
                    reason="Practice: confirmed by e-mail.",
                    upload=PracticeMail(name, email, by.email),
                    by=by,
                    at=at,
                )
