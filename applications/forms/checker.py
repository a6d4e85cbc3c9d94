"""The checker's two short forms, and the one rule by which an address is read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from applications.forms.fields import DayField, ExactField, half_width
from applications.models import FieldOfResearch
from applications.queries.catalogue import OTHER
from directory.models import Country, Participation

ABOUT = ("field", "country", "agency")
DETAILS = ("programme", "reference", "starts_on", "ends_on")
TERMS = ("on", "edition", "as_of")
PARAMETERS = (*ABOUT, *DETAILS, *TERMS)
DAYS = ("starts_on", "ends_on")
# Names keep their letters as typed; these are codes, or names looked up by a folded form.
CODES = ("field", "country", "agency", "on", "edition", "as_of")
LONGEST = 200
BOXES = 3

Choices = Sequence[tuple[Any, Any]]


class ShortField(ExactField):
    """Optional text that a choice or a box may hold; what is too long is said in our own words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def validate(self, value: str) -> None:
        if len(value) > LONGEST:
            raise ValidationError(
                _("“%(start)s…” is too long: at most %(longest)s characters."),
                code="long",
                params={"start": value[:20], "longest": LONGEST},
            )
        super().validate(value)


def typed(given: Mapping[str, str]) -> dict[str, str]:
    """Return what an address or a form says, tidied: codes half width, days in their three boxes.

    A day in the address is one text, in the form three boxes; boxes win. What cannot be a day is
    left in the boxes, so that the reader sees what was understood.
    """
    values = {name: str(given.get(name, "")).strip() for name in PARAMETERS}
    for name in CODES:
        values[name] = half_width(values[name])
    values["country"] = values["country"].upper()
    values["field"], values["edition"] = values["field"].lower(), values["edition"].lower()
    for name in DAYS:
        text = values.pop(name)
        boxes = [str(given.get(f"{name}_{place}", "")) for place in range(BOXES)]
        if not any(boxes):
            boxes = _in_boxes(text)
        values |= {f"{name}_{place}": box for place, box in enumerate(boxes)}
    return values


def _in_boxes(text: str) -> list[str]:
    parts = half_width(text).replace("/", "-").replace(".", "-").split("-", BOXES - 1)
    return [*parts, *[""] * (BOXES - len(parts))]


class TermsForm(forms.Form):
    """The reference date and the list: never asked, but an address may name them."""

    on = DayField(required=False)
    edition = ExactField(required=False, max_length=60)
    as_of = ExactField(required=False, max_length=60)

    def __init__(self, values: Mapping[str, str]) -> None:
        boxes = {f"on_{place}": box for place, box in enumerate(_in_boxes(values["on"]))}
        super().__init__({**values, **boxes})

    def sentences(self) -> list[str]:
        """Say what is wrong, naming the parameter, since no box on the page does."""
        found = []
        if "on" in self.errors:
            found.append(
                gettext("The reference date in this address is not a day. Write it as 2024-05-28.")
            )
        if "edition" in self.errors or "as_of" in self.errors:
            found.append(gettext("This address names an edition of the list that does not exist."))
        return [*found, *self.non_field_errors()]


class AboutForm(forms.Form):
    """What the research is about, where the partner works, and who pays for it."""

    field = forms.ChoiceField(
        label=_("What is your research about?"),
        choices=FieldOfResearch.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what your research is about."),
            "invalid_choice": _("Choose what your research is about."),
        },
    )
    country = forms.ChoiceField(
        label=_("In which country does your partner work?"),
        help_text=_(
            "The country of the institution. With several partners, check one after the other."
        ),
        error_messages={
            "required": _("Choose the country where your partner works."),
            "invalid_choice": _("Choose the country where your partner works."),
        },
    )
    agency = ShortField(
        label=_("Which funder supports your partner's research now?"),
        widget=forms.Select,
        help_text=_(
            "Choose “I do not know” if only the grant number is at hand: many numbers tell the funder."
        ),
    )

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        *,
        initial: Mapping[str, str],
        places: Choices,
        funders: Choices,
        complete: bool = True,
    ) -> None:
        """``complete``: every question was put; an address may leave field and country out."""
        super().__init__(values, initial=dict(initial))
        self.fields["country"].choices = places
        self.fields["agency"].widget.choices = funders
        if not complete:
            self.fields["field"].required = self.fields["country"].required = False


class DetailsForm(forms.Form):
    """What the notice of award says: at most four questions, and none must be answered."""

    programme = ShortField(
        label=_("Under which programme is the grant?"),
        widget=forms.HiddenInput,
    )
    reference = ShortField(
        label=_("Grant number"),
        help_text=_("As it stands in the notice of award, such as 5R01AI143730-04."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    starts_on = DayField(
        label=_("First day of the grant"),
        required=False,
        help_text=_("Year, month, day, such as 2024 4 1."),
    )
    ends_on = DayField(
        label=_("Last day of the grant"),
        required=False,
        help_text=_("Year, month, day, such as 2028 3 31."),
    )

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        *,
        initial: Mapping[str, Any],
        programmes: Choices = (),
    ) -> None:
        """``programmes``: choices where the list names some; else the question is not put."""
        super().__init__(values, initial=dict(initial))
        if programmes:
            self.fields["programme"].widget = forms.RadioSelect(choices=programmes)
            self.fields["programme"].choices = programmes

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("starts_on"), found.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day of the grant is before its first day."))
        return found


def place_choices(listed: Iterable[Country]) -> Choices:
    """Return the list's own countries and areas first, then every other country."""
    own = [(one.code, one.name) for one in listed]
    codes = {code for code, _name in own}
    others = [(one.code, one.name) for one in countries if one.code not in codes]
    return [
        ("", gettext("Choose a country")),
        (gettext("Countries and areas on the list"), own),
        (gettext("Other countries"), others),
    ]


def funder_choices(rows: Sequence[Participation], chosen: str, chosen_words: str) -> Choices:
    """Return the rows by country, then the two other answers.

    ``chosen`` stays a choice though it is on no row: an NIH institute off the list, a name typed
    into the address.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        words = row.agency.name
        if row.agency.acronym not in words:
            words = f"{words} ({row.agency.acronym})"
        groups.setdefault(row.agency.country.name, []).append((row.agency.slug, words))
    known = {"", OTHER, *(row.agency.slug for row in rows)}
    extra = [(chosen, chosen_words or chosen)] if chosen not in known else []
    return [
        ("", gettext("I do not know")),
        *extra,
        *groups.items(),
        (OTHER, gettext("Another funder")),
    ]


def programme_choices(row: Participation | None, chosen: str) -> Choices:
    """Return the programmes that the row names, and the two other answers; () where it names none."""
    own = [(one.code, str(one)) for one in row.programmes.all()] if row else []
    if not own:
        return ()
    known = {"", OTHER, *(code for code, _words in own)}
    extra = [(chosen, chosen)] if chosen not in known else []
    return [*own, *extra, (OTHER, gettext("Another programme")), ("", gettext("I do not know"))]
