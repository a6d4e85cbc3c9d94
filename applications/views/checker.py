"""The checker: answers in the address, no account, nothing stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import wording
from applications.forms import checker as forms
from applications.queries.catalogue import Catalogue, load_catalogue
from applications.views.superseded import changed_since
from applications.views.verdicts import answer_context
from directory.as_of import AskedEdition, asked_edition
from directory.listing import in_reading_order, rows_of
from directory.models import JAPAN_TIME, Call, Edition, OwningAgency, Participation
from directory.models.places import in_language

# Where in the questions the reader is; never part of an answer's address.
STEP = "step"
ABOUT, DETAILS, ANSWER = "about", "details", "answer"


@dataclass(frozen=True)
class Asked:
    """What the address says, and what it is held against."""

    values: Mapping[str, str]
    newest: Edition
    edition: Edition | None  # None: the address names one that does not exist
    rows: list[Participation]
    catalogue: Catalogue
    terms: forms.TermsForm
    unkept: bool = False  # a day is asked for of which no list is kept: no mistake of the reader's

    @property
    def agency(self) -> str:
        """The slug that the funder's name or else the number tells; "" when neither does."""
        text = self.values["agency"]
        # What is too long is refused by its form; it is not worth a search for similar names.
        named = self.catalogue.find(text)[0] if text and len(text) <= forms.LONGEST else ""
        return named or ("" if text else self.catalogue.suggest(self.values["reference"][:200]))

    @property
    def row(self) -> Participation | None:
        return next((row for row in self.rows if row.agency.slug == self.agency), None)

    def about(self, *, bound: bool, complete: bool = True) -> forms.AboutForm:
        agency = self.values["agency"]
        slug = self.catalogue.find(agency)[0] if agency and len(agency) <= forms.LONGEST else ""
        entry = self.catalogue.agencies.get(slug)
        values = {**self.values, "agency": slug or agency}
        named = in_language(entry.name_en, entry.name_ja) if entry else ""
        words = f"{named} ({entry.acronym})" if entry else ""
        listed = {row.agency.country.code: row.agency.country for row in self.rows}
        return forms.AboutForm(
            values if bound else None,
            initial=values,
            places=forms.place_choices(listed.values()),
            funders=forms.funder_choices(self.rows, values["agency"], words),
            complete=complete,
        )

    def details(self, *, bound: bool) -> forms.DetailsForm:
        boxes = {
            name: [self.values[f"{name}_{place}"] for place in range(forms.BOXES)]
            for name in forms.DAYS
        }
        choices = forms.programme_choices(self.row, self.values["programme"][: forms.LONGEST])
        return forms.DetailsForm(
            self.values if bound else None,
            initial={**self.values, **boxes},
            programmes=choices,
        )


@login_not_required
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Ask, or answer: a complete address is answered, and carries its date and its edition."""
    newest = Edition.objects.newest(OwningAgency.AMED)
    if newest is None:
        return render(request, "applications/check_no_list.html")
    asked = read(request, newest)
    step = request.GET.get(STEP, "")
    if step not in (ABOUT, DETAILS, ANSWER):
        step = ANSWER if is_answerable(request) else ABOUT
    from_form = STEP in request.GET
    wrong = asked.terms.sentences()
    if step == ABOUT and not wrong:
        skipped = not from_form and bool(request.GET.keys() & {"field"})
        return ask_about(request, asked, asked.about(bound=skipped))
    about = asked.about(bound=True, complete=from_form)
    if wrong or not about.is_valid():
        for sentence in wrong:
            about.add_error(None, sentence)
        plain = from_form or asked.unkept
        return ask_about(request, asked, about, status=200 if plain else 400)
    if step == DETAILS:
        return ask_details(request, asked, asked.details(bound=False))
    details = asked.details(bound=True)
    if not details.is_valid():
        return ask_details(request, asked, details, status=200 if from_form else 400)
    return answer(request, asked, about, details)


def read(request: HttpRequest, newest: Edition) -> Asked:
    """Read the address, and fetch the list that it names or that was valid on its day, else the newest."""
    values = forms.typed(request.GET)
    terms = forms.TermsForm(values)
    named = AskedEdition(newest)
    if terms.is_valid() and (values["as_of"] or values["edition"] not in ("", newest.code)):
        named = asked_edition(terms.cleaned_data, newest.owner)
    if named.edition is None:
        unkept = _("No list of that day is kept here. Continue to check against the newest list.")
        terms.add_error(None, named.problem or unkept)
    elif named.edition.owner != newest.owner:  # the other agency's list is followed by its own
        newest = Edition.objects.newest(named.edition.owner) or newest
    # The questions would hand a mistake on from page to page, where nobody can mend it.
    if "on" in terms.errors:
        values["on"] = ""
    if terms.errors.keys() - {"on"}:
        values["edition"] = values["as_of"] = ""
    rows = in_reading_order(rows_of(named.edition or newest))
    return Asked(
        values,
        newest,
        named.edition,
        rows,
        load_catalogue(),
        terms,
        unkept=named.edition is None and not named.problem,
    )


def is_answerable(request: HttpRequest) -> bool:
    """Whether an address that came from no form asks for an answer, not for the questions.

    A link with a funder and a country alone, as on a funder's page, opens the questions.
    """
    given = {name for name in forms.PARAMETERS if request.GET.get(name)}
    return bool(given & {*forms.DETAILS, *forms.TERMS}) or given >= {"field", "country"}


def ask_about(
    request: HttpRequest, asked: Asked, form: BaseForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "carried": carried(asked, but=forms.ABOUT),
        "edition": asked.edition or asked.newest,
        "next_step": DETAILS,
    }
    return render(request, "applications/check.html", context, status=status)


def ask_details(
    request: HttpRequest, asked: Asked, form: BaseForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "field": asked.values["field"],
        "carried": carried(asked, but=forms.DETAILS),
        "back": f"?{urlencode([*carried(asked, but=()), (STEP, ABOUT)])}",
        "edition": asked.edition,
        "row": asked.row,
        "next_step": ANSWER,
    }
    return render(request, "applications/check_details.html", context, status=status)


def carried(asked: Asked, but: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return what the address says and the page's own form does not ask."""
    return [
        (name, value)
        for name, value in asked.values.items()
        if value and name not in but and name.rpartition("_")[0] not in but
    ]


def answer(
    request: HttpRequest, asked: Asked, about: forms.AboutForm, details: forms.DetailsForm
) -> HttpResponse:
    """Answer at an address that keeps its answer; any other address is led there."""
    today = timezone.localdate(timezone=JAPAN_TIME)
    on: date = asked.terms.cleaned_data["on"] or today
    found = {**about.cleaned_data, **details.cleaned_data, "on": on}
    found |= {"edition": asked.edition.code, "as_of": ""}  # a day becomes the list it means
    query = [
        (name, value.isoformat() if isinstance(value, date) else value)
        for name, value in ((name, found[name]) for name in forms.PARAMETERS)
        if value
    ]
    given = {name: request.GET[name] for name in forms.PARAMETERS if request.GET.get(name)}
    address = f"{reverse('applications:check')}?{urlencode(query)}"
    if given != dict(query) or STEP in request.GET:
        return redirect(address)
    shown = answer_context(found, asked.catalogue, asked.edition, asked.rows)
    context: dict[str, Any] = {
        "query": urlencode(query),
        "shared": f"{settings.PORTAL_URL}{address}",
        "change": {step: f"?{urlencode([*query, (STEP, step)])}" for step in (ABOUT, DETAILS)},
        "again": _on_terms(query, on, asked.newest),
        "other_terms": other_terms(query, on, asked, today),
        "newest": asked.newest,
        "edition": asked.edition,
        "since": changed_since(asked.edition, asked.newest, shown["slug"]),
        "carried": [one for one in query if one[0] != "edition"],
        "other_lists": _other_lists(query, on, asked.edition),
        **shown,
    }
    return render(request, "applications/check_answer.html", context)


def _other_lists(
    query: Sequence[tuple[str, str]], on: date, edition: Edition
) -> list[tuple[Edition, str]]:
    """Return the other lists of the same agency, each with the address of the same question."""
    kept = Edition.objects.of(edition.owner).published().newest_first().exclude(pk=edition.pk)
    return [(one, _on_terms(query, on, one)) for one in kept]


def other_terms(
    query: Sequence[tuple[str, str]], on: date, asked: Asked, today: date
) -> list[tuple[str, str]]:
    """Return links to the same question on the days that matter: today, and open calls' own days."""
    links = []
    if (on, asked.edition) != (today, asked.newest):
        links.append(
            (_("Check as of today, against the newest list"), _on_terms(query, today, asked.newest))
        )
    published = Call.objects.open_at(timezone.now()).filter(edition__published_at__isnull=False)
    for call in published.select_related("edition").order_by("closes_at"):
        if (on, asked.edition) != (call.reference_day, call.edition):
            words = _("Check for the call “%(call)s”, reference date %(on)s")
            links.append(
                (
                    words % {"call": call.title, "on": wording.day(call.reference_day)},
                    _on_terms(query, call.reference_day, call.edition),
                )
            )
    return links


def _on_terms(query: Sequence[tuple[str, str]], on: date, edition: Edition) -> str:
    return f"?{urlencode({**dict(query), 'on': on.isoformat(), 'edition': edition.code})}"
