"""What a newer list says of a funder that the one an answer rests on does not, in words."""

from django.utils.translation import gettext as _

from directory.changes import Difference, differences
from directory.listing import said_by
from directory.models import Condition, Edition, NoticeRule, Participation

# What is not for a reader: the place in the list, and how the wording is known again.
UNSAID = frozenset({"position", "note_fingerprint", "slug", "acronym"})


def changed_since(edition: Edition, newest: Edition, slug: str) -> str:
    """Say which row changed between two lists for one funder; "" where nothing can be said.

    Three statements, and none where the list is the newest.
    """
    if edition.pk == newest.pk or not slug:
        return ""
    said = said_by(edition, newest)
    before, after = said[edition.pk], said[newest.pk]
    row = after.get(slug) or before.get(slug)
    if row is None:
        return ""
    found = next((one for one in differences(before, after) if one.slug == slug), None)
    return _words(found) % {
        "funder": row.acronym,
        "fields": ", ".join(_labels(found)) if found else "",
    }


def _words(found: Difference | None) -> str:
    if found is None or UNSAID.issuperset(found.fields):
        return _("The newer list says the same of %(funder)s.")
    if found.kind == "GONE":
        return _("%(funder)s is not on the newer list any more.")
    if found.kind == "ADDED":
        return _("%(funder)s is on the newer list; it is not on this one.")
    return _("The newer list says something else of %(funder)s. Changed: %(fields)s.")


def _labels(found: Difference) -> list[str]:
    """Name what differs as the directory names it, each once."""
    names = [str(_label(name)) for name in found.fields if name not in UNSAID]
    return list(dict.fromkeys(names))


def _label(name: str) -> str:
    if name == "conditions":
        return Condition._meta.verbose_name_plural
    rule = {field.name for field in NoticeRule._meta.get_fields()} - {"id", "participation"}
    return (NoticeRule if name in rule else Participation)._meta.get_field(name).verbose_name
