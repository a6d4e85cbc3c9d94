"""Erase a person: an account with its entries in teams, or one entry of somebody without an account."""

from django.core.management.base import BaseCommand, CommandError

from applications import actions
from applications.queries.clock import database_now
from directory.addresses import canonical
from directory.models import Researcher, User


class Command(BaseCommand):
    help = (
        "Take a person's values out of all tables, files and mails. What was done stays, under a "
        "pseudonym. There is no way back. Prints what was erased, by number."
    )

    def add_arguments(self, parser) -> None:
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("--account", metavar="EMAIL", help="the account with this address")
        whom.add_argument("--entry", type=int, metavar="ID", help="number of the row of a person")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the approver who decided")
        parser.add_argument("--reason", required=True, help="kept for good; name nobody in it")

    def handle(self, *, account, entry, by, reason, **options) -> None:
        acting = {"reason": reason, "by": self.account(by), "at": database_now()}
        try:
            if account:
                done = actions.erase_person(user_id=self.account(account).pk, **acting)
            else:
                done = [actions.erase_entry_of_team(researcher_id=entry, **acting)]
        except Researcher.DoesNotExist as error:
            raise CommandError(f"There is no person {entry}.") from error
        except actions.NotPermitted as refusal:
            raise CommandError(
                f"{by} is not an approver of an agency that has this person in a team."
            ) from refusal
        except actions.ReasonNeeded as refusal:
            raise CommandError("Say why in --reason.") from refusal
        except actions.NamesThePerson as refusal:
            raise CommandError(
                "The reason is kept for good: write it without the person's name, addresses and numbers."
            ) from refusal
        except actions.StandsAgainst as refusal:
            raise CommandError(
                "The person leads an application that is neither decided nor withdrawn, or has a "
                "staff role. Hand the lead over, or take the role, first."
            ) from refusal
        for one in done:
            self.stdout.write(f"{one.subject} {one.pseudonym}")

    def account(self, email: str) -> User:
        found = User.objects.filter(email=canonical(email)).first()
        if found is None:
            raise CommandError(f"There is no account {email}.")
        return found
