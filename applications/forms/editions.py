"""A new edition of the list: which day it is of, where it stands published, and why it is made."""

import re
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import DayField, ExactField
from directory import formatting
from directory.models import Edition
from directory.models.editions import CODES_TAKEN_BY_PAGES

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class NewEditionForm(forms.Form):
    """What a draft says of itself; its rows are those of the edition that it is made from."""

    based_on = forms.ChoiceField(
        label=_("Edition to start from"),
        widget=forms.RadioSelect,
        help_text=_("All rows of this list are copied into the draft."),
        error_messages={
            "invalid_choice": _("A newer list was published meanwhile. Choose it and look again.")
        },
    )
    code = forms.SlugField(
        label=_("Code of the new edition"),
        max_length=60,
        help_text=_("It stands in addresses and on receipts, such as amed-2025-04-01."),
    )
    as_of = DayField(
        label=_("As of"), help_text=_("The day for which the agency's page says that it holds.")
    )
    updated_on = DayField(
        label=_("Page updated on"), help_text=_("The day from which the page has said so.")
    )
    source = forms.URLField(
        label=_("Source"), assume_scheme="https", help_text=_("The address of the published page.")
    )
    reason = ExactField(
        label=_("Reason"),
        lines=True,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "What has changed on the page, or which slip this edition mends. It is published with the "
            "edition and stays: name no private person."
        ),
    )

    def __init__(self, *args: Any, bases: Sequence[Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["based_on"].choices = [(str(one.pk), _in_words(one)) for one in bases]
        self.fields["based_on"].initial = str(bases[0].pk)
        self.fields["source"].initial = bases[0].source
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("do", _("Make the draft")))

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].lower()
        if _DAY.fullmatch(code):
            raise ValidationError(_("A code that is a date would mean the list of that day."))
        if code in CODES_TAKEN_BY_PAGES:
            raise ValidationError(_("A page of the lists has this address: choose another code."))
        return code


def _in_words(edition: Edition) -> str:
    return gettext("%(code)s (list of %(agency)s as of %(day)s)") % {
        "code": edition.code,
        "agency": edition.get_owner_display(),
        "day": formatting.long_date(edition.as_of, get_language()),
    }
