"""Staff pages of the words of letters: those in use, one with its versions, a new version, the way back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import actions, permissions
from applications.forms.conflicts import differing
from applications.forms.letters import BackToShippedForm, LetterTemplateForm
from applications.letters import Template, Text, gaps_of, template_for, version_name
from applications.models import LetterTemplate
from applications.queries.letter_templates import (
    bodies_for,
    newest_templates,
    owners_of,
    versions_of,
)
from applications.views.letter_places import Place, made_at, place_of, slug, trail
from applications.views.letter_preview import preview
from applications.wording.letters import GAPS
from applications.workflow import LetterOccasion
from directory.models import OwningAgency


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """List the words in use, for each occasion and for each body that has its own."""
    if not request.user.is_staff:
        raise Http404
    owners = owners_of(request.user)
    return render(
        request,
        "staff/letters.html",
        {
            "trail": trail(),
            "columns": [
                _("Occasion"),
                _("Letters to"),
                _("Version in use"),
                {"label": _("Made"), "when": True},
            ],
            "tables": [
                {"slug": slug(one), "caption": one.label, "rows": _rows_of(one)} for one in owners
            ],
        },
    )


def _rows_of(owner: OwningAgency) -> list[list[Any]]:
    newest = list(newest_templates(owner))
    rows = []
    for occasion in LetterOccasion:
        own = [one for one in newest if one.occasion == occasion]
        general = next((one for one in own if one.body is None), None)
        rows.append(_row(Place(owner, occasion, None), general, newest))
        rows += [
            _row(Place(owner, occasion, one.body), one, newest)
            for one in sorted(own, key=lambda one: one.body.acronym if one.body else "")
            if one.body and not one.withdrawn
        ]
    return rows


def _row(place: Place, made: LetterTemplate | None, newest: list[LetterTemplate]) -> list[Any]:
    version = template_for(newest, place.occasion, place.body).version
    return [
        format_html('<a href="{}">{}</a>', place.at(), place.occasion.label),
        place.body.acronym if place.body else _("every body"),
        version,
        made_at(made),
    ]


@require_safe
def letter(request: HttpRequest, owner: str, occasion: str, body: str) -> HttpResponse:
    """Show the words in use on one occasion, and every version that staff made."""
    place = place_of(request, owner, occasion, body)
    versions = list(versions_of(**place.key))
    in_use = template_for(newest_templates(place.owner), place.occasion, place.body)
    own = [] if place.body else bodies_for(place.occasion)
    return render(
        request,
        "staff/letter.html",
        {
            "trail": trail(place)[:-1],
            "place": place,
            "in_use": in_use,
            "versions": [
                {"name": version_name(one), "made": made_at(one), "version": one}
                for one in versions
            ],
            "may_change": permissions.may_word_letters(request.user, place.owner),
            "may_go_back": bool(versions and not versions[0].withdrawn),
            "edit_url": place.at("_edit"),
            "shipped_url": place.at("_shipped"),
            "bodies": [(one, Place(place.owner, place.occasion, one).at()) for one in own],
        },
    )


def _to_change(request: HttpRequest, owner: str, occasion: str, body: str) -> Place:
    """As ``place_of``, for those who may change the words.

    :raises PermissionDenied: the reader only reads
    """
    place = place_of(request, owner, occasion, body)
    if not permissions.may_word_letters(request.user, place.owner):
        raise PermissionDenied
    return place


@require_http_methods(["GET", "HEAD", "POST"])
def letter_edit(request: HttpRequest, owner: str, occasion: str, body: str) -> HttpResponse:
    """Write a new version: look at the preview, then save exactly what was previewed."""
    place = _to_change(request, owner, occasion, body)
    newest = versions_of(**place.key).first()
    if request.method != "POST":
        form = LetterTemplateForm(occasion=place.occasion, initial=_to_begin_with(place, newest))
        return _edit_page(request, place, form)
    form = LetterTemplateForm(request.POST, occasion=place.occasion)
    if not form.is_valid():
        return _edit_page(request, place, form)
    if request.POST.get("act") == "save" and form.was_previewed:
        return _saved(request, place, form)
    return _previewed(request, place, form)


def _to_begin_with(place: Place, newest: LetterTemplate | None) -> dict[str, Any]:
    """The words that stand now, also where they are those for every body."""
    number = newest.number if newest else 0
    stands = template_for(newest_templates(place.owner), place.occasion, place.body)
    return {
        "subject": stands.english.subject,
        "text": stands.english.text,
        "subject_ja": stands.japanese.subject,
        "text_ja": stands.japanese.text,
        "seen": number,
    }


def _previewed(request: HttpRequest, place: Place, form: LetterTemplateForm) -> HttpResponse:
    words = form.words
    template = Template(
        version="",
        english=Text(words["subject"], words["text"]),
        japanese=Text(words["subject_ja"], words["text_ja"]),
    )
    shown = preview(request.user, form, template, place.owner, place.occasion, place.body)
    if shown is None:
        return _edit_page(request, place, form)
    form.mark_previewed()
    again = request.POST.get("act") == "save"
    return _edit_page(request, place, form, preview=shown, changed_since=again)


def _saved(request: HttpRequest, place: Place, form: LetterTemplateForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        version = actions.save_letter_template(
            **place.key,
            words=form.words,
            seen=given["seen"],
            reason=given["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    except actions.SameWords:
        form.add_error("text", _("These words are in use already. Nothing has been changed."))
        return _edit_page(request, place, form)
    except actions.Conflict as conflict:
        newest = versions_of(**place.key).first()
        rows = differing(form, conflict.stored, conflict.yours)
        form.accept(newest.number if newest else 0)
        return _edit_page(request, place, form, status=409, conflict_rows=rows)
    messages.success(
        request,
        _("Saved as %(version)s. Letters prepared from now on use these words.")
        % {"version": version_name(version)},
    )
    return redirect(place.at())


def _edit_page(
    request: HttpRequest,
    place: Place,
    form: LetterTemplateForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "trail": trail(place),
        "place": place,
        "form": form,
        "gaps": [(f"{{{name}}}", GAPS[name]) for name in gaps_of(place.occasion)],
        "back_url": place.at(),
    }
    return render(request, "staff/letter_edit.html", context | more, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def letter_shipped(request: HttpRequest, owner: str, occasion: str, body: str) -> HttpResponse:
    """Take staff's own words back, with a reason; show what stands then."""
    place = _to_change(request, owner, occasion, body)
    newest = versions_of(**place.key).first()
    if newest is None or newest.withdrawn:
        messages.info(request, _("No words of your own are in use here; nothing has been changed."))
        return redirect(place.at())
    form = BackToShippedForm(request.POST or None, initial={"seen": newest.number})
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_letter_template(
                **place.key, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except actions.NotPermitted as refusal:
            raise PermissionDenied from refusal
        except (actions.Conflict, actions.SameWords):
            messages.error(
                request,
                _("Somebody saved a newer version meanwhile. Nothing has been changed."),
            )
        else:
            messages.success(request, _("Your own words are taken back."))
        return redirect(place.at())
    others = [one for one in newest_templates(place.owner) if one.pk != newest.pk]
    context = {
        "trail": trail(place),
        "place": place,
        "form": form,
        "back_url": place.at(),
        "then": template_for(others, place.occasion, place.body),
    }
    return render(request, "staff/letter_shipped.html", context)
