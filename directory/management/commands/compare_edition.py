"""Hold a published page against an edition of the list (product.md 9)."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone

from directory.models import JAPAN_TIME, Edition, OwningAgency, User
from directory.published_list import MOST_BYTES, Unreadable
from directory.wordings import keep_page, read_against

NO_DIFFERENCE, DIFFERENCES, UNREADABLE = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Hold a published page, text or HTML, against an edition. One line a difference: "
        "+ added, - gone, ~ changed; rows that cannot be read are named apart. "
        "Exit 0: no difference; 1: differences; 2: the page cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--edition", help="Code of the edition (default: AMED's newest).")
        parser.add_argument(
            "--keep",
            action="store_true",
            help="Keep the page's wording with the edition; not while a row cannot be read.",
        )
        parser.add_argument(
            "--seen-on", type=date.fromisoformat, help="Day on which the page was seen: 2024-07-10."
        )
        parser.add_argument("--by", help="E-mail address of the account that keeps it.")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        edition = self.edition(options["edition"])
        by = self.keeper(edition, options) if options["keep"] else None
        try:
            with file.open("rb") as source:
                raw = source.read(MOST_BYTES + 1)
            page, compared = read_against(raw, edition)
        except OSError as error:
            raise CommandError(
                f"{error.filename}: {error.strerror}", returncode=UNREADABLE
            ) from error
        except Unreadable as error:
            raise CommandError(f"{file}: {error}.", returncode=UNREADABLE) from error
        for line in compared.lines:
            self.stdout.write(str(line))
        for name in compared.unreadable:
            self.stderr.write(f"unreadable: {name}")
        self.stdout.write(str(compared))
        if by:
            if compared.unreadable:
                words = "Nothing is kept while a row of the page cannot be read."
                raise CommandError(words, returncode=UNREADABLE)
            try:
                keep_page(edition, raw, page, compared.matched,
                          seen_on=options["seen_on"], by=by, at=timezone.now())  # fmt: skip
            except IntegrityError as error:
                words = "This page is kept already as seen on that day."
                raise CommandError(words, returncode=UNREADABLE) from error
            self.stderr.write(f"Kept with {edition.code} as seen on {options['seen_on']}.")
        if compared.lines or compared.unreadable:
            sys.exit(DIFFERENCES)

    def edition(self, code: str | None) -> Edition:
        """Return the edition that was asked for.

        :raises CommandError: there is none
        """
        if code:
            found = Edition.objects.filter(code=code).first()
            if found is None:
                raise CommandError(f"There is no edition {code}.", returncode=UNREADABLE)
            return found
        found = Edition.objects.newest(OwningAgency.AMED)
        if found is None:
            words = "There is no published edition: run load_directory first."
            raise CommandError(words, returncode=UNREADABLE)
        return found

    def keeper(self, edition: Edition, options: dict[str, Any]) -> User:
        """Return the account that keeps the page.

        :raises CommandError: the day or the account is not given, the day has not come, or the
            account is none of an officer or approver of the edition's agency
        """
        day = options["seen_on"]
        if not options["by"] or not day:
            raise CommandError("--keep wants --seen-on and --by.", returncode=UNREADABLE)
        if day > timezone.localdate(timezone=JAPAN_TIME):
            raise CommandError(f"{day} has not come yet in Japan.", returncode=UNREADABLE)
        found = User.objects.filter(email__iexact=options["by"], is_active=True).first()
        may = (
            found and found.works_for(edition.owner) and found.has_perm("directory.change_edition")
        )
        if not may:
            words = (
                f"There is no account {options['by']} of an officer or approver of {edition.owner}."
            )
            raise CommandError(words, returncode=UNREADABLE)
        return found
