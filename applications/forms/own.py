"""What people correct and answer about themselves, by a mailed link: never more than five questions."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.conflicts import Watched
from applications.forms.fields import ExactField
from applications.forms.grants import ANOTHER, GrantForm
from applications.forms.people import PersonForm
from applications.models import Role
from applications.rules.facts import Attestation
from directory.models import ConditionCode, Researcher

MOST_QUESTIONS = 5


class OwnGrantForm(GrantForm):
    """A grant as its holder enters or corrects it; what is not asked here stays as it is."""

    def __init__(self, *args: Any, most: int = MOST_QUESTIONS, **kwargs: Any) -> None:
        self.asked: tuple[str, ...] = ()
        super().__init__(*args, **kwargs)
        asked = ["funder", "reference", "starts_on", "ends_on"]
        if str(self["funder"].value() or "") == ANOTHER:
            asked.insert(1, "agency_other")
        elif self.asks_programme:
            asked.insert(1, "scheme")
        self.asked = tuple(asked[:most])
        for name in set(self.fields) - {*self.asked, "seen", "told"}:
            del self.fields[name]
        self.order_fields(self.asked)
        if "scheme" in self.fields and not self.instance.programme_other:
            choices = self.fields["scheme"].choices
            self.fields["scheme"].choices = [one for one in choices if one[0] != ANOTHER]
        self.lay_out(_("Save"))

    def lay_out(self, button: Any) -> None:
        self.helper.layout = Layout(*self.asked, "seen", "told", Submit("save", button))

    def clean(self) -> dict[str, Any]:
        for name, value in (
            ("agency_other", ""),
            ("scheme", ""),
            ("programme_other", self.instance.programme_other),
        ):
            self.cleaned_data.setdefault(name, value)
        return super().clean()

    @property
    def filled_in(self) -> bool:
        """Whether anything was entered beside the funder proposed; who holds no grant leaves it so."""
        typed = any(self.cleaned_data.get(name) for name in self.asked if name != "funder")
        return typed or self.cleaned_data.get("funder", "") not in ("", self.initial.get("funder"))


class OwnParticularsForm(Watched):
    """What a person corrects about themselves; the address is not among it."""

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.abroad = role == Role.PARTNER
        last = "institution_country" if self.abroad else "institution_name_latin"
        for name in ("name", "given_latin", "family_latin", "institution_name", last):
            self.fields[name] = copy.deepcopy(PersonForm.base_fields[name])
        if self.abroad:
            self.fields["institution_name"].label = _("Institution")
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *(name for name in self.fields if name != "seen"), "seen", Submit("save", _("Save"))
        )

    def fill_in(self, person: Researcher) -> None:
        """Show what is recorded."""
        place = person.institution
        self.initial |= {
            name: getattr(person, name) for name in ("name", "given_latin", "family_latin")
        }
        if place:
            self.initial |= {
                "institution_name": place.name,
                "institution_name_latin": place.name_latin,
                "institution_country": str(place.country),
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.abroad and cleaned.get("institution_name"):
            if not cleaned.get("institution_country"):
                self.add_error("institution_country", _("Choose the country of the institution."))
        elif self.abroad and cleaned.get("institution_country"):
            self.add_error("institution_name", _("Give the name of the institution."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        found = super().values
        # The English name belongs to the institution that was named before.
        if self.abroad and found["institution_name"] != self.initial.get("institution_name", ""):
            found["institution_name_latin"] = ""
        return found


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the list for one grant; ``grant`` is None for a grant just being entered."""

    grant: int | None
    code: str
    about: str  # funder and number
    answer: str = ""

    @property
    def field(self) -> str:
        return f"condition-{self.grant or 'new'}-{self.code}"


class ConditionsForm(forms.Form):
    """The holder's yes or no to each condition."""

    # Which conditions the page showed: only those are missed when unanswered.
    asked = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, conditions: Sequence[Condition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conditions = conditions
        self.fields["asked"].initial = asked_mark(conditions)
        for one in conditions:
            self.fields[one.field] = forms.ChoiceField(
                label=ConditionCode(one.code).label,
                help_text=one.about,
                widget=forms.RadioSelect,
                choices=[
                    (Attestation.GIVEN.value, _("Yes, this is so")),
                    (Attestation.DECLINED.value, _("No, or I cannot say so")),
                ],
                initial=one.answer,
            )
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("answer", _("Save the answer")))

    @property
    def answers(self) -> dict[tuple[int | None, str], str]:
        return {(one.grant, one.code): self.cleaned_data[one.field] for one in self.conditions}


def asked_mark(conditions: Sequence[Condition]) -> str:
    return ",".join(one.field for one in conditions)


def answered_in(data: Mapping[str, Any] | None, conditions: Sequence[Condition]) -> bool:
    """Whether what was sent in comes from a page that showed exactly these conditions."""
    return data is not None and data.get("asked", "") == asked_mark(conditions)


class OwnReasonForm(forms.Form):
    """Why somebody declines or withdraws; nobody has to say."""

    reason = ExactField(
        label=_("Reason, if you want to give one"),
        required=False,
        lines=True,
        max_length=2000,
        help_text=_("The lead of the team reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, button: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("reason", Submit("act", button))
