"""Forms of the notices page: the draft, its release, the record that it was done; and the funder's answer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.forms.conflicts import Watched
from applications.forms.fields import DayField, ExactField, ForgivingEmailField
from applications.forms.uploads import ProofField
from applications.models import Channel
from applications.queries.fingerprints import fingerprint

TEXT_LENGTH = 20_000
NOTE_LENGTH = 2000
# What was sent through the portal is recorded by the portal alone.
OUTSIDE = [one for one in Channel.choices if one[0] != Channel.PORTAL]
UNTYPED = {"autocomplete": "off", "spellcheck": "false"}


def _mark(text: str) -> str:
    return fingerprint({"text": text})


class DraftForm(Watched):
    """Who is told, and in what words. Words left as prepared are not stored."""

    recipient_name = ExactField(
        label=_("Recipient's name"),
        max_length=200,
        required=False,
        help_text=_("A person or a desk; it stands in the greeting."),
        widget=forms.TextInput(attrs=UNTYPED),
    )
    recipient_email = ForgivingEmailField(
        label=_("Recipient's e-mail address"),
        max_length=254,
        required=False,
        help_text=_("One address: a notice goes to one recipient. It is kept only for this."),
        widget=forms.EmailInput(attrs=UNTYPED),
    )
    subject = ExactField(
        label=_("Subject"),
        max_length=300,
        required=False,
        help_text=_("Leave it empty to get the prepared subject back."),
        widget=forms.TextInput(attrs={"lang": "en"}),
    )
    text = ExactField(
        label=_("Text"),
        lines=True,
        max_length=TEXT_LENGTH,
        required=False,
        help_text=_("Leave it empty to get the prepared letter back."),
        widget=forms.Textarea(attrs={"rows": 22, "lang": "en"}),
    )
    # Marks of the prepared words that the page showed. Words left alone are stored as empty, so
    # that the letter goes on following the application (its receipt number, its title).
    prepared_subject = forms.CharField(widget=forms.HiddenInput, required=False)
    prepared_text = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, prepared: Mapping[str, str], published: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if published:  # the letter goes to the address that the list gives, and to no other
            del self.fields["recipient_email"]
        for name, words in prepared.items():
            self.fields[f"prepared_{name}"].initial = _mark(words)

    @property
    def values(self) -> dict[str, Any]:
        found = super().values
        for name in ("subject", "text"):
            if _mark(found[name]) == found.pop(f"prepared_{name}"):
                found[name] = ""
        return found


class RecordForm(forms.Form):
    """That the body was told outside the portal; whoever is not the holder says why they record it."""

    done_on = DayField(
        label=_("Day on which it was done"),
        help_text=_("For example 2026, 3 and 10. It cannot lie in the future."),
    )
    channel = forms.ChoiceField(label=_("How"), choices=[("", _("Choose one")), *OUTSIDE])
    done_to = ExactField(
        label=_("To whom"),
        max_length=200,
        help_text=_("The person, desk or address that was told."),
        widget=forms.TextInput(attrs=UNTYPED),
    )
    reason = ExactField(
        label=_("Why you record this on behalf of the grant holder"),
        lines=True,
        max_length=2000,
        help_text=_("For example: the holder wrote to me that the notice was sent."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    proof = ProofField(label=_("A copy that shows it"), required=False)

    def __init__(self, *args: Any, by_holder: bool, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if by_holder:
            del self.fields["reason"]

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

    reason = ExactField(
        label=_("Why it is not sent"),
        lines=True,
        max_length=2000,
        help_text=_("The staff of the agency see this reason."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReleaseForm(forms.Form):
    """The button that sends the letter shown beside it, and no other."""

    # The fingerprint of the preview: what was not shown is not sent.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    twice = forms.BooleanField(
        label=_("I know that the letter may then arrive twice."),
        error_messages={
            "required": _("Tick this to send it all the same, or leave the letter as it is.")
        },
    )

    def __init__(self, *args: Any, held: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not held:
            del self.fields["twice"]

    def show(self, fingerprint: str) -> None:
        """Carry the fingerprint of what the page shows now, whatever was sent in."""
        if self.is_bound:
            self.data = self.data.copy()
            self.data["seen"] = fingerprint
        self.initial["seen"] = fingerprint


class AcknowledgeForm(forms.Form):
    """That a letter arrived, and what its recipient wants to say to that."""

    note = ExactField(
        label=_("Note to the researcher (optional)"),
        lines=True,
        required=False,
        max_length=NOTE_LENGTH,
        help_text=_("Plain text. The researcher and the team in Japan read it here."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
