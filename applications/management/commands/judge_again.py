"""Judge the evidence of a submitted version again, from its JSON file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from applications.queries.judging_again import Again, Unreadable, judged_again

DIFFERENT, UNREADABLE = 1, 2


def printable(text: str) -> str:
    """Return what a terminal may be given of a file that anybody may have written."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class Command(BaseCommand):
    help = (
        "Judge the grants of an evidence file again, and compute its fingerprints. "
        "Exit 0: all the same; 1: something differs or was changed; 2: not readable as evidence."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args, file: Path, **options) -> None:
        try:
            again = judged_again(file.read_bytes())
        except OSError as error:
            raise CommandError(
                f"{error.filename}: {error.strerror}", returncode=UNREADABLE
            ) from error
        except Unreadable as error:
            raise CommandError(printable(f"{file}: {error}"), returncode=UNREADABLE) from error
        self.tell(again)
        if not again.same:
            raise CommandError("The file does not say what comes out now.", returncode=DIFFERENT)

    def tell(self, again: Again) -> None:
        self.write(
            f"Receipt {again.receipt}, version {again.version}; "
            f"list {again.edition}, reference date {again.on.isoformat()}."
        )
        for one in again.grants:
            word = "same" if one.same else "DIFFERENT"
            self.write(f"{one.name}: recorded {one.recorded}, judged again {one.found}: {word}")
            if one.read_otherwise:
                self.write(
                    f"{one.name}: formats have changed since; today it would be read otherwise."
                )
        if again.read_today:
            self.write(
                "How its numbers were read is not sealed in this version: it was judged by the "
                "formats kept here today, which may have changed since."
            )
        for sentence in again.changed or ("The fingerprints agree.",):
            self.write(sentence)
        if not again.known:
            self.write(
                "This portal does not keep the version, so the fingerprint is the file's own."
            )

    def write(self, line: str) -> None:
        self.stdout.write(printable(line))
