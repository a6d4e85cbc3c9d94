"""Forms of the words of letters: a new version with a preview, and the way back to the shipped words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import ExactField
from applications.letters import has_stray_bracket, needed_gaps, unknown_gaps
from applications.queries.fingerprints import fingerprint

TEXT_LENGTH = 10_000
WORDS = ("subject", "text", "subject_ja", "text_ja")


def _reason() -> ExactField:
    return ExactField(
        label=_("Reason"),
        lines=True,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with the version and shown to the staff of your agency."),
    )


class TemplateField(ExactField):
    """Words with named gaps; what stands in curly brackets is a gap that can be filled in."""

    def __init__(self, *args: Any, whole: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whole = whole  # a whole letter, which needs some of the gaps
        self.occasion = ""

    def validate(self, value: str) -> None:
        super().validate(value)
        unknown = unknown_gaps(value, self.occasion)
        if unknown:
            raise ValidationError(
                _("There is no such gap: %(gaps)s. Use only the gaps listed on this page."),
                code="unknown_gap",
                params={"gaps": ", ".join(unknown)},
            )
        if has_stray_bracket(value):
            raise ValidationError(
                _(
                    "A curly bracket stands alone, or is a full-width one. Write each gap as "
                    "{project}, with half-width brackets."
                ),
                code="stray_bracket",
            )
        missing = needed_gaps(value) if self.whole and value else ()
        if missing:
            raise ValidationError(
                _("Every letter names these; please put them in: %(gaps)s."),
                code="needed_gap",
                params={"gaps": ", ".join(missing)},
            )


class LetterTemplateForm(forms.Form):
    """A new version of the words in both languages. Saved only after its preview was shown."""

    subject = TemplateField(
        label=_("Subject in English"),
        max_length=300,
        widget=forms.TextInput(attrs={"lang": "en", "autocomplete": "off"}),
    )
    text = TemplateField(
        label=_("Text in English"),
        lines=True,
        whole=True,
        max_length=TEXT_LENGTH,
        help_text=_("This text is what the grant holder sends."),
        widget=forms.Textarea(attrs={"rows": 22, "lang": "en"}),
    )
    subject_ja = TemplateField(
        label=_("Subject in Japanese"),
        max_length=300,
        widget=forms.TextInput(attrs={"lang": "ja", "autocomplete": "off"}),
    )
    text_ja = TemplateField(
        label=_("Japanese reading copy"),
        lines=True,
        whole=True,
        max_length=TEXT_LENGTH,
        help_text=_("It says the same in Japanese, for reading only."),
        widget=forms.Textarea(attrs={"rows": 22, "lang": "ja"}),
    )
    reason = _reason()
    sample = ExactField(
        label=_("Preview with the application of"),
        required=False,
        max_length=40,
        help_text=_(
            "A receipt number, or the eight characters that name a team. Empty: the preview shows "
            "every gap as an open part."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    # Marks of the words that the preview showed: what was changed since is previewed again first.
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, occasion: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WORDS:
            self.fields[name].occasion = occasion

    @property
    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in WORDS}

    @property
    def was_previewed(self) -> bool:
        return bool(self.cleaned_data["previewed"] == fingerprint(self.words))

    def mark_previewed(self) -> None:
        """Let the next press of the button save the words that are shown now."""
        self._renew("previewed", fingerprint(self.words))

    def accept(self, number: int) -> None:
        """Let the next save replace the version that is now shown to the writer."""
        self._renew("seen", str(number))

    def _renew(self, name: str, value: str) -> None:
        renewed = self.data.copy()
        renewed[self.add_prefix(name)] = value
        self.data = renewed


class BackToShippedForm(forms.Form):
    """Why the words that staff made are taken back."""

    reason = _reason()
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
