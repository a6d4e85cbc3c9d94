"""Forms of what a call obliges to: its period and reference date, and the list in force."""

from copy import copy
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import DayField, ExactField, half_width
from applications.queries.calls import obligations
from applications.queries.fingerprints import fingerprint
from directory.models import JAPAN_TIME, Call, Edition
from directory.templatetags.portal import person_date

KEEP, FOLLOW, ANOTHER = "KEEP", "FOLLOW", "ANOTHER"


class ClockField(forms.TimeField):
    """Hour and minute, 24 hours, as 12:00; full-width digits and colon are understood."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(
            format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}
        )
        super().__init__(input_formats=["%H:%M"], widget=widget, **kwargs)

    def to_python(self, value: Any) -> time | None:
        return super().to_python(half_width(value) if isinstance(value, str) else value)


def _reason(label: Any, lang: str, **kwargs: Any) -> ExactField:
    widget = forms.Textarea(attrs={"rows": 3, "lang": lang})
    return ExactField(label=label, lines=True, max_length=2000, widget=widget, **kwargs)


class CallChangeForm(forms.Form):
    """A change of a call with its reason in both languages; saved only after its preview was shown.

    ``seen`` is the call as the page showed it; ``previewed`` is what the preview was of.
    """

    wanted: dict[str, Any]  # what the call is to be, by the names of its columns
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    previewed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    reason_en = _reason(_("Reason in English"), "en")
    reason_ja = _reason(
        _("Reason in Japanese"),
        "ja",
        help_text=_("Everybody reads the reasons: teams on their pages, visitors on the call's."),
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.fields["seen"].initial = fingerprint(obligations(call))

    @property
    def as_wanted(self) -> Call:
        """The call as it would be; it is not saved."""
        after = copy(self.call)
        for name, value in self.wanted.items():
            setattr(after, name, value)
        return after

    @property
    def reasons(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("reason_en", "reason_ja")}

    @property
    def was_previewed(self) -> bool:
        """Whether exactly this was shown, reasons included."""
        return self.cleaned_data["previewed"] == self._content()

    def mark_previewed(self) -> None:
        """Let the next press save what is shown now."""
        self._renew("previewed", self._content())

    def accept(self) -> None:
        """Begin anew from the call as it is stored now: a colleague's change has been shown."""
        self._renew("seen", fingerprint(obligations(self.call)))
        self._renew("previewed", "")

    def _content(self) -> str:
        return fingerprint(self.wanted | self.reasons)

    def _renew(self, name: str, value: str) -> None:
        self.data = self.data.copy()
        self.data[name] = value


class DeadlineForm(CallChangeForm):
    """Opening, deadline and reference date of a call; the opening only until the call has opened."""

    opens_day = DayField(label=_("First day"), help_text=_("A day in Japan, such as 2027 4 1."))
    opens_clock = ClockField(label=_("Opens at, Japan time"), help_text=_("For example 9:00."))
    closes_day = DayField(label=_("Last day"), help_text=_("A day in Japan, such as 2027 6 30."))
    closes_clock = ClockField(
        label=_("Closes at, Japan time"),
        help_text=_("For example 12:00. From this moment on nothing can be submitted."),
    )
    reference = forms.ChoiceField(label=_("Reference date"), widget=forms.RadioSelect)
    reference_day = DayField(label=_("Another day"), required=False)

    field_order = (
        *("seen", "previewed", "opens_day", "opens_clock", "closes_day", "closes_clock"),
        *("reference", "reference_day", "reason_en", "reason_ja"),
    )

    def __init__(self, *args: Any, call: Call, opened: bool, **kwargs: Any) -> None:
        super().__init__(*args, call=call, **kwargs)
        kept = _("Keep it: grants must be running on %(day)s")
        self.fields["reference"].choices = [
            (KEEP, kept % {"day": person_date(call.reference_day)}),
            (FOLLOW, _("Let it follow the deadline: the closing day in Japan")),
            (ANOTHER, _("Another day, given below")),
        ]
        opens, closes = (one.astimezone(JAPAN_TIME) for one in (call.opens_at, call.closes_at))
        shown = {
            "opens_day": opens.date(),
            "opens_clock": opens.time(),
            "closes_day": closes.date(),
            "closes_clock": closes.time(),
            "reference": KEEP,
        }
        for name, value in shown.items():
            self.fields[name].initial = value
        if opened:
            del self.fields["opens_day"], self.fields["opens_clock"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        without_day = found.get("reference") == ANOTHER and not found.get("reference_day")
        if without_day and "reference_day" not in self.errors:
            self.add_error("reference_day", _("Give the day on which grants must be running."))
        return found

    @property
    def wanted(self) -> dict[str, Any]:
        closes_at = self._moment("closes", self.call.closes_at)
        return {
            "opens_at": self._moment("opens", self.call.opens_at),
            "closes_at": closes_at,
            "reference_on": self._reference_on(closes_at),
        }

    def _moment(self, which: str, stored: datetime) -> datetime:
        day, clock = (self.cleaned_data.get(f"{which}_{part}") for part in ("day", "clock"))
        if day is None or clock is None:
            return stored
        # Seconds that the page does not show stay as they are while nobody moves the minute.
        given = datetime.combine(day, clock, JAPAN_TIME)
        return stored if given == stored.replace(second=0, microsecond=0) else given

    def _reference_on(self, closes_at: datetime) -> date | None:
        chosen = self.cleaned_data["reference"]
        if chosen == ANOTHER:
            return self.cleaned_data["reference_day"]
        if chosen == FOLLOW:
            return None
        # Kept as it is; written down only where it would move with the deadline otherwise.
        follows = Call(closes_at=closes_at, reference_on=self.call.reference_on)
        same = follows.reference_day == self.call.reference_day
        return self.call.reference_on if same else self.call.reference_day


class InForceForm(CallChangeForm):
    """Which published edition of the agency's list is to be in force for the call."""

    edition = forms.ModelChoiceField(
        Edition.objects.none(), label=_("List that is to be in force"), empty_label=None,
        widget=forms.RadioSelect,
    )  # fmt: skip

    field_order = ("seen", "previewed", "edition", "reason_en", "reason_ja")

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, call=call, **kwargs)
        published = Edition.objects.of(call.owner).published()
        self.fields["edition"].queryset = published.newest_first()
        self.fields["edition"].initial = call.edition_id
        self.fields["edition"].label_from_instance = lambda one: (
            _("List as of %(as_of)s (edition %(code)s)")
            % {"as_of": person_date(one.as_of), "code": one.code}
        )

    @property
    def wanted(self) -> dict[str, Any]:
        return {"edition": self.cleaned_data["edition"]}
