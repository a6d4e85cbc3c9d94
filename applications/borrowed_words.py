"""Words of libraries that have no Japanese of their own; marked here so that our catalogue holds them."""

from django.utils.translation import gettext_noop as _

SIMPLE_HISTORY = (
    _("View history: %s"),
    _("Change history: %s"),
    _("View %s"),
    _("Revert %s"),
    _("Created"),
    _("Changed"),
    _("Deleted"),
)
DJANGO_FILTER = (
    _("Query string field names are case-sensitive."),
    _("Field filters"),
    _("exclude"),
    _("Submit"),
)
