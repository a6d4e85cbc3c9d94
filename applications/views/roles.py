"""Pages of staff roles: who has which in one's own agency, how it came about, and changing one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import actions, permissions
from applications.forms.roles import RoleForm
from applications.queries.roles import account_to_change, role_changes_of, staff_of
from directory import formatting
from directory.models import StaffRole, User


def _staff(request: HttpRequest) -> User:
    if not request.user.is_staff:
        raise Http404
    return request.user


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """List the staff of the reader's agency, and every change of a role."""
    user = _staff(request)
    whose = [_("Agency")] if user.is_superuser else []
    return render(
        request,
        "staff/roles.html",
        {
            "may_change": permissions.may_change_roles(user),
            "staff_columns": [_("Person"), _("E-mail address"), _("Role"), *whose],
            "staff_rows": [
                [_person(one), one.email, one.get_staff_role_display(), *([one.get_staff_agency_display()] if whose else [])]
                for one in staff_of(user)
            ],
            "change_columns": [
                {"label": _("When"), "when": True}, _("Person"), _("Before"), _("After"),
                _("Changed by"), {"label": _("Reason"), "words": True}, *whose,
            ],
            "change_rows": [
                [
                    formatting.moment(one.at, formatting.JAPAN, get_language()),
                    _person(one.user),
                    _role(one.role_before),
                    _role(one.role_after),
                    _person(one.by),
                    one.reason,
                    *([one.get_agency_display()] if whose else []),
                ]
                for one in role_changes_of(user)
            ],
        },
    )  # fmt: skip


def _person(user: User) -> str:
    return user.get_full_name() + ("" if user.is_active else f" ({_('account closed')})")


def _role(code: str) -> str:
    return str(StaffRole(code).label) if code else _("none")


@require_http_methods(["GET", "HEAD", "POST"])
def role_change(request: HttpRequest) -> HttpResponse:
    """Give, change or take the role of one account; approvers only."""
    user = _staff(request)
    if not permissions.may_change_roles(user):
        raise PermissionDenied
    form = RoleForm(request.POST if request.method == "POST" else None, by=user)
    if request.method == "POST" and form.is_valid() and _changed(request, form, user):
        return redirect("applications:staff_roles")
    return render(
        request,
        "staff/role_change.html",
        {
            "form": form,
            "trail": [
                (_("Staff"), reverse("applications:staff")),
                (_("Staff roles"), reverse("applications:staff_roles")),
            ],
            "title": _("Give, change or take a staff role"),
        },
    )


def _changed(request: HttpRequest, form: RoleForm, user: User) -> bool:
    """Do what the form asks; a refusal becomes an error at its field."""
    given = form.cleaned_data
    account = account_to_change(given["email"], user)
    try:
        if account is None:
            raise User.DoesNotExist
        change = actions.change_staff_role(
            user_id=account.pk,
            role=given["role"],
            reason=given["reason"],
            agency=given.get("agency", ""),
            by=user,
            at=timezone.now(),
        )
    except User.DoesNotExist:
        form.add_error("email", _("There is no account with this address that you may change."))
    except actions.OwnRole:
        form.add_error("email", _("Nobody changes their own role. Ask another approver."))
    except actions.SameRole:
        form.add_error("role", _("The account has this role already."))
    except actions.LastApprover:
        form.add_error(
            "role", _("This is the agency's last approver. Make somebody else an approver first.")
        )
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    else:
        messages.success(
            request,
            _("%(person)s: the role is now “%(role)s”. The change is on record.")
            % {"person": account.get_full_name(), "role": _role(change.role_after)},
        )
        return True
    return False
