"""Forms of the notices page: the draft, the record that it was done, the choice not to send."""

import unicodedata
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.forms.uploads import ProofField
from applications.models import Channel, Notice
from applications.workflow import NoticeState

TEXT_LENGTH = 20_000
BREAKS = frozenset({"Cc", "Zl", "Zp"})  # controls, line and paragraph separators


def single_line(value: str) -> None:
    """Refuse line breaks and control characters in what may reach a mail's header.

    :raises ValidationError: there is one
    """
    if any(unicodedata.category(c) in BREAKS for c in value):
        raise ValidationError(
            _("Write this on one line, without line breaks or control characters."),
            code="single_line",
        )


class LineField(forms.CharField):
    """One line of text, exactly as typed."""

    default_validators = [single_line]


class AddressField(forms.EmailField):
    """An e-mail address; full-width letters and signs are taken as their usual forms."""

    default_validators = [*forms.EmailField.default_validators, single_line]

    def to_python(self, value):
        return super().to_python(unicodedata.normalize("NFKC", value) if value else value)


class DayField(forms.DateField):
    """A day as YYYY-MM-DD; full-width digits are accepted."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value):
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value)
        return super().to_python(value)


class DraftForm(forms.Form):
    """Who is told, and in what words. ``seen`` tells whether somebody saved meanwhile."""

    recipient_name = LineField(
        label=_("Recipient's name"),
        max_length=200,
        required=False,
        help_text=_("A person or a desk; it stands in the greeting."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    recipient_email = AddressField(
        label=_("Recipient's e-mail address"),
        max_length=254,
        required=False,
        help_text=_("One address: a notice goes to one recipient. It is kept only for this."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    subject = LineField(
        label=_("Subject"),
        max_length=300,
        required=False,
        help_text=_("Leave it empty to get the prepared subject back."),
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=TEXT_LENGTH,
        required=False,
        strip=False,
        help_text=_("Leave it empty to get the prepared letter back."),
        widget=forms.Textarea(attrs={"rows": 22, "lang": "en"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    # Fingerprints of the prepared words that the page showed: left alone, they are not stored,
    # so that the letter goes on following the application (its receipt number, its title).
    prepared_subject = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    prepared_text = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def clean_text(self) -> str:
        text = "\n".join(self.cleaned_data["text"].splitlines()).strip()
        return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


class RecordForm(forms.Form):
    """That the body was told outside the portal; whoever is not the holder says why they record it."""

    done_on = DayField(
        label=_("Day on which it was done"),
        help_text=_("Year, month and day, such as 2026-03-10. It cannot lie in the future."),
    )
    channel = forms.ChoiceField(
        label=_("How"), choices=[("", _("Choose one")), *Channel.choices], initial=""
    )
    done_to = LineField(
        label=_("To whom"),
        max_length=200,
        help_text=_("The person, desk or address that was told."),
    )
    reason = forms.CharField(
        label=_("Why you record this on behalf of the grant holder"),
        max_length=2000,
        help_text=_("For example: the holder told me by e-mail that the notice was sent."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    proof = ProofField(
        label=_("A copy that shows it"),
        required=False,
    )

    def __init__(self, *args, notice: Notice, by_holder: bool, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["done_on"].widget.attrs["max"] = today.isoformat()
        if by_holder:
            del self.fields["reason"]
        if not self.is_bound:
            self.initial.setdefault("done_to", notice.recipient_name or notice.recipient_email)
            if notice.state == NoticeState.NOTHING_OWED:
                self.initial["done_to"] = ""

    def clean_done_on(self) -> date:
        done_on: date = self.cleaned_data["done_on"]
        if done_on > self.today:
            raise ValidationError(
                _("The day cannot lie in the future. Give the day on which it was done."),
                code="future",
            )
        return done_on


class NotSentForm(forms.Form):
    """That the notice is not sent, and why."""

    reason = forms.CharField(
        label=_("Why it is not sent"),
        max_length=2000,
        help_text=_("The staff of the agency see this reason."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
