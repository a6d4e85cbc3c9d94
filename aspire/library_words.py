"""Words of libraries that have no Japanese of their own, so that our catalogue holds them.

Nothing reads this file but ``makemessages``: a msgid that stands here is translated in
``aspire/locale``, and Django looks there before it asks the library. ``tests/test_library_words.py``
reads the installed libraries and says what is missing after an upgrade.
"""

from django.utils.translation import gettext_noop as _

ADMIN = (_("None"),)
COUNTRIES = (
    _("Bahamas (The)"),
    _("Democratic Republic of the Congo"),
    _("Micronesia"),
    _("Naoero"),
    _("Netherlands (Kingdom of the)"),
    _("Palestine"),
    _("Saint Helena"),
    _("South Georgia"),
    _("Turkey"),
    _("Vatican City"),
)
FILTER = (
    _("%s (descending)"),
    _("Multiple values may be separated by commas."),
    _("Ordering"),
    _("Range query expects two values."),
    _("Select a lookup."),
    _("Yesterday"),
    _("contains"),
    _("date"),
    _("day"),
    _("ends with"),
    _("has any keys"),
    _("has key"),
    _("has keys"),
    _("hour"),
    _("is contained by"),
    _("is greater than"),
    _("is greater than or equal to"),
    _("is in"),
    _("is in range"),
    _("is less than"),
    _("is less than or equal to"),
    _("is null"),
    _("matches regex"),
    _("minute"),
    _("month"),
    _("overlaps"),
    _("search"),
    _("second"),
    _("starts with"),
    _("week day"),
    _("year"),
)
HISTORY = (
    _("Change History"),
    _("Change reason"),
    _("Changes"),
    _("Choose a date from the list below to revert to a previous version of this object."),
    _("Comment"),
    _("Deleted %(type_name)s"),
    _("Object"),
    _("Press the 'Change History' button below to edit the history."),
    _("Press the 'Revert' button below to revert to this version of the object."),
    _("Revert"),
    _("Revert %(verbose_name)s"),
    _('The %(name)s "%(obj)s" was changed successfully.'),
    _("This object doesn't have a change history."),
    _("View %(verbose_name)s"),
    _("You may edit it again below"),
)
