"""The form before an export: which columns, why, in which format, with which headings."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import ExactField

WITHOUT, WITH = "WITHOUT", "WITH"
WORDS, CODES = "WORDS", "CODES"


def _choice(label: Any, *choices: tuple[str, Any], **kwargs: Any) -> forms.ChoiceField:
    first = choices[0][0]
    return forms.ChoiceField(
        label=label, choices=choices, initial=first, widget=forms.RadioSelect, **kwargs
    )


class ExportForm(forms.Form):
    """What the file is to hold. Personal columns need a reason, which stays on record."""

    columns = _choice(
        _("Personal columns"),
        (WITHOUT, _("Leave them out")),
        (WITH, _("Put them in, for the reason below")),
    )
    reason = ExactField(
        label=_("Reason"),
        required=False,
        lines=True,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "What the file is for and who gets it. Needed for personal columns. It stays on record, "
            "and the approvers of your agency read it."
        ),
    )
    format = _choice(
        _("Format"),
        ("xlsx", _("Excel (XLSX)")),
        ("csv", _("CSV, in UTF-8 with the mark by which Excel knows it")),
    )
    headings = _choice(
        _("Headings and values"),
        (WORDS, _("In words, in the language of this page")),
        (CODES, _("As codes, for programs")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("do", _("Download the file")))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("columns") == WITH and "reason" not in self.errors and not found["reason"]:
            self.add_error("reason", _("Say why personal columns are needed, or leave them out."))
        return found
