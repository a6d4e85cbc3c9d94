"""Forms of screening: an act with its reason and date, a note, a colleague, the words of a letter to the team."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.forms.conflicts import Watched
from applications.forms.fields import DayField, ExactField
from applications.models.team import READABLE
from applications.workflow import NEEDS_DATE, NEEDS_REASON, QUOTES_REASON, STAFF_ACTS, Act, Status
from directory.models import JAPAN_TIME, User


def _lines(label: Any, rows: int = 4, **kwargs: Any) -> ExactField:
    widget = forms.Textarea(attrs={"rows": rows})
    return ExactField(label=label, lines=True, max_length=4000, widget=widget, **kwargs)


PAST = _("Give a moment in the future.")


def _day(**kwargs: Any) -> DayField:
    return DayField(
        label=_("To be corrected by"),
        help_text=_("For example 2027 6 30. A day in Japan."),
        **kwargs,
    )


def _hour() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Time in Japan"),
        coerce=int,
        choices=[(12, _("12:00 noon")), (17, _("17:00"))],
        initial=12,
    )


def _moment(values: dict[str, Any]) -> datetime | None:
    day, hour = values.get("day"), values.get("hour")
    return datetime.combine(day, time(hour), JAPAN_TIME) if day and hour else None


# Japanese leaves no space around a number: its neighbours are told apart by ASCII.
RECEIPT = re.compile(rf"(?<![0-9A-Z])[{READABLE}]{{4}}(?:-[{READABLE}]{{4}}){{3}}(?![0-9A-Z])")


def refuse_others(words: str, own: str | None) -> str:
    """Return words that a team will read, as they are.

    :raises ValidationError: they hold a receipt number other than the team's ``own``: one team must
        not learn who else applies (product.md 4)
    """
    told = unicodedata.normalize("NFKC", words).upper()
    for number in RECEIPT.findall(told):
        if number != own:
            raise forms.ValidationError(
                _(
                    "“%(receipt)s” is the receipt number of another application. The team will "
                    "read these words: take the number out, and leave it in an internal note."
                ),
                params={"receipt": number},
            )
    return words


class DecideForm(forms.Form):
    """One act, with the place at which the page had shown the application."""

    seen_status = forms.ChoiceField(choices=Status, required=False, widget=forms.HiddenInput)
    seen_move = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = _lines(_("Reason"), required=False)
    day = _day()
    hour = _hour()

    def __init__(self, *args: Any, act: Act, receipt: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = act in QUOTES_REASON
        self.receipt = receipt
        reason = self.fields["reason"]
        reason.required = act in NEEDS_REASON
        if act == Act.RETURN:
            reason.label = _("What is to be corrected")
            reason.help_text = _("The team sees exactly these words.")
        elif self.told:
            reason.help_text = _(
                "It stays on record, and stands in the draft of the letter to the team."
            )
            if not reason.required:
                reason.help_text = _(
                    "It stays on record, and stands in the draft of the letter to the team. You may "
                    "leave it empty."
                )
        else:
            reason.help_text = _("It stays on record. You may leave it empty.")
        if act not in NEEDS_DATE:
            del self.fields["day"], self.fields["hour"]
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("do", act.label))

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"]
        return refuse_others(reason, self.receipt) if self.told else reason

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.until and self.until <= timezone.now():
            self.add_error("day", PAST)
        return found

    @property
    def until(self) -> datetime | None:
        """The moment that day and hour name, in Japan."""
        return _moment(self.cleaned_data)


class BulkForm(forms.Form):
    """One act for many applications, with the reason and the date that all of them get."""

    act = forms.TypedChoiceField(
        label=_("What is to be done"),
        coerce=Act,
        choices=[("", _("Please choose")), *((act.value, act.label) for act in STAFF_ACTS)],
    )
    reason = _lines(
        _("Reason, or what is to be corrected"),
        required=False,
        help_text=_("The same for all. Returning, not accepting and reopening need one."),
    )
    day = _day(required=False)
    hour = _hour()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        act, until = found.get("act"), _moment(found)
        reason = found.get("reason", "")
        if act in NEEDS_REASON and not reason and "reason" not in self.errors:
            self.add_error("reason", _("This act needs a reason."))
        if act in QUOTES_REASON:
            try:
                refuse_others(reason, None)
            except forms.ValidationError as refusal:
                self.add_error("reason", refusal)
        if act in NEEDS_DATE and "day" not in self.errors:
            if until is None:
                self.add_error("day", _("Give the day until which the teams may correct."))
            elif until <= timezone.now():
                self.add_error("day", PAST)
        return found

    @property
    def until(self) -> datetime | None:
        """The moment that day and hour name in Japan, where the act wants one."""
        return _moment(self.cleaned_data) if self.cleaned_data["act"] in NEEDS_DATE else None


class NoteForm(forms.Form):
    """A note of staff for staff."""

    text = _lines(_("New note"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("text", Submit("do", _("Keep the note")))


class AssignForm(forms.Form):
    """Whose the application is to be; ``seen`` is whose it was on the page."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    to = forms.TypedChoiceField(label=_("Who looks after it"), coerce=int, required=False)

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [
            ("", _("Nobody")),
            *((one.pk, f"{one.get_full_name()} ({one.email})") for one in colleagues),
        ]
        self.helper = FormHelper()
        self.helper.layout = Layout("seen", "to", Submit("do", _("Save")))

    @property
    def colleague(self) -> int | None:
        return self.cleaned_data["to"] or None


class TeamLetterForm(Watched):
    """The words of a letter to the team."""

    subject = ExactField(label=_("Subject"), max_length=300)
    text = ExactField(
        label=_("Text"), lines=True, max_length=10_000, widget=forms.Textarea(attrs={"rows": 20})
    )

    def __init__(self, *args: Any, receipt: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receipt = receipt
        self.helper = FormHelper()
        self.helper.layout = Layout("seen", "subject", "text", Submit("save", _("Save the words")))

    def clean_subject(self) -> str:
        return refuse_others(self.cleaned_data["subject"], self.receipt)

    def clean_text(self) -> str:
        return refuse_others(self.cleaned_data["text"], self.receipt)
