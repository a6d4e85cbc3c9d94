"""Staff pages of the editions of the list: all of them, and making a new draft from the newest."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import actions, permissions
from applications.forms.editions import NewEditionForm
from applications.views.edition_places import page_of
from directory import formatting
from directory.models import Edition, OwningAgency, User


def _staff(request: HttpRequest) -> User:
    if not request.user.is_staff:
        raise Http404
    return request.user


def _owners(user: User) -> list[OwningAgency]:
    """The agencies whose list ``user`` drafts."""
    return [one for one in OwningAgency if permissions.may_draft_edition(user, one)]


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """List the editions: published ones of both agencies, drafts of the reader's own."""
    user = _staff(request)
    found = (
        Edition.objects.visible_to(user)
        .select_related("based_on", "made_by")
        .annotate(funders=Count("rows"))
        .newest_first()
    )
    return render(
        request,
        "staff/editions.html",
        {
            "trail": [(_("Staff"), reverse("applications:staff"))],
            "may_draft": bool(_owners(user)),
            "draft_columns": [*_columns(), _("Made by")],
            "drafts": [[*_cells(one), _made_by(one)] for one in found if one.published_at is None],
            "published_columns": [
                *_columns(),
                {"label": _("Published here (Japan time)"), "when": True},
            ],
            "published": [
                [*_cells(one), _moment(one.published_at)] for one in found if one.published_at
            ],
        },
    )


def _columns() -> list[Any]:
    return [
        _("Edition"),
        _("List of"),
        {"label": _("As of"), "when": True},
        {"label": _("Page updated on"), "when": True},
        {"label": _("Funders"), "numeric": True},
        _("Made from"),
        _("Reason"),
    ]


def _cells(edition: Edition) -> list[Any]:
    return [
        format_html('<a class="nowrap" href="{}">{}</a>', page_of(edition), edition.code),
        edition.get_owner_display(),
        formatting.short_date(edition.as_of, get_language()),
        formatting.short_date(edition.updated_on, get_language()),
        edition.funders,
        format_html(
            '<span class="nowrap">{}</span>', edition.based_on.code if edition.based_on else "–"
        ),
        edition.reason or "–",
    ]


def _made_by(edition: Edition) -> str:
    return edition.made_by.get_full_name() if edition.made_by else "–"


def _moment(at: Any) -> str:
    return formatting.day_and_time(at, formatting.JAPAN, get_language())


@require_http_methods(["GET", "HEAD", "POST"])
def edition_new(request: HttpRequest) -> HttpResponse:
    """Make a draft from the newest published edition of the own agency's list."""
    user = _staff(request)
    owners = _owners(user)
    if not owners:
        raise PermissionDenied
    bases = [one for one in map(Edition.objects.newest, owners) if one]
    form = None
    if bases:
        form = NewEditionForm(request.POST if request.method == "POST" else None, bases=bases)
        if request.method == "POST" and form.is_valid() and (made := _made(form, user)):
            words = _(
                "%(code)s is a draft now, with all rows of %(base)s. Only staff of your agency see it."
            )
            messages.success(
                request, words % {"code": made.code, "base": getattr(made.based_on, "code", "")}
            )
            return redirect(page_of(made))
    return render(
        request,
        "staff/edition_new.html",
        {
            "trail": [
                (_("Staff"), reverse("applications:staff")),
                (_("Editions of the list"), reverse("applications:staff_editions")),
            ],
            "form": form,
            "drafts": [
                (one, page_of(one)) for one in Edition.objects.drafts_of(user).newest_first()
            ],
        },
    )


def _made(form: NewEditionForm, user: User) -> Edition | None:
    """Make what the form asks for; a refusal becomes an error at its field."""
    given = form.cleaned_data
    try:
        return actions.make_edition(
            based_on_id=int(given["based_on"]),
            code=given["code"],
            as_of=given["as_of"],
            updated_on=given["updated_on"],
            source=given["source"],
            reason=given["reason"],
            by=user,
            at=timezone.now(),
        )
    except (actions.NotTheNewest, Edition.DoesNotExist):
        form.add_error(
            "based_on", _("A newer list was published meanwhile. Choose it and look again.")
        )
    except actions.CodeTaken:
        form.add_error("code", _("Another edition has this code. Choose another."))
    except actions.DatesOutOfOrder as refusal:
        language = get_language()
        words = _(
            "The list that it is made from is as of %(as_of)s, on a page updated on %(updated_on)s. "
            "Neither day may be earlier, and the page is updated on its “as of” day or later."
        )
        days = {
            "as_of": formatting.long_date(refusal.base.as_of, language),
            "updated_on": formatting.long_date(refusal.base.updated_on, language),
        }
        form.add_error("updated_on", words % days)
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    return None
