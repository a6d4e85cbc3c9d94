"""Working out what a list would change for every application, against merely reading the same rows."""

from datetime import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import actions
from applications.queries.effect_rows import relied_rows
from directory.models import Agency, Call, Condition, Edition, NoticeRule, User
from tests.applications.drafts_of_lists import draft_from
from tests.bench.report import Line, beside
from tests.bench.timing import side_by_side

ROUNDS = 4
TARGET = 3
WITHOUT_END = 600.0  # seconds: all in one piece
CODE = "bench-next"


class Preview:
    """A draft in which all rows ask something else than the shipped list, and who looks at its effect."""

    def __init__(self) -> None:
        self.officer = User.objects.create_user(
            "officer@bench.example", name="Officer", staff_agency="AMED", staff_role="OFFICER"
        )
        self.draft = draft_from(Edition.objects.get(code="amed-2024-07-01"), code=CODE)
        for row in self.draft.rows.all():
            Condition.objects.get_or_create(participation=row, code="WELLCOME_OUTCOMES")
            NoticeRule.objects.filter(participation=row).update(
                strength="ENCOURAGED",
                trigger="ON_COLLABORATION",
                recipient="ADDRESS",
                address="told@bench.example",
                body=Agency.objects.get(pk=row.agency_id),
            )
        self.calls = list(Call.objects.filter(owner="AMED").values_list("pk", flat=True))

    def work_out(self, at: datetime | None = None):
        """Judge all of it in one piece, and keep it; done, it begins anew."""
        return actions.work_out_effect(
            edition_id=self.draft.pk,
            calls=self.calls,
            by=self.officer,
            at=at or timezone.now(),
            seconds=WITHOUT_END,
        )

    def read(self) -> int:
        """Read the same rows, and do nothing with them."""
        return sum(1 for _row in relied_rows(self.calls).iterator(chunk_size=2_000))

    def statements(self) -> int:
        """Count the statements of one piece; the row that is kept is there already."""
        self.work_out()
        with CaptureQueriesContext(connection) as asked:
            self.work_out()
        return len(asked)

    def measure(self, few: int) -> list[Line]:
        """Work out the effect and read the rows by turns; ``few``: statements with fewer applications.

        :raises RuntimeError: an application is not judged, or none would differ
        """
        made = self.work_out()
        differ = sum(made.found["differ"].values())
        if made.finished_at is None or not made.seen or differ < made.seen / 2:
            raise RuntimeError(f"{made.seen} applications were judged, {differ} differ")
        found = side_by_side(self.work_out, self.read, ROUNDS, TARGET)
        name = (
            f"effect of a list with all rows changed, {made.seen:,} applications, to reading them"
        )
        many = self.statements()
        return [
            beside(name, found, TARGET),
            Line(
                f"statements of it with {made.seen:,} applications to a tenth",
                str(many),
                str(few),
                many / few,
                1,
            ),
        ]
