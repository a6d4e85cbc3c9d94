"""Forms of the application itself: its beginning, the project, the call's questions, e-Rad, submitting."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications.forms.conflicts import Watched
from applications.forms.fields import ExactField, YenField, half_width
from applications.forms.people import PersonForm, country_field
from applications.models import Application, EradStatus, FieldOfResearch, Role
from directory.models import Call, Researcher, User

ABSTRACT_LENGTH = 2000


class StartForm(PersonForm):
    """Forming a team: the call, the lead's own name, and the partner whose grant the checker knows."""

    call = forms.ModelChoiceField(
        label=_("Call"), queryset=Call.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, user: User, calls: Sequence[Call], country: str | None, **kwargs: Any
    ) -> None:
        """``country`` is where the checker's partner works ("" unknown); None: no grant to carry over."""
        super().__init__(*args, role=Role.LEAD, instance=Researcher(user=user), **kwargs)
        self.fields["call"].queryset = Call.objects.filter(pk__in=[call.pk for call in calls])
        self.fields["call"].label_from_instance = lambda call: call.title
        if len(calls) == 1:
            self.fields["call"].initial = calls[0].pk
        self.initial |= {
            "name": user.name,
            "email": user.email,
            "institution_country": "JP",
            "language": (get_language() or "en")[:2],
        }
        partner: tuple[str, ...] = ()
        if country is not None:
            self.fields["partner_name"] = ExactField(
                label=_("Partner's name"),
                max_length=200,
                help_text=_("The holder of the grant that you checked."),
            )
            self.fields["partner_institution"] = ExactField(
                label=_("Partner's institution"), max_length=300
            )
            self.fields["partner_country"] = country_field(initial=country)
            partner = ("partner_name", "partner_institution", "partner_country")
        own = Layout(
            Fieldset(_("The call"), "call"),
            Fieldset(
                _("You, the lead researcher in Japan"),
                *self._present("name", "family_latin", "given_latin", "reading", "email"),
                "language",
            ),
            Fieldset(
                _("Your institution in Japan"),
                "institution_name",
                "institution_name_latin",
                "institution_country",
                "department",
                "position",
                "erad_number",
            ),
        )
        if partner:
            own.append(Fieldset(_("Your partner abroad"), *partner))
        own.append(Submit("start", _("Form the team")))
        self.helper.layout = own

    @property
    def person(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.values.items()
            if name != "call" and not name.startswith("partner_")
        }

    @property
    def partner(self) -> dict[str, Any]:
        """Name and institution of the checker's partner."""
        return {
            "name": self.cleaned_data["partner_name"],
            "institution_name": self.cleaned_data["partner_institution"],
            "institution_country": self.cleaned_data["partner_country"],
            "language": "en",
        }


class ProjectForm(Watched, forms.ModelForm):
    """What the team wants to do."""

    field = forms.ChoiceField(
        label=_("Field of research"),
        choices=FieldOfResearch.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=_(
            "AMED's calls are for healthcare, JST's for other fields. It changes no verdict about a grant."
        ),
    )
    title_ja = ExactField(label=_("Project title in Japanese"), max_length=200, required=False)
    title_en = ExactField(label=_("Project title in English"), max_length=200, required=False)
    abstract_en = ExactField(
        label=_("Abstract in English"),
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    class Meta:
        model = Application
        fields = ("field", "title_ja", "title_en", "abstract_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.add_prefix("abstract_en")
        written = self.data.get(name, "") if self.is_bound else self.instance.abstract_en
        self.fields["abstract_en"].help_text = _(
            "At most %(most)s characters; now %(now)s are saved or typed."
        ) % {
            "most": f"{ABSTRACT_LENGTH:,}",
            "now": f"{len(str(written).replace(chr(13), '')):,}",
        }
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "field", "title_ja", "title_en", "abstract_en", "seen", Submit("save", _("Save"))
        )

    def clean_abstract_en(self) -> str:
        text: str = self.cleaned_data["abstract_en"]
        if len(text) > ABSTRACT_LENGTH:
            raise forms.ValidationError(
                _("The abstract may have %(most)s characters; it has %(now)s."),
                params={"most": f"{ABSTRACT_LENGTH:,}", "now": f"{len(text):,}"},
            )
        return text


class AnswersForm(Watched, forms.ModelForm):
    """What the call asks: area, years, budget; and why, where no grant fits."""

    years = forms.TypedChoiceField(
        label=_("Years"), coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    budget_jpy = YenField(
        label=_("Requested budget in yen, without indirect costs"), required=False
    )
    explanation = ExactField(
        label=_("Explanation where no grant fits"),
        lines=True,
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Needed only if none of your partners' grants fits. AMED's staff read it."),
    )

    class Meta:
        model = Application
        fields = ("area", "years", "budget_jpy", "explanation")
        widgets = {"area": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call = self.instance.call
        area = self.fields["area"]
        area.queryset = call.areas.order_by("position")
        area.required, area.empty_label, area.label = False, None, _("Research area of the call")
        self.fields["years"].choices = [
            (years, str(years)) for years in range(call.min_years, call.max_years + 1)
        ]
        self.fields["budget_jpy"].help_text = _("At most %(cap)s yen in all.") % {
            "cap": f"{call.budget_cap_jpy:,}"
        }
        self.cap = call.budget_cap_jpy
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "area", "years", "budget_jpy", "explanation", "seen", Submit("save", _("Save"))
        )

    def clean_budget_jpy(self) -> int | None:
        budget: int | None = self.cleaned_data["budget_jpy"]
        if budget is not None and budget > self.cap:
            raise forms.ValidationError(
                _("The budget may be %(cap)s yen at most; you gave %(given)s."),
                params={"cap": f"{self.cap:,}", "given": f"{budget:,}"},
            )
        return budget


class EradForm(Watched, forms.ModelForm):
    """Whether the formal proposal is in, and its number."""

    erad_status = forms.ChoiceField(
        label=_("The formal proposal in e-Rad"),
        choices=EradStatus.choices,
        widget=forms.RadioSelect,
    )
    erad_number = ExactField(label=_("e-Rad proposal number"), max_length=30, required=False)

    class Meta:
        model = Application
        fields = ("erad_status", "erad_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("erad_status", "erad_number", "seen", Submit("save", _("Save")))

    def clean_erad_number(self) -> str:
        return half_width(self.cleaned_data["erad_number"])


class DeclarationForm(forms.Form):
    """The last word before submitting.

    ``seen`` is the fingerprint of the answers shown, ``shown`` the answers themselves, sealed: what
    was changed meanwhile is told against them.
    """

    declared = forms.BooleanField(
        label=_(
            "The answers are complete and right, and everybody named knows of this application."
        )
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, button: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("declared", "seen", "shown", Submit("submit", button))


class CopyForm(forms.Form):
    """Into which open call the application is copied."""

    call = forms.ModelChoiceField(
        label=_("Call"), queryset=Call.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, calls: Sequence[Call], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["call"].queryset = Call.objects.filter(pk__in=[call.pk for call in calls])
        self.fields["call"].label_from_instance = lambda call: call.title
        if len(calls) == 1:
            self.fields["call"].initial = calls[0].pk
        self.helper = FormHelper()
        self.helper.layout = Layout("call", Submit("copy", _("Copy the application")))
