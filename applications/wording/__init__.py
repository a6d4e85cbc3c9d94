"""Words for what the rules find: codes and facts in, sentences in the reader's language out."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from applications.rules.cautions import Caution
from applications.rules.findings import MET, Assessment, Finding
from applications.rules.flips import only_another_grant
from applications.wording.labels import (
    ASKED,
    CAUTIONS,
    OUTCOMES,
    RULES,
    STRENGTHS,
    TRIGGERS,
    VERDICT_SENTENCES,
    VERDICTS,
)
from applications.wording.reasons import EXPLANATIONS, WOULD_CHANGE

MONTHS = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)
# Gaps that hold a day; stored as ISO 8601, shown as the reader writes days.
DAYS = frozenset({"on", "starts_on", "ends_on", "added_on", "as_of"})


def day(moment: date) -> str:
    """Write a day out, the month always in letters in English: 28 May 2024."""
    # Translators: a day, such as 28 May 2024; the month already carries its own word.
    pattern = str(_("%(day)s %(month)s %(year)s"))
    month = MONTHS[moment.month - 1]
    return pattern % {"day": moment.day, "month": month, "year": moment.year}


def short_day(moment: date) -> str:
    """Write a day without its year, where the year stands beside it: 28 May."""
    # Translators: a day without its year, such as 28 May; the month already carries its own word.
    pattern = str(_("%(day)s %(month)s"))
    return pattern % {"day": moment.day, "month": MONTHS[moment.month - 1]}


def _readable(params: Mapping[str, str]) -> dict[str, str]:
    return {
        name: day(date.fromisoformat(value)) if name in DAYS and value else value
        for name, value in params.items()
    }


def explain(finding: Finding) -> str:
    """Say in one sentence what a rule found, and the facts that decided."""
    key = (finding.rule, finding.outcome, finding.reason)
    return str(EXPLANATIONS[key]) % _readable(finding.params)


def would_change(finding: Finding) -> str:
    """Say what would change a finding; "" when the rule is met."""
    sentence = WOULD_CHANGE.get((finding.rule, finding.outcome, finding.reason))
    return "" if sentence is None else str(sentence) % _readable(finding.params)


def all_together(findings: Iterable[Finding]) -> str:
    """Say of several obstacles that changing one of them is not enough; "" for a single one."""
    open_ones = [one for one in findings if one.outcome is not MET]
    if len(open_ones) < 2:
        return ""
    if any(only_another_grant(one) for one in open_ones):
        return str(
            _(
                "No change to this grant is enough, as its funder is not on the list: "
                "only another grant would change the verdict."
            )
        )
    return str(_("All of these would have to change before the grant fits."))


def caution_sentence(caution: Caution) -> str:
    """Say a warning in words."""
    return str(CAUTIONS[caution.code]) % _readable(caution.params)


def verdict_label(verdict: str) -> str:
    """Name a verdict, for badges, tables and exports."""
    return str(VERDICTS[verdict])


def verdict_sentence(assessment: Assessment) -> str:
    """Say a verdict with the day of the list it rests on, and who decides."""
    sentence = str(VERDICT_SENTENCES[assessment.verdict])
    return sentence % {"as_of": day(assessment.as_of)}


def outcome_label(outcome: str) -> str:
    """Name the outcome of one rule."""
    return str(OUTCOMES[outcome])


def rule_label(rule: str) -> str:
    """Name a rule as the statement that is true when it is met."""
    return str(RULES[rule])


def strength_label(strength: str) -> str:
    """Name how strongly a notice is asked for."""
    return str(STRENGTHS[strength])


def asked_sentence(strength: str, *, agency: str, body: str) -> str:
    """Say what the list asks of holders of one agency's grants."""
    return str(ASKED[strength]) % {"agency": agency, "body": body}


def trigger_label(trigger: str) -> str:
    """Name the occasion on which a notice falls due."""
    return str(TRIGGERS[trigger])
