"""The admin site's name and door, and what all its pages here share: scope, windows, history."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import URLField
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin


def name_the_site() -> None:
    """Title the site, and let people in through the portal's own sign-in, with its limits."""
    admin.site.site_header = _("ASPIRE matching portal: administration")
    admin.site.site_title = _("ASPIRE matching portal")
    admin.site.index_title = _("Funders, lists, calls and look-ups")
    admin.site.empty_value_display = "–"
    admin.site.login = secure_admin_login(admin.site.login)


class Scoped(admin.ModelAdmin):
    """What ``get_queryset`` leaves out does not exist, by any address: 404, not a hint."""

    show_full_result_count = False
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_changeform_initial_data(self, request):
        """What an address fills in beforehand, but for what no field could take: it would be a 500."""
        given, form = super().get_changeform_initial_data(request), self.get_form(request)
        return {name: value for name, value in given.items() if _fits(form, name, value)}

    def lookup_allowed(self, lookup, value, request):
        """Let the address filter by what the page offers, and by nothing else.

        Django permits every field of the model itself: what no page shows, a link's secret or the
        text of a mail, could be spelt out letter by letter from which rows are found.
        """
        listed = (
            part[0] if isinstance(part, tuple) else part for part in self.get_list_filter(request)
        )
        offered = [one for one in (*listed, self.date_hierarchy) if isinstance(one, str)]
        return any(lookup == one or lookup.startswith(f"{one}__") for one in offered) and (
            super().lookup_allowed(lookup, value, request)
        )


def _fits(form: Any, name: str, value: Any) -> bool:
    field = form.base_fields.get(name)
    if field is None:
        return False
    try:
        field.clean(value)
    except ValidationError:
        return False
    return True


class Window(Scoped):
    """Rows to look at: nothing is added, changed or deleted here."""

    actions = None

    def to_field_allowed(self, request, to_field):
        # No form offers these rows as a choice, so neither does the look-up of choices.
        return False

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class Kept(Scoped, SimpleHistoryAdmin):
    """Rows with a history that is read, before and after, and never reverted with one button."""

    def revert_disabled(self, request, obj=None):
        return True

    def reads_history(self, request, obj) -> bool:
        """Whether one who may read the row may read how it came to say so."""
        return True

    def _history_of(self, request, object_id):
        if not self.reads_history(request, self.get_object(request, object_id)):
            raise PermissionDenied

    def history_view(self, request, object_id, extra_context=None):
        self._history_of(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        # simple_history looks neither at the scope nor, on POST, at the right to change.
        self._history_of(request, object_id)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        request.shows_history = True
        return super().history_form_view(request, object_id, version_id, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        # No link to a page that would refuse.
        context["history_closed"] = obj is not None and not self.reads_history(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_readonly_fields(self, request, obj=None):
        if getattr(request, "shows_history", False):
            return [field.name for field in self.opts.fields if field.editable]
        return super().get_readonly_fields(request, obj)
