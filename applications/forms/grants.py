"""The form of a partner's grant: what is doubtful is said once, and saved all the same."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.conflicts import Watched
from applications.forms.fields import (
    AmountField,
    DayField,
    ExactField,
    ForgivingEmailField,
    half_width,
)
from applications.queries.catalogue import OTHER, Catalogue
from applications.rules.facts import EditionFacts
from directory.listing import country_place
from directory.models import Agency, Country, Grant, Programme
from directory.models.places import in_language

ANOTHER = "other"  # "another funder", "another programme": typed, not chosen


class GrantForm(Watched, forms.ModelForm):
    """A grant of one holder; ``actions.save_grant`` writes."""

    funder = forms.ChoiceField(
        label=_("Funder"),
        required=False,
        help_text=_("Leave it open if you do not know: many grant numbers tell their funder."),
    )
    agency_other = ExactField(label=_("Name of another funder"), max_length=200, required=False)
    reference = ExactField(
        label=_("Grant number"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("As in the notice of award, such as 5R01AI143730-04. Kept as you type it."),
    )
    scheme = forms.ChoiceField(label=_("Programme"), required=False)
    programme_other = ExactField(
        label=_("Name of another programme"), max_length=200, required=False
    )
    title = ExactField(label=_("Title of the grant"), max_length=300, required=False)
    role = ExactField(
        label=_("Part of the holder in the grant"),
        max_length=100,
        required=False,
        help_text=_("For example: principal investigator."),
    )
    starts_on = DayField(label=_("First day of the grant"), required=False)
    ends_on = DayField(label=_("Last day of the grant"), required=False)
    amount = AmountField(
        label=_("Amount"), max_digits=14, decimal_places=2, min_value=0, required=False
    )
    currency = ExactField(
        label=_("Currency"),
        max_length=3,
        required=False,
        help_text=_("Three letters, such as EUR."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 5}),
    )
    contact_name = ExactField(
        label=_("Contact at the funder: name"),
        max_length=200,
        required=False,
        help_text=_("For example the programme officer of this grant. Kept only for the notice."),
    )
    contact_email = ForgivingEmailField(
        label=_("Contact at the funder: e-mail address"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    # Codes of the warnings that the page has shown: they are not shown twice.
    told = forms.CharField(widget=forms.HiddenInput, required=False, max_length=600)

    class Meta:
        model = Grant
        fields = (
            "agency_other",
            "reference",
            "programme_other",
            "title",
            "role",
            "starts_on",
            "ends_on",
            "amount",
            "currency",
            "contact_name",
            "contact_email",
        )

    def __init__(
        self, *args: Any, catalogue: Catalogue, edition: EditionFacts, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue, self.edition = catalogue, edition
        self.fields["funder"].choices = funder_choices(catalogue, edition)
        self.fields["scheme"].choices = [
            ("", _("Not given")),
            *(
                (one.code, str(one))
                for one in Programme.objects.select_related("agency").order_by("code")
            ),
            (ANOTHER, _("Another programme")),
        ]
        if self.instance.pk:
            self._fill_in(self.instance)
        self.helper = FormHelper()
        self.lay_out(_("Save"))

    def _fill_in(self, grant: Grant) -> None:
        if grant.agency:
            self.initial["funder"] = grant.agency.slug
        elif grant.agency_other:
            self.initial["funder"] = ANOTHER
        if grant.programme:
            self.initial["scheme"] = grant.programme.code
        elif grant.programme_other:
            self.initial["scheme"] = ANOTHER

    @property
    def asks_programme(self) -> bool:
        """Whether the list names programmes of the funder chosen, or one was given already."""
        row = self.edition.rows.get(str(self["funder"].value() or ""))
        return bool(row and row.programmes) or bool(self["scheme"].value())

    def lay_out(self, button: Any) -> None:
        """Lay the fields out; the programme is asked where the list names programmes."""
        scheme = ("scheme", "programme_other") if self.asks_programme else ()
        self.helper.layout = Layout(
            Fieldset(_("The grant"), "reference", "funder", "agency_other", *scheme),
            Fieldset(_("When it runs"), "starts_on", "ends_on"),
            Fieldset(_("More about it"), "title", "role", "amount", "currency"),
            Fieldset(_("Contact at the funder"), "contact_name", "contact_email"),
            "seen",
            "told",
            Submit("save", button),
        )

    def clean_currency(self) -> str:
        code = half_width(self.cleaned_data["currency"]).upper()
        if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
            raise forms.ValidationError(_("Write the currency in three letters, such as EUR."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("funder") == ANOTHER and not cleaned.get("agency_other"):
            self.add_error("agency_other", _("Give the name of the other funder."))
        elif cleaned.get("funder") and cleaned["funder"] != ANOTHER:
            cleaned["agency_other"] = ""
        if cleaned.get("scheme") == ANOTHER and not cleaned.get("programme_other"):
            self.add_error("programme_other", _("Give the name of the other programme."))
        elif cleaned.get("scheme") != ANOTHER:
            cleaned["programme_other"] = ""
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("A grant cannot end before it starts."))
        return cleaned

    @property
    def agency_slug(self) -> str:
        """The funder chosen, as the catalogue knows it; "" while open."""
        if self.cleaned_data.get("agency_other"):
            return OTHER
        return str(self.cleaned_data.get("funder") or "")

    @property
    def programme_text(self) -> str:
        scheme = str(self.cleaned_data.get("scheme") or "")
        return str(self.cleaned_data.get("programme_other")) if scheme == ANOTHER else scheme

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        del values["told"]
        funder, scheme = values.pop("funder"), values.pop("scheme")
        known = funder and funder != ANOTHER
        values["agency"] = Agency.objects.get(slug=funder) if known else None
        coded = Programme.objects.filter(code=scheme).order_by("pk")
        # Another funder may use the code, too.
        own = coded.filter(agency=values["agency"])
        values["programme"] = (own.first() or coded.first()) if scheme else None
        return values

    def told_already(self, codes: Iterable[str]) -> bool:
        """Whether every one of these warnings stood on the page that was sent in."""
        return set(codes) <= set(str(self.cleaned_data.get("told", "")).split(","))

    def remember(self, codes: Iterable[str], changes: Mapping[str, str]) -> None:
        """Show the form again with what was proposed, and note which warnings stand beside it."""
        renewed = self.data.copy()
        renewed[self.add_prefix("told")] = ",".join(codes)
        for name, value in changes.items():
            renewed[self.add_prefix(name)] = value
        self.data = renewed


def funder_choices(catalogue: Catalogue, edition: EditionFacts) -> list[tuple[Any, Any]]:
    """Return the list's funders by country, then those that are not on it, in the reader's language."""
    areas = {one.code: one for one in Country.objects.all()}
    groups: dict[str, list[tuple[str, str]]] = {}
    for code in sorted({row.country for row in edition.rows.values()}, key=_place(areas)):
        listed = [slug for slug, row in edition.rows.items() if row.country == code]
        groups[areas[code].name if code in areas else code] = _named(catalogue, listed)
    unlisted = [slug for slug in catalogue.agencies if slug not in edition.rows]
    return [
        ("", _("I do not know; the number may tell")),
        *groups.items(),
        (
            _("Not on the list"),
            [(ANOTHER, _("Another funder")), *sorted(_named(catalogue, unlisted))],
        ),
    ]


def _place(areas: Mapping[str, Country]) -> Callable[[str], str]:
    return lambda code: country_place(areas[code]) if code in areas else code


def _named(catalogue: Catalogue, slugs: Iterable[str]) -> list[tuple[str, str]]:
    found = [catalogue.agencies[slug] for slug in slugs]
    return [(one.slug, f"{in_language(one.name_en, one.name_ja)} ({one.acronym})") for one in found]
