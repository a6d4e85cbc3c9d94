"""Forms about people: names exactly as typed, an institution in both languages, never a typed ORCID."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from applications.forms.conflicts import Watched
from applications.forms.fields import (
    EradNumberField,
    ExactField,
    ForgivingEmailField,
    KanaField,
)
from applications.models import Role
from directory.models import Researcher

NAME_ATTRS = {"spellcheck": "false", "autocapitalize": "off"}
ON_JAPAN_SIDE = (Role.DEPUTY, Role.MEMBER, Role.ADMINISTRATOR)


def _name(label: Any, autocomplete: str, **kwargs: Any) -> ExactField:
    widget = forms.TextInput(attrs=NAME_ATTRS | {"autocomplete": autocomplete})
    return ExactField(label=label, max_length=200, widget=widget, **kwargs)


def country_field(**kwargs: Any) -> forms.Field:
    """Countries named in the reader's language and sorted by it."""
    return CountryField(blank_label=_("Choose a country")).formfield(
        label=_("Country of the institution"), **kwargs
    )


class PersonForm(Watched, forms.ModelForm):
    """One person of the team; ``actions.save_person`` writes."""

    name = _name(
        _("Name as you write it"),
        "name",
        help_text=_("In any script, without a title. It is kept exactly as typed."),
    )
    family_latin = _name(
        _("Family name in Latin letters"),
        "family-name",
        required=False,
        help_text=_("Somebody with one name only: one of the two boxes is enough."),
    )
    given_latin = _name(_("Given name in Latin letters"), "given-name", required=False)
    reading = KanaField(label=_("Reading in kana"), max_length=200, required=False)
    email = ForgivingEmailField(
        label=_("E-mail address"),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
        ),
    )
    institution_name = ExactField(
        label=_("Institution, in its own language"), max_length=300, required=False
    )
    institution_name_latin = ExactField(
        label=_("Institution, in English"), max_length=300, required=False
    )
    institution_country = country_field(required=False)
    department = ExactField(label=_("Department"), max_length=200, required=False)
    position = ExactField(label=_("Position"), max_length=200, required=False)
    erad_number = EradNumberField(
        label=_("e-Rad researcher number"), required=False, help_text=_("8 digits.")
    )
    language = forms.ChoiceField(
        label=_("Language of mails to this person"), choices=[("ja", "日本語"), ("en", "English")]
    )

    class Meta:
        model = Researcher
        fields = (
            "name",
            "family_latin",
            "given_latin",
            "reading",
            "email",
            "erad_number",
            "department",
            "position",
            "language",
        )

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = role
        institution = self.instance.institution if self.instance.pk else None
        if institution:
            self.initial["institution_name"] = institution.name
            self.initial["institution_name_latin"] = institution.name_latin
            self.initial["institution_country"] = str(institution.country)
        abroad = role == Role.PARTNER
        if abroad:
            del self.fields["erad_number"]
        elif role in ON_JAPAN_SIDE:
            self.fields["role"] = forms.ChoiceField(
                label=_("Part in the team"),
                choices=[(one.value, one.label) for one in ON_JAPAN_SIDE],
                initial=role,
                widget=forms.RadioSelect,
                help_text=_(
                    "A deputy stands in for the lead: once invited and joined with an account, a "
                    "deputy can write, submit and withdraw."
                ),
            )
        self._offer_reading()
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset(
                _("The person"), *self._present("role", "name", "family_latin", "given_latin")
            ),
            Fieldset(_("How to reach the person"), *self._present("reading", "email", "language")),
            Fieldset(
                _("Institution"),
                "institution_name",
                "institution_name_latin",
                "institution_country",
                *self._present("department", "position", "erad_number"),
            ),
            "seen",
            Submit("save", _("Save")),
        )

    def _present(self, *names: str) -> tuple[str, ...]:
        return tuple(name for name in names if name in self.fields)

    def _offer_reading(self) -> None:
        """Ask for kana on Japanese pages only; what is stored stays."""
        japanese = (get_language() or "").startswith("ja")
        if not japanese and not self.instance.reading:
            del self.fields["reading"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = cleaned.get("institution_name") or cleaned.get("institution_name_latin")
        if named and not cleaned.get("institution_country"):
            self.add_error("institution_country", _("Choose the country of the institution."))
        if cleaned.get("institution_country") and not named:
            self.add_error("institution_name", _("Give the name of the institution."))
        # One box is enough: an institution abroad may have an English name only.
        cleaned["institution_name"] = cleaned.get("institution_name") or cleaned.get(
            "institution_name_latin", ""
        )
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "role"}

    @property
    def chosen_role(self) -> str:
        return str(self.cleaned_data.get("role") or self.role)


class RemoveForm(forms.Form):
    """Why somebody or something is removed; the record keeps it."""

    reason = ExactField(
        label=_("Reason"),
        required=False,
        lines=True,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, button: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("reason", Submit("remove", button))
