"""One application as staff read it: what was submitted stands; what was crossed out stays visible."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_countries import countries

from applications import actions, permissions, wording
from applications.exports import EXPORTS
from applications.models import (
    Application,
    ConfirmedHow,
    Event,
    Happening,
    Invitation,
    Membership,
    Notice,
    ReliedGrant,
    Role,
)
from applications.queries.application import Workspace, in_force, workspace
from applications.queries.copies import copies_of
from applications.queries.submitted import last_submitted, touched
from applications.rules.findings import Outcome, Verdict
from applications.views.frame import pending_changes
from applications.views.kept_view import places
from applications.views.match_under import other_lists
from applications.views.matching import funder_of
from applications.views.overlaps import overlaps
from applications.views.receipts import findings_of, with_acronyms
from applications.views.screening import panel
from applications.views.staff import person_reads, staff_applications
from applications.views.staff_acts import can_bounce
from applications.workflow import FINAL, Status
from directory import formatting
from directory.addresses import with_punycode
from directory.models.places import in_language
from directory.spreadsheets import Column

SENTENCES = frozenset({"reasons", "warnings", "reason"})  # columns that hold whole sentences
PEOPLE = ("role", "name", "name_latin", "institution", "country", "email", "confirmed_at",
          "confirmed_how")  # fmt: skip
TABLES = (
    ("members", gettext_lazy("People"), PEOPLE),
    ("grants", gettext_lazy("Grants"), ("holder", "agency", "programme", "reference",
                                        "starts_on", "ends_on", "verdict", "reasons", "warnings",
                                        "attested_at")),
    ("notices", gettext_lazy("Notices"), ("agency", "body_told", "holder", "strength", "state",
                                          "due_on", "recipient", "channel", "done_on", "by_whom",
                                          "proof")),
    ("events", gettext_lazy("Events"), ("at", "act", "from_state", "to_state", "actor", "reason")),
)  # fmt: skip


@require_safe
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one application: answers, people, grants, notices, events, proofs, what was crossed out."""
    found = get_object_or_404(
        staff_applications(request).select_related(
            "call__edition", "edition", "team", "area", "submitted_by", "assigned_to"
        ),
        pk=pk,
    )
    actions.record_reading(
        name="application", application=found, by=request.user, at=timezone.now()
    )
    acts = request.user.is_superuser or request.user.staff_role in permissions.DECIDES
    space = workspace(found)
    context = (
        _page(found, space)
        | panel(request, found, space, may_act=acts)
        | places(request, staff_applications(request), found)
        | {
            "invitations": list(_invitations(found, may_act=acts)),
            "may_hand_over": acts and found.status not in FINAL,
            "overlaps": overlaps(found, request.user),
            "would_change": list(_would_change(found, space)),
            **other_lists(found, but=in_force(found)),
        }
    )
    return render(request, "staff/application.html", context)


def _page(found: Application, space: Workspace) -> dict[str, Any]:
    """Gather what the page shows: one table per export, in its words and with its values."""
    this = Application.objects.filter(pk=found.pk)
    version = _changed_version(found)
    answers = EXPORTS["applications"]
    row = next(answers.rows(this))
    tables = []
    for name, title, codes in TABLES:
        export = EXPORTS[name]
        columns = [export.column(code) for code in codes]
        reads = [_reads(column) for column in columns]
        rows = [[read(one) for read in reads] for one in export.rows(export.among(this))]
        if name == "members" and version:
            rows = list(_people(version))
        tables.append(
            {"slug": name, "title": title, "columns": list(map(_heading, columns)), "rows": rows}
        )
    return {
        "application": found,
        "title": in_language(row[4], row[3]),
        "answers": [
            {"key": column.header, "value": _answer(column, row)} for column in answers.columns
        ],
        "abstract": version["inputs"]["answers"]["abstract_en"] if version else found.abstract_en,
        "explanation": row[11] if row[10] != Verdict.FITS else "",
        # Links by team lead to its newest application: after a withdrawal that may be another one.
        "by_team": found.status != Status.WITHDRAWN,
        "unsubmitted": version is not None
        and found.status != Status.WITHDRAWN
        and pending_changes(space),
        "tables": tables,
        "verdicts": [
            _verdict(one) for table in tables if table["slug"] == "grants" for one in table["rows"]
        ],
        "crossed_out": list(_crossed_out(found)),
        "copies": copies_of(found),
    }


def _answer(column: Column, row: Any) -> str:
    value = person_reads(column)(row)
    if column.code == "budget_jpy" and isinstance(value, int):
        return formatting.yen(value, get_language())
    return value


VERDICT = 6  # where it stands in a row of grants, see ``TABLES``


class _LeftOpen:
    """Words for rules as they were judged: those not met; that all are, is said in one sentence."""

    def __init__(self, labels: Any) -> None:
        self.labels = labels

    def __getitem__(self, codes: str) -> str:
        left = [one for one in codes.split(";") if not one.endswith(f"={Outcome.MET}")]
        return self.labels[";".join(left)] if left else _("Every rule is met.")


def _reads(column: Column) -> Callable[[Any], Any]:
    if column.code == "reasons":
        column = replace(column, labels=_LeftOpen(column.labels))
    return person_reads(column)


def _verdict(row: list[Any]) -> dict[str, str]:
    """What the list says of one grant, in short, to stand beside the answers; see ``TABLES``."""
    holder, agency, _programme, reference, *_period = row[:VERDICT]
    verdict, reasons, warnings, _attested_at = row[VERDICT:]
    if verdict == wording.verdict_label(Verdict.FITS):
        reasons = ""  # each is met
    return {
        "key": f"{agency} {reference} – {holder}",
        "value": "\n".join(str(words) for words in (verdict, reasons, warnings) if words),
    }


def _would_change(found: Application, space: Workspace) -> Iterator[dict[str, Any]]:
    """What would change each verdict that is not ``FITS``: of the last version, else of the draft."""
    sealed = found.versions.order_by("-number").values_list("content", flat=True).first()
    if sealed is None:
        judged = [
            (funder_of(one), one.relied.grant.reference, one.assessment.findings)
            for one in space.judged
        ]
    else:
        grants = with_acronyms(sealed["inputs"]["grants"])
        judged = [(one["funder"], one["reference"], findings_of(one)) for one in grants]
    for funder, reference, findings in judged:
        changes = [
            f"{wording.explain(one)} {wording.would_change(one)}"
            for one in findings
            if one.outcome != Outcome.MET
        ]
        if changes:
            together = wording.all_together(findings)
            yield {"grant": f"{funder} {reference}", "changes": changes, "together": together}


def _invitations(found: Application, *, may_act: bool) -> Iterator[dict[str, Any]]:
    """The team's invitations, the newest first: whom, where it stands, when, by whom. Never a link."""
    now = timezone.now()
    rows = (
        Invitation.objects.filter(application=found)
        .select_related("message", "membership__researcher", "created_by")
        .order_by("-pk")
    )
    for one in rows:
        person = one.membership.researcher
        yield {
            "pk": one.pk,
            "person": person.name,
            "email": one.email,
            "state": one.state_at(now).label,
            "reason": one.reason,
            "at": one.created_at,
            "by": one.created_by.get_full_name(),
            "is_reminder": one.is_reminder,
            "can_bounce": may_act and can_bounce(one),
        }


def _changed_version(found: Application) -> dict[str, Any] | None:
    """The version that stands, where the team changed something after it submitted."""
    changed = touched(
        version=found.version, submitted_at=found.submitted_at, changed_at=found.changed_at
    )
    return last_submitted(found) if changed and found.versions.exists() else None


def _heading(column: Column) -> dict[str, Any]:
    when = column.kind in ("date", "moment")
    return {"label": column.header, "when": when, "words": column.code in SENTENCES}


def _people(version: dict[str, Any]) -> Iterator[list[str]]:
    """The people of a version in the columns of ``PEOPLE``."""
    for one in version["inputs"]["people"]:
        beside = version["beside"].get(one["id"], {})
        how = one["confirmed_how"]
        yield [
            str(Role(one["role"]).label),
            *(beside.get(name, "–") for name in ("name", "name_latin")),
            in_language(one["institution_latin"] or one["institution"], one["institution"]),
            countries.name(one["country"]) or one["country"],
            with_punycode(beside.get("email", "–")),
            _moment(one["confirmed_at"]),
            str(ConfirmedHow(how).label) if how else "",
        ]


def _moment(at: str) -> str:
    if not at:
        return ""
    return formatting.day_and_time(datetime.fromisoformat(at), formatting.JAPAN, get_language())


Crossed = dict[str, Any]  # kind, name, at, why


def _crossed_out(found: Application) -> Iterator[Crossed]:
    """People, grants and notices that the team took out, each with when and why."""
    people = Membership.objects.filter(team=found.team_id, removed_at__isnull=False)
    for member in people.select_related("researcher").order_by("removed_at", "pk"):
        who, why_gone = member.researcher.name, member.removed_reason
        yield _crossed(_("Person"), who, member.removed_at, why_gone)
    relied = ReliedGrant.objects.filter(application=found, removed_at__isnull=False)
    grants = list(relied.select_related("grant__agency", "grant__holder").order_by("removed_at"))
    why = _reasons(found) if grants else {}
    for one in grants:
        grant = one.grant
        funder = grant.agency.acronym if grant.agency else grant.agency_other
        name = f"{funder} {grant.reference} – {grant.holder.name}"
        reason = why.get(grant.pk, _("The holder was removed from the team."))
        yield _crossed(_("Grant"), name, one.removed_at, reason)
    notices = Notice.objects.filter(application=found, removed_at__isnull=False)
    told = notices.select_related("body", "holder__researcher").order_by("removed_at", "pk")
    for notice in told:
        holder, state = notice.holder.researcher.name, notice.get_state_display()
        name = f"{notice.body.acronym} – {holder} – {state}"
        reason = _("The grant is no longer relied on.")
        yield _crossed(_("Notice"), name, notice.removed_at, reason)


def _crossed(kind: str, name: str, at: Any, why: str) -> Crossed:
    return {"kind": kind, "name": name, "at": at, "why": why}


def _reasons(found: Application) -> dict[int, str]:
    removals = Event.objects.filter(application=found, act=Happening.GRANT_REMOVED).order_by("pk")
    return {one.details["grant"]: one.reason for one in removals}
