"""What a page of the admin saves is taken back where a list would speak against itself with it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from directory.contradiction_words import acronyms, added, contradiction_in_words
from directory.contradictions import Contradiction
from directory.listing import of_edition
from directory.models import Edition


class Contradictory(Exception):
    """Nothing was saved: with it a list would speak against itself; ``found`` names both rows."""

    def __init__(self, found: Iterable[Contradiction]) -> None:
        self.found = tuple(found)
        super().__init__(", ".join(one.code for one in self.found))


class RefusedForm(forms.ModelForm):
    """A form that says what was ``refused`` when its values were to be saved."""

    refused: tuple[Contradiction, ...] = ()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.refused:
            names = acronyms()
            sentences = (contradiction_in_words(one, names) for one in self.refused)
            raise ValidationError(list(dict.fromkeys(sentences)))
        return given


class RefusesContradictions:
    """Adds to a page: save all of it, ask the lists, and take it back where one contradicts itself.

    What contradicted before does not stop anybody from working on. The form is shown again with
    what was typed and a sentence for each contradiction.
    """

    form = RefusedForm

    def editions_touched(self, request, obj) -> Iterable[Edition]:
        """The lists that speak of what is saved here."""
        raise NotImplementedError

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", ())
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except Contradictory as refusal:
            request.refused = refusal.found
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_form(self, request, form, change):
        saved = super().save_form(request, form, change)
        touched = self.editions_touched(request, saved)
        request.contradictions_before = [(one, of_edition(one)) for one in touched]
        return saved

    def save_related(self, request, form, formsets, change):
        """Save what belongs to the row, too, then ask the lists.

        :raises Contradictory: one speaks against itself where it did not before
        """
        super().save_related(request, form, formsets, change)
        before = request.contradictions_before
        found = [new for one, known in before for new in added(known, of_edition(one))]
        if found:
            raise Contradictory(found)
