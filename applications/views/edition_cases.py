"""The golden cases of one edition: what it must answer, what it answers, and a form that states one more."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import actions, permissions, wording
from applications.forms.checker import Choices, place_choices
from applications.forms.publishing import CaseForm
from applications.queries.catalogue import edition_facts, load_catalogue
from applications.queries.effect_rows import calls_that_may_take
from applications.queries.golden_cases import Answered, Case, Standing, ask, cases_of, deciding
from applications.rules.findings import Assessment
from applications.views.edition_places import own_edition, page_of, trail
from applications.views.edition_refusals import told
from applications.views.edition_words import verdict_with_rules
from applications.wording.editions import standing_label
from directory.contradiction_words import acronyms
from directory.models import JAPAN_TIME, Agency, Country, Edition

GRANT = ("agency", "reference", "programme", "starts_on", "ends_on", "country", "on")


@require_http_methods(["GET", "HEAD", "POST"])
def cases(request: HttpRequest, edition: str) -> HttpResponse:
    """Show every case; ask the draft about a grant, state what it should answer, let an old case hold."""
    found = own_edition(request, edition)
    may_state = permissions.may_draft_edition(request.user, found.owner)
    if request.method != "POST":
        return _page(request, found, _form(found, initial=_begin(request, found)))
    if not may_state:
        raise PermissionDenied
    if found.published_at is not None:
        return _page(request, found, None, status=409, refused=actions.AlreadyPublished(found))
    if request.POST.get("act") == "again":
        return _again(request, found)
    stating = request.POST.get("act") == "state"
    form = _form(found, data=request.POST, stating=stating)
    if not form.is_valid():
        return _page(request, found, form)
    assessment = _answer(found, form.cleaned_data)
    if not stating:
        return _page(request, found, form, assessment=assessment)
    given = form.cleaned_data
    agrees = assessment.verdict == given["expected_verdict"]
    values = {name: given[name] for name in GRANT if name != "agency"} | {
        "expected_verdict": given["expected_verdict"],
        # Where the draft agrees, the case holds it to the same rules, too.
        "expected_reasons": deciding(assessment) if agrees else "",
        "why": given["why"],
    }
    return _stated(request, found, form, given["agency"], values)


def _stated(
    request: HttpRequest,
    found: Edition,
    form: CaseForm,
    agency: str,
    values: Mapping[str, Any],
) -> HttpResponse:
    try:
        case = actions.state_case(
            edition_id=found.pk,
            agency_id=Agency.objects.get(slug=agency).pk,
            values=values,
            by=request.user,
            at=timezone.now(),
        )
    except actions.AlreadyPublished as refusal:
        return _page(request, found, None, status=409, refused=refusal)
    words = _("The case is kept. It says: %(verdict)s.")
    messages.success(request, words % {"verdict": wording.verdict_label(case.expected_verdict)})
    return redirect(page_of(found, "cases"))


def _again(request: HttpRequest, found: Edition) -> HttpResponse:
    """State a superseded case anew for this draft, as it stands: it still holds."""
    key = request.POST.get("case", "")
    old = next(
        (
            one
            for one in cases_of(found)
            if one.case.key == key and one.status == Standing.SUPERSEDED and _may_hold(one, found)
        ),
        None,
    )
    if old is None:
        messages.info(request, _("There is no such superseded case; nothing has been changed."))
        return redirect(page_of(found, "cases"))
    kept = (*GRANT[1:], "expected_verdict", "expected_reasons", "why")
    values = {name: getattr(old.case, name) for name in kept}
    return _stated(request, found, _form(found), old.slug, values)


def _may_hold(one: Answered, found: Edition) -> bool:
    """Whether an old case could be stated anew: it is about a funder, and of an earlier edition."""
    return bool(one.slug) and one.case.edition != found.code


def _answer(found: Edition, given: Mapping[str, Any]) -> Assessment:
    grant = {name: given[name] for name in GRANT}
    case = Case(
        key="", edition=found.code, **grant, expected_verdict="", expected_reasons="", why=""
    )
    _slug, assessment = ask(case, load_catalogue(), edition_facts(found))
    return assessment


def _begin(request: HttpRequest, found: Edition) -> dict[str, Any]:
    """What the form begins with: the funder that the address names, its country, the next reference date."""
    now = timezone.now()
    slug = request.GET.get("agency", "")
    funder = Agency.objects.filter(slug=slug).exclude(country="EU").first()
    call = calls_that_may_take(found, now).first()
    on = call.reference_day if call else timezone.localdate(now, JAPAN_TIME)
    return {"agency": slug, "country": funder.country_id if funder else "", "on": on}


def _form(found: Edition, *, data: Any = None, stating: bool = False, **kwargs: Any) -> CaseForm:
    places = Country.objects.filter(agencies__rows__edition=found).distinct().order_by("code")
    return CaseForm(
        data, funders=_funders(found), places=place_choices(places), stating=stating, **kwargs
    )


def _funders(found: Edition) -> Choices:
    agencies = list(Agency.objects.order_by("acronym", "pk"))
    listed = set(found.rows.values_list("agency_id", flat=True))
    on_list = [(one.slug, str(one)) for one in agencies if one.pk in listed]
    others = [(one.slug, str(one)) for one in agencies if one.pk not in listed]
    return [
        ("", _("Please choose")),
        (_("On this list"), on_list),
        (_("Not on this list"), others),
    ]


def _page(
    request: HttpRequest,
    found: Edition,
    form: CaseForm | None,
    *,
    status: int = 200,
    assessment: Assessment | None = None,
    refused: Exception | None = None,
) -> HttpResponse:
    names = acronyms()
    may_state = permissions.may_draft_edition(request.user, found.owner)
    answers = cases_of(found)
    required = [one for one in answers if one.status != Standing.SUPERSEDED]
    superseded = [one for one in answers if one.status == Standing.SUPERSEDED]
    shown = may_state and found.published_at is None
    context = {
        "trail": trail(found),
        "edition": found,
        "form": form if shown else None,
        "may_state": may_state,
        "answer": assessment and _answer_in_words(assessment),
        "refused": refused and told(refused, found, names),
        "failing": [_told(one, names) for one in required if one.status == Standing.FAILS],
        "columns": [_("Funder"), _("Grant"), _("Agreed"), _("The edition says"), _("Because"),
                    _("Stated for")],
        "passing": _rows([one for one in required if one.status == Standing.PASSES], names),
        "superseded": [
            _told(one, names) | {"may_hold": shown and _may_hold(one, found)} for one in superseded
        ],
    }  # fmt: skip
    return render(request, "staff/edition_cases.html", context, status=status)


def _answer_in_words(assessment: Assessment) -> dict[str, Any]:
    return {
        "verdict": assessment.verdict,
        "label": wording.verdict_label(assessment.verdict),
        "findings": [
            (one.outcome, wording.explain(one), wording.would_change(one))
            for one in assessment.findings
        ],
        "cautions": [wording.caution_sentence(one) for one in assessment.cautions],
    }


def _told(one: Answered, names: Mapping[str, str]) -> dict[str, Any]:
    case = one.case
    return {
        "key": case.key,
        "funder": names.get(one.slug, case.agency) or _("No funder named"),
        "grant": _grant(case),
        "expected": verdict_with_rules(case.expected_verdict, case.expected_reasons),
        "found": verdict_with_rules(one.verdict, one.reasons),
        "why": case.why,
        "edition": case.edition,
        "by": case.stated_by,
        "standing": standing_label(one.status),
    }


def _rows(answers: Sequence[Answered], names: Mapping[str, str]) -> list[list[Any]]:
    told_ = [_told(one, names) for one in answers]
    return [[one[name] for name in ("funder", "grant", "expected", "found", "why", "edition")]
            for one in told_]  # fmt: skip


def _grant(case: Case) -> str:
    """A case's grant in one line: number, programme, period, country, and the day it is asked for."""
    said = (case.reference, case.programme, case.country)
    period = _("%(first)s to %(last)s") % {
        "first": wording.day(case.starts_on) if case.starts_on else "…",
        "last": wording.day(case.ends_on) if case.ends_on else "…",
    }
    on = _("asked for %(day)s") % {"day": wording.day(case.on)}
    return " / ".join(one for one in (*said, period, on) if one)
