"""The team page's task list: what is done, what waits for whom, what is missing, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import EradStatus
from applications.queries.application import Missing, Workspace
from applications.rules.findings import Verdict
from applications.workflow import EDITABLE

# Pages that may be opened though nothing can be changed (any more).
READABLE = frozenset({"match", "notices", "check_answers"})

MISSING = {
    "TITLE_JA": gettext_lazy("Give the project title in Japanese."),
    "TITLE_EN": gettext_lazy("Give the project title in English."),
    "ABSTRACT_EN": gettext_lazy("Write the abstract in English."),
    "LEAD_IN_JAPAN": gettext_lazy("Name the lead researcher's institution in Japan."),
    "LEAD_ERAD": gettext_lazy("Give the lead researcher's e-Rad researcher number."),
    "PARTNER": gettext_lazy("Name at least one partner abroad."),
    "PARTNER_CONFIRMED": gettext_lazy(
        "At least one partner from an institution abroad has still to confirm."
    ),
    "GRANT": gettext_lazy("Enter at least one grant of a partner."),
    "ATTESTATION": gettext_lazy(
        "A condition is not confirmed by its holder. Record the answer, or remove the grant."
    ),
    "AREA": gettext_lazy("Choose the research area of the call."),
    "YEARS": gettext_lazy("Choose the years: between %(from)s and %(to)s."),
    "BUDGET": gettext_lazy("Give the requested budget."),
    "BUDGET_CAP": gettext_lazy("Lower the requested budget to at most %(cap)s yen."),
    "EXPLANATION": gettext_lazy(
        "No grant fits so far: explain why your team applies all the same."
    ),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the list."""

    title: str
    hint: str
    status: str
    href: str = ""


def missing_sentence(missing: Missing) -> str:
    return str(MISSING[missing.code]) % missing.params


def missing_links(space: Workspace) -> list[tuple[str, str]]:
    """Return what is missing as sentences with the page that mends each."""
    ref = space.application.team.ref
    return [
        (missing_sentence(one), reverse(f"applications:{one.task}", args=[ref]))
        for one in space.missing
    ]


def task_groups(
    space: Workspace,
    notices: Mapping[str, int],
    invited: Mapping[str, Mapping[str, int]],
    *,
    may_edit: bool,
    pending: bool,
) -> list[tuple[str, list[Task]]]:
    """Return the groups of tasks with their rows.

    ``notices`` counts the notices by ``all``, ``open`` and ``problem``; ``invited`` tallies the
    invitations of the ``partners`` and of the side in ``japan``; ``pending`` says that something
    was changed since the last submission.
    """
    lost = {one.code for one in space.missing}
    ref = space.application.team.ref
    writable = may_edit and space.application.status in EDITABLE

    def task(name: str, title: str, status: str, hint: str = "") -> Task:
        opens = writable or name in READABLE
        href = reverse(f"applications:{name}", args=[ref]) if opens else ""
        return Task(title, hint, status, href)

    partners, confirmed = space.partners, [one for one in space.partners if one.confirmed_at]
    return [
        (
            _("Your team"),
            [
                task("team_project", _("Describe the project"), _project(space, lost)),
                task(
                    "team_japan",
                    _("Name the Japan side"),
                    _japan(lost, invited["japan"]),
                    _in_words(
                        _("Lead, deputy, co-investigators, research administrator"),
                        invited["japan"],
                    ),
                ),
                task(
                    "team_people",
                    _("Name the partners abroad"),
                    "COMPLETED" if partners else "NOT_STARTED",
                ),
                task(
                    "team_people",
                    _("Confirm the partners"),
                    _confirmation(space, len(confirmed), invited["partners"]),
                    _in_words(
                        _("Confirmed: %(confirmed)s of %(all)s")
                        % {"confirmed": len(confirmed), "all": len(partners)},
                        invited["partners"],
                    ),
                ),
            ],
        ),
        (
            _("Match"),
            [
                task("grants", _("Enter the partners' grants"), _grants(space)),
                task("match", _("See the match"), _match(space, lost), _match_hint(space, lost)),
            ],
        ),
        (
            _("Notices"),
            [task("notices", _("See whom the holders tell"), *_notices(notices))],
        ),
        (
            _("Submit"),
            [
                task(
                    "answers",
                    _("Answer the call's questions"),
                    _answers(space, lost),
                ),
                task("erad", _("Record the e-Rad status"), _erad(space.application.erad_status)),
                task("check_answers", _("Check and submit"), *_submit(space, pending)),
            ],
        ),
    ]


def progress(groups: Sequence[tuple[str, list[Task]]]) -> tuple[int, int]:
    """Return how many tasks are done, and of how many."""
    rows = [row for _title, rows in groups for row in rows]
    return sum(row.status == "COMPLETED" for row in rows), len(rows)


def _project(space: Workspace, lost: set[str]) -> str:
    one = space.application
    if not lost & {"TITLE_JA", "TITLE_EN", "ABSTRACT_EN"}:
        return "COMPLETED"
    return "IN_PROGRESS" if one.title_ja or one.title_en or one.abstract_en else "NOT_STARTED"


def _in_words(first: str, invited: Mapping[str, int]) -> str:
    """Put the counts of invitations that are not nought after ``first``."""
    words = {
        "problem": _("Invitations that need you: %(count)s"),
        "waiting": _("Invited, waiting for an answer: %(count)s"),
        "expired": _("Expired: %(count)s"),
        "declined": _("Declined: %(count)s"),
    }
    found = [words[one] % {"count": invited[one]} for one in words if invited[one]]
    return " · ".join([first, *found])


def _japan(lost: set[str], invited: Mapping[str, int]) -> str:
    if invited["problem"]:
        return "PROBLEM"
    return "IN_PROGRESS" if lost & {"LEAD_IN_JAPAN", "LEAD_ERAD"} else "COMPLETED"


def _confirmation(space: Workspace, confirmed: int, invited: Mapping[str, int]) -> str:
    if not space.partners:
        return "CANNOT_START"
    if invited["problem"]:
        return "PROBLEM"
    return "COMPLETED" if confirmed == len(space.partners) else "WAITING"


def _grants(space: Workspace) -> str:
    if not space.partners:
        return "CANNOT_START"
    return "COMPLETED" if space.judged else "NOT_STARTED"


def _match(space: Workspace, lost: set[str]) -> str:
    if not space.judged:
        return "CANNOT_START"
    if "ATTESTATION" in lost:
        return "WAITING"
    open_ones = [one for one in space.judged if one.assessment.verdict == Verdict.CANNOT_TELL]
    return "IN_PROGRESS" if open_ones else "COMPLETED"


def _match_hint(space: Workspace, lost: set[str]) -> str:
    if "ATTESTATION" in lost:
        return _("A holder has still to answer a condition of the list.")
    if not space.judged:
        return ""
    fitting = sum(one.assessment.verdict == Verdict.FITS for one in space.judged)
    return _("Grants that fit: %(fitting)s of %(all)s") % {
        "fitting": fitting,
        "all": len(space.judged),
    }


def _notices(notices: Mapping[str, int]) -> tuple[str, str]:
    if not notices["all"]:
        return "CANNOT_START", ""
    if notices["problem"]:
        return "PROBLEM", _("Notices that need a person: %(count)s") % {"count": notices["problem"]}
    if notices["open"]:
        hint = _("Still to be told: %(count)s. Open notices never stop you from submitting.")
        return "IN_PROGRESS", hint % {"count": notices["open"]}
    return "COMPLETED", ""


def _answers(space: Workspace, lost: set[str]) -> str:
    one = space.application
    if not lost & {"AREA", "YEARS", "BUDGET", "BUDGET_CAP", "EXPLANATION"}:
        return "COMPLETED"
    return "IN_PROGRESS" if one.area_id or one.years or one.budget_jpy else "NOT_STARTED"


def _erad(status: str) -> str:
    return {
        EradStatus.SUBMITTED: "COMPLETED",
        EradStatus.IN_PREPARATION: "IN_PROGRESS",
    }.get(EradStatus(status), "NOT_STARTED")


def _submit(space: Workspace, pending: bool) -> tuple[str, str]:
    if space.missing:
        return "NOT_STARTED", _("Still missing: %(count)s") % {"count": len(space.missing)}
    if not space.application.version:
        return "NOT_STARTED", _("Nothing is missing.")
    if pending:
        return "IN_PROGRESS", _("There are changes that are not yet submitted.")
    return "COMPLETED", ""
