"""What a row of an edition asks: its notice rule and its conditions, on the row's own page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from directory.admin.editions import InDraft
from directory.admin.mending import SaysHowToMend, slips_of_a_rule
from directory.identifiers import email_address
from directory.models import Condition, NoticeRule

STATES_SOMETHING = _("Each row says what is asked, “Nothing stated” included: choose one.")


class NoticeRuleForm(SaysHowToMend, forms.ModelForm):
    """Whom to tell; mail goes to the address, so it is checked as that of a person is."""

    class Meta:
        error_messages = {"strength": {"required": STATES_SOMETHING}}
        help_texts = {
            "body": _("Left empty where somebody may be told, it becomes the row's own funder."),
        }

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        try:
            return email_address(address) if address else ""
        except ValueError as error:
            raise ValidationError(str(error.args[0]), code="refused") from error

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        row = given.get("participation")
        # Hardly any row names another body than its own funder; one that was chosen always counts.
        unnamed = given.get("recipient") and "body" in given and not given["body"]
        if unnamed and row and row.agency_id:
            given["body"] = row.agency
        return super().clean()

    def slips(self, given: dict[str, Any]):
        return slips_of_a_rule(given)


class ExactlyOneRule(forms.BaseInlineFormSet):
    """The page always sends one form; a hand-built post might leave the rule out, or send two."""

    def clean(self) -> None:
        super().clean()
        if len(self.forms) != 1:
            raise ValidationError(STATES_SOMETHING)


class NoticeRuleInline(InDraft, admin.StackedInline):
    """Exactly one rule: a row that states nothing says so."""

    model = NoticeRule
    form = NoticeRuleForm
    formset = ExactlyOneRule
    min_num = max_num = 1
    extra = 0
    can_delete = False
    autocomplete_fields = ("body",)
    is_inline = True


class ConditionInline(InDraft, admin.TabularInline):
    model = Condition
    extra = 0
    is_inline = True
