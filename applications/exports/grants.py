"""The export of grants relied on, as they were judged."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from applications.exports.reading import (
    ANOTHER_FUNDER,
    OTHER,
    Countries,
    Each,
    Export,
    Row,
    Verdicts,
    chunks,
    streamed,
)
from applications.models import (
    Attestation,
)
from applications.queries import staff
from applications.queries.submitted import CHANGED_SINCE, Submitted, day, submitted_values
from applications.rules.cautions import Code
from applications.rules.facts import Attestation as Answer
from applications.wording import outcome_label, rule_label
from directory.models import Programme
from directory.spreadsheets import Column

GRANT_FIELDS = (
    *("application__receipt", "grant__holder__name", "grant__holder__institution__country"),
    *("funder", "grant__agency__slug", "grant__agency_other", "programme", "grant__reference"),
    *("grant__starts_on", "grant__ends_on", "verdict", "reasons", "cautions", "in_force"),
    *("changed_since", "grant_id", "grant__programme__code"),
    *("application__team__ref", "application_id", "pk"),
)
CHANGED, GRANT, LISTED_PROGRAMME = 14, 15, 16
CAUTIONS: Mapping[str, Any] = {
    Code.UNFAMILIAR_NUMBER: _("Unfamiliar number format"),
    Code.SHORT_TIME_LEFT: _("Little time left"),
    Code.COUNTRY_DIFFERS: _("Affiliation in another country than the funder's"),
    Code.CFREF_TO_INSTITUTIONS: _("CFREF is awarded to institutions"),
    Code.NIH_FOREIGN_COMPONENT: _("Work abroad may need the institution's prior approval"),
    Code.ADDED_AFTER_CALL_CLOSED: _("Funder added to the list after the reference date"),
    Code.IN_ANOTHER_TEAM: _("The same grant in another team"),
}


def _reason(text: str) -> str:
    rule, _sign, outcome = text.partition("=")
    return f"{rule_label(rule)}: {outcome_label(outcome)}"


def grant_rows(queryset: QuerySet) -> Iterator[Row]:
    """Read grants relied on, each with when its last condition was attested.

    Where a team changed something after it submitted, the grant stands as it was submitted.
    """
    found = queryset.annotate(
        funder=Coalesce("grant__agency__acronym", "grant__agency_other"),
        programme=Coalesce("grant__programme__code", "grant__programme_other"),
        in_force=Coalesce("application__edition__code", "application__call__edition__code"),
        changed_since=ExpressionWrapper(CHANGED_SINCE, output_field=BooleanField()),
    )
    for chunk in chunks(streamed(found, GRANT_FIELDS)):
        keys = [row[-1] for row in chunk]
        # Between the ends, not one by one: writing 2,000 keys into SQL costs more than the
        # attestations in between that are read and not needed.
        attested = dict(
            Attestation.objects.filter(
                relied__gte=min(keys), relied__lte=max(keys), answer=Answer.GIVEN
            )
            .order_by("relied", "at")
            .values_list("relied", "at")
        )
        standing = submitted_values(row[-2] for row in chunk if row[CHANGED])
        listed = set(Programme.objects.values_list("code", flat=True)) if standing else set()
        for row in chunk:
            version = standing.get(row[-2]) if row[CHANGED] else None
            if version:
                frozen = version.grants.get(f"G{row[GRANT]}")
                if frozen is None:
                    continue  # added after the submission: it does not stand yet
                row = _as_submitted(row, version, frozen, listed)
            yield (*row, attested.get(row[-1]))


def _as_submitted(row: Row, version: Submitted, frozen: dict[str, Any], listed: set[str]) -> Row:
    holder, agency, programme = frozen["holder"], frozen["agency"], frozen["programme"]
    unchanged = agency == (row[4] or "")
    return (
        *(row[0], version.name(holder), version.country(holder)),
        *((row[3] if unchanged and agency else agency or frozen["agency_other"]), agency),
        *(frozen["agency_other"], programme, frozen["reference"]),
        *(day(frozen["starts_on"]), day(frozen["ends_on"])),
        *row[10:LISTED_PROGRAMME],
        *(programme if programme in listed else None, *row[LISTED_PROGRAMME + 1 :]),
    )


def _agency(row: Row) -> str:
    return row[4] or (OTHER if row[5] else "")


GRANTS = Export(
    "grants",
    _("Grants"),
    _("One row per grant relied on: its funder, number and period, and how it was judged."),
    (
        Column("receipt", _("Receipt number"), 0),
        Column("holder", _("Holder"), 1, personal=True),
        Column("country", _("Country of the institution"), 2, labels=Countries()),
        # What somebody typed may name a person: a file without personal columns says "another".
        Column(
            "agency",
            _("Funder"),
            3,
            codes=_agency,
            nameless=Column(
                "agency",
                _("Funder"),
                lambda row: row[3] if row[4] else str(ANOTHER_FUNDER) if row[5] else "",
                codes=_agency,
            ),
        ),
        Column(
            "programme",
            _("Programme"),
            6,
            nameless=Column(
                "programme",
                _("Programme"),
                lambda row: (
                    row[LISTED_PROGRAMME] or (str(_("Another programme")) if row[6] else "")
                ),
                codes=lambda row: row[LISTED_PROGRAMME] or (OTHER if row[6] else ""),
            ),
        ),
        Column("reference", _("Grant number"), 7),
        Column("starts_on", _("Start"), 8, "date"),
        Column("ends_on", _("End"), 9, "date"),
        Column("verdict", _("Result"), 10, labels=Verdicts()),
        Column("reasons", _("Reasons"), 11, labels=Each(_reason)),
        Column("warnings", _("Warnings"), 12, labels=Each(lambda code: str(CAUTIONS[code]))),
        Column("attested_at", _("Condition confirmed at (Japan time)"), 20, "moment"),
        Column("edition", _("Edition of the list"), 13),
    ),
    staff.grants_in,
    grant_rows,
    link=(17, 18),
)
