"""The agency's published page as a file or pasted, and the day on which it was seen."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import DayField
from directory.models import JAPAN_TIME
from directory.published_list import MOST_BYTES

MOST_SHOWN_AGAIN = 200_000  # letters; more would double a page that is too large already
TOO_LARGE = _("The page is larger than 5 MB. Send the part with the table only.")


class PasteBox(forms.Textarea):
    """Shows what was pasted again, unless that is more than anybody mends by hand."""

    def format_value(self, value: Any) -> Any:
        return "" if value and len(value) > MOST_SHOWN_AGAIN else super().format_value(value)


class PublishedPageForm(forms.Form):
    """What it holds is the reader's to judge (``directory.published_list``): here is only its shape."""

    file = forms.FileField(
        label=_("The page as a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("Saved from the browser as HTML, or its text. At most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".html,.htm,.txt,text/html,text/plain"}),
    )
    text = forms.CharField(
        label=_("Or the page pasted"),
        required=False,
        strip=False,
        help_text=_("Copy the whole table with its headings, or the source of the page."),
        widget=PasteBox(attrs={"rows": 8, "spellcheck": "false"}),
    )
    seen_on = DayField(
        label=_("Seen on"),
        required=False,
        help_text=_("The day on which the page said this. Needed only to keep its wording."),
    )

    def __init__(self, *args: Any, keeps: bool = False, **kwargs: Any) -> None:
        self.keeps = keeps
        super().__init__(*args, **kwargs)

    @property
    def asked(self) -> str:
        """The field by which the page came."""
        return "file" if self.cleaned_data.get("file") else "text"

    @property
    def raw(self) -> bytes:
        """The page, as it came."""
        if self.asked == "file":
            file = self.cleaned_data["file"]
            file.seek(0)
            return file.read()
        return self.cleaned_data["text"].encode("utf-8", "surrogatepass")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise ValidationError(TOO_LARGE, code="large")
        return file

    def clean_seen_on(self) -> Any:
        day = self.cleaned_data["seen_on"]
        if day and day > timezone.localdate(timezone=JAPAN_TIME):
            raise ValidationError(
                _(
                    "The day on which the page was seen has not come yet in Japan. Give today or an earlier day."
                ),
                code="future",
            )
        if self.keeps and not day:
            raise ValidationError(_("Give the day on which the page said this."), code="required")
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "file" in self.errors or "text" in self.errors:
            return given
        file, text = bool(given.get("file")), bool((given.get("text") or "").strip())
        if file and text:
            words = _("Send a file or paste the page, not both. Empty one of the two.")
            self.add_error("text", ValidationError(words, code="both"))
        elif not file and not text:
            words = _("Choose a file that is not empty, or paste the page.")
            self.add_error("file", ValidationError(words, code="required"))
        return given
