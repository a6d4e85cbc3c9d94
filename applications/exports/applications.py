"""The export of applications, with lead, partners and funders of each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.exports.reading import (
    ANOTHER_FUNDER,
    BETWEEN,
    OTHER,
    Countries,
    Export,
    Row,
    Verdicts,
    chunks,
    streamed,
)
from applications.models import (
    EradStatus,
    Membership,
    ReliedGrant,
    Role,
)
from applications.queries import staff
from applications.queries.application import VERDICTS
from applications.queries.submitted import Submitted, submitted_values, touched
from applications.workflow import Status
from directory.models.places import in_language
from directory.spreadsheets import Column

APPLICATION_FIELDS = (
    *("receipt", "call__code", "status", "title_ja", "title_en", "area__name_en"),
    *("area__name_ja", "area__code", "years", "budget_jpy", "best_verdict", "explanation"),
    *("erad_status", "erad_number", "submitted_at", "version", "changed_at", "team_id"),
    *("team__ref", "pk"),
)
BESIDE = len(APPLICATION_FIELDS) - 2  # where lead, partners and funders are put in
TEAM = BESIDE - 1
BEST, PARTNERS, FUNDERS = 10, BESIDE + 3, BESIDE + 4


def application_rows(queryset: QuerySet) -> Iterator[Row]:
    """Read applications with lead, partners and funders: three statements a chunk.

    Where a team changed something after it submitted, what it submitted stands: one statement more.
    """
    for chunk in chunks(streamed(queryset, APPLICATION_FIELDS)):
        leads, partners = _people({row[TEAM] for row in chunk})
        agencies, acronyms = _agencies(row[-1] for row in chunk)
        standing = submitted_values(row[-1] for row in chunk if _touched(row))
        for row in chunk:
            version = standing.get(row[-1])
            if version:
                yield _as_submitted(row, version, acronyms)
                continue
            yield (
                *row[:BESIDE],
                *leads.get(row[TEAM], ("", "", "")),
                partners[row[TEAM]],
                agencies[row[-1]],
                *row[BESIDE:],
            )


def rows_of_funder(queryset: QuerySet, funder: str) -> Iterator[Row]:
    """Read the same for one funder's report: of funders, partners and results only what is its own.

    A list asked for funders off the list is no funder's report, and stays whole.
    """
    rows = application_rows(queryset)
    return rows if funder == OTHER else (_of_funder(row, funder) for row in rows)


def _of_funder(row: Row, funder: str) -> Row:
    theirs = [one for one in row[FUNDERS] if one[0] == funder]
    holders = {holder for _slug, _words, holder, _verdict in theirs}
    return (
        *row[:BEST],
        min((one[3] for one in theirs if one[3]), key=VERDICTS.index, default=""),
        *row[BEST + 1 : PARTNERS],
        [one for one in row[PARTNERS] if one[2] in holders],
        theirs,
        *row[FUNDERS + 1 :],
    )


def _touched(row: Row) -> bool:
    return touched(submitted_at=row[14], version=row[15], changed_at=row[16])


def _as_submitted(row: Row, version: Submitted, acronyms: dict[str, str]) -> Row:
    answers = version.answers
    lead = next(one for one in version.people if one["role"] == Role.LEAD)
    return (
        *row[:3],
        *(answers["title_ja"], answers["title_en"], *version.area, answers["area"]),
        *(answers["years"], answers["budget_jpy"], row[10], answers["explanation"]),
        *row[12:BESIDE],
        *(version.name(lead["id"]), lead["institution"]),
        version.beside.get(lead["id"], {}).get("erad_number", ""),
        [
            (version.name(one["id"]), one["country"], one["id"])
            for one in version.people
            if one["role"] == Role.PARTNER
        ],
        [
            (
                one["agency"] or (OTHER if one["agency_other"] else ""),
                acronyms.get(one["agency"], one["agency"]) or one["agency_other"],
                one["holder"],
                one["verdict"],
            )
            for one in version.grants.values()
        ],
        *row[BESIDE:],
    )


def _people(teams: Iterable[int]) -> tuple[dict[int, Row], dict[int, list[Row]]]:
    leads: dict[int, Row] = {}
    partners: dict[int, list[Row]] = defaultdict(list)
    people = (
        Membership.objects.current()
        .filter(team__in=list(teams), role__in=[Role.LEAD, Role.PARTNER])
        .order_by("pk")
        .values_list(
            *("team_id", "role", "researcher__name", "researcher__institution__name"),
            *("researcher__erad_number", "researcher__institution__country", "researcher_id"),
        )
    )
    for team, role, name, institution, erad, country, key in people:
        if role == Role.LEAD:
            leads[team] = (name, institution or "", erad)
        else:
            partners[team].append((name, country or "", key))
    return leads, partners


def _agencies(applications: Iterable[int]) -> tuple[dict[int, list[Row]], dict[str, str]]:
    """Return the funders relied on now, and the acronyms of all that ever were."""
    found: dict[int, list[Row]] = defaultdict(list)
    acronyms: dict[str, str] = {}
    grants = (
        ReliedGrant.objects.filter(application__in=list(applications))
        .order_by("pk")
        .values_list(
            *("application_id", "grant__agency__slug", "grant__agency__acronym"),
            *("grant__agency_other", "grant__holder_id", "verdict", "removed_at"),
        )
    )
    for application, slug, acronym, other, holder, verdict, removed_at in grants:
        acronyms[slug] = acronym
        if removed_at is None:
            code = slug or (OTHER if other else "")
            found[application].append((code, acronym or other, holder, verdict))
    return found, acronyms


def _joined(texts: Iterable[str]) -> str:
    return BETWEEN.join(dict.fromkeys(text for text in texts if text))


def _countries(row: Row) -> Iterable[str]:
    return (country for _name, country, _key in row[PARTNERS])


def _funders(row: Row) -> str:
    return ";".join(dict.fromkeys(one[0] for one in row[FUNDERS] if one[0]))


APPLICATIONS = Export(
    "applications",
    _("Applications"),
    _("One row per application: what is applied for, how it is judged and where it stands."),
    (
        Column("receipt", _("Receipt number"), 0),
        Column("call", _("Call"), 1),
        Column("state", _("State"), 2, labels=dict(Status.choices)),
        Column("title_ja", _("Project title in Japanese"), 3),
        Column("title_en", _("Project title in English"), 4),
        Column(
            "area",
            _("Research area"),
            lambda row: in_language(row[5] or "", row[6] or ""),
            codes=lambda row: row[7],
        ),
        Column("years", _("Years"), 8, "number"),
        Column("budget_jpy", _("Requested budget (JPY)"), 9, "number"),
        Column("lead", _("Lead"), BESIDE, personal=True),
        Column("lead_institution", _("Institution of the lead"), BESIDE + 1),
        Column("lead_erad", _("e-Rad researcher number of the lead"), BESIDE + 2, personal=True),
        Column(
            "partners",
            _("Partners abroad"),
            lambda row: _joined(one[0] for one in row[PARTNERS]),
            personal=True,
        ),
        Column(
            "countries",
            _("Countries of the partners"),
            lambda row: _joined(map(Countries().__getitem__, _countries(row))),
            codes=lambda row: ";".join(dict.fromkeys(filter(None, _countries(row)))),
        ),
        Column(
            "agencies",
            _("Funders"),
            lambda row: _joined(one[1] for one in row[FUNDERS]),
            codes=_funders,
            # What somebody typed may name a person.
            nameless=Column(
                "agencies",
                _("Funders"),
                lambda row: _joined(
                    str(ANOTHER_FUNDER) if one[0] == OTHER else one[1] for one in row[FUNDERS]
                ),
                codes=_funders,
            ),
        ),
        Column("best_verdict", _("Best result"), BEST, labels=Verdicts()),
        # Free text of a team, which may name people.
        Column("explanation", _("Explanation where no grant fits"), 11, personal=True),
        Column("erad_status", _("State in e-Rad"), 12, labels=dict(EradStatus.choices)),
        Column("erad_number", _("e-Rad proposal number"), 13),
        Column("submitted_at", _("Submitted at (Japan time)"), 14, "moment"),
        Column("version", _("Version"), 15, "number"),
    ),
    staff.applications_in,
    application_rows,
    of_funder=rows_of_funder,
)
