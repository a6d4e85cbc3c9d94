"""The bulk check's form: one file, and the day for which it is checked."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import DayField
from directory.models import Edition, OwningAgency

MOST_BYTES = 5 * 1024 * 1024


class BulkForm(forms.Form):
    """Nothing of it is stored: the file is read, answered and forgotten."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("At most 5,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={
            "required": _("Choose a CSV file."),
            "missing": _("Choose a CSV file."),
            "invalid": _("Choose a CSV file."),
            "empty": _("The file is empty. Choose a file with a heading and one row per grant."),
        },
    )
    on = DayField(
        label=_("Reference date"),
        required=False,
        help_text=_("The day on which the grants must be running. Leave it open for today."),
    )
    as_of = DayField(
        label=_("List as of"),
        required=False,
        help_text=_("The day whose list is to be asked. Leave it open for the newest list."),
    )

    def clean_as_of(self) -> Edition | None:
        """Return the list of that day; None where no day is given."""
        day = self.cleaned_data["as_of"]
        if day is None:
            return None
        found = Edition.objects.said_on(day, OwningAgency.AMED)
        if found is None:
            raise ValidationError(
                _("No list of that day is kept here. Leave it open for the newest list."),
                code="unkept",
            )
        return found

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                _("The file is larger than 5 MB. Split it, and send the parts one by one."),
                code="large",
            )
        return file
