"""What a page of the admin saves is taken back where a list would speak against itself with it, or was published meanwhile."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.contradiction_words import acronyms, added, contradiction_in_words
from directory.contradictions import Contradiction
from directory.listing import of_edition
from directory.models import Edition
from directory.published_triggers import REFUSED

NOTHING_DELETED = _(
    "A list was published meanwhile, and a published list never changes: nothing was deleted."
)


class Contradictory(Exception):
    """Nothing was saved: with it a list would speak against itself; ``found`` names both rows."""

    def __init__(self, found: Iterable[Contradiction]) -> None:
        self.found = tuple(found)
        super().__init__(", ".join(one.code for one in self.found))


class RefusedForm(forms.ModelForm):
    """A form that says, in sentences, why its values were ``refused`` when they were to be saved."""

    refused: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.refused:
            raise ValidationError(list(dict.fromkeys(self.refused)))
        return given


def is_shown_again(request) -> bool:
    """Whether what was typed is shown once more, after it was refused: ``RefusedForm`` saves none of it."""
    return bool(getattr(request, "refused", ()))


class TellsOfPublishing:
    """Adds to a page: where the list was published while it was saved, it says so.

    The page has asked whether it is a draft; the database asks again, and has the last word.
    """

    form = RefusedForm
    published_meanwhile = _(
        "This list was published while you wrote, and a published list never changes: nothing that "
        "you typed was saved. Copy from here what you need for the next list."
    )
    # What is typed in a published list can be copied; no button promises to save it.
    shown_again = {
        "show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False,
    }  # fmt: skip

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", ())
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # Django saves a page in one transaction: a refusal takes all of it back.
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            _only_published(error)
            request.refused = (self.published_meanwhile,)
            # A row that was to be added may still go into another list.
            more = self.shown_again if object_id else {}
            extra_context = {**(extra_context or {}), **more}
        except Contradictory as refusal:
            names = acronyms()
            request.refused = tuple(contradiction_in_words(one, names) for one in refusal.found)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except IntegrityError as error:
            _only_published(error)
        messages.error(request, NOTHING_DELETED)
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(page, args=[object_id]))

    def changelist_view(self, request, extra_context=None):
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        try:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except IntegrityError as error:
            _only_published(error)
        messages.error(request, NOTHING_DELETED)
        return HttpResponseRedirect(request.get_full_path())


def _only_published(error: IntegrityError) -> None:
    """Pass where the guard of published lists refused.

    :raises IntegrityError: something else is broken, and it is no editor's to mend
    """
    if REFUSED not in str(error):
        raise error


class RefusesContradictions(TellsOfPublishing):
    """Adds to a page: save all of it, ask the lists, and take it back where one contradicts itself.

    What contradicted before does not stop anybody from working on. The form is shown again with
    what was typed and a sentence for each contradiction.
    """

    def editions_touched(self, request, obj) -> Iterable[Edition]:
        """The lists that speak of what is saved here."""
        raise NotImplementedError

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
