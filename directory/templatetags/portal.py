"""Filters and tags that every page shares: dates, money, names, languages, errors of forms."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from directory import addresses, formatting

register = template.Library()


@register.filter
def person_date(value: date | datetime | None) -> str:
    """A day as people write it; a moment is shown as its day in Japan."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value, formatting.ZoneInfo(formatting.JAPAN)).date()
    return formatting.long_date(value, get_language())


@register.filter
def moment(value: datetime | None) -> str:
    """Date and time in Japan, with the zone."""
    return in_zone(value, formatting.JAPAN)


@register.filter
def in_zone(value: datetime | None, zone: str) -> str:
    """Date and time in ``zone``; an unknown zone is read as Japan's."""
    zone = formatting.known_zone(zone) or formatting.JAPAN
    return formatting.moment(value, zone, get_language()) if value else ""


@register.filter
def clock(value: datetime | None, zone: str = formatting.JAPAN) -> str:
    """The time alone, 24 hours, with its zone."""
    zone = formatting.known_zone(zone) or formatting.JAPAN
    return formatting.clock(value, zone, get_language()) if value else ""


@register.filter
def is_noon(value: datetime | None) -> bool:
    """Whether the moment is noon in Japan."""
    return bool(value) and formatting.is_noon(value, formatting.JAPAN)


@register.filter
def machine_time(value: datetime | None) -> str:
    """For the ``datetime`` attribute, in UTC."""
    return formatting.in_utc(value) if value else ""


@register.filter
def time_left(value: datetime | None, now: datetime | None = None) -> str:
    """Words for what remains until ``value``."""
    return formatting.time_left(value, now or timezone.now()) if value else ""


@register.simple_tag
def timestamp(value: datetime | None, zone: str = formatting.JAPAN) -> str:
    """A moment as a ``<time>`` element, readable by people and by machines."""
    if not value:
        return ""
    return format_html('<time datetime="{}">{}</time>', machine_time(value), in_zone(value, zone))


@register.simple_tag
def zones() -> list[tuple[str, str]]:
    """The time zones offered, with the words for them."""
    return [(name, formatting.zone_label(name)) for name, _label in formatting.ZONES]


@register.filter
def zone_label(name: str) -> str:
    """The words for a time zone."""
    return formatting.zone_label(name)


@register.filter
def money_yen(amount: int | None) -> str:
    """An amount of yen, grouped, with its unit; nothing for no amount."""
    return "" if amount is None else formatting.yen(int(amount), get_language())


@register.simple_tag
def bdi_name(written: str, latin: str = "", lang: str = "") -> str:
    """A person's name, isolated from the text around it and marked with its language.

    Own writing first on Japanese pages, Latin letters first elsewhere, the other in brackets;
    a name that its owner writes in Latin letters stands alone.
    """
    parts = formatting.person_name(written, latin, get_language())
    first, beside = (
        _bdi(part, (lang or formatting.script_language(part)) if part == written else "")
        for part in parts
    )
    if not parts[1]:
        return first
    if formatting.is_japanese(get_language()):
        return format_html("{}（{}）", first, beside)
    return format_html("{} ({})", first, beside)


@register.filter
def beside_name(written: str, latin: str) -> str:
    """The Latin writing to put beside a name in plain text; empty where the name is Latin already."""
    return "" if formatting.in_latin(written) or latin == written else latin


@register.filter
def with_punycode(address: str) -> str:
    """An e-mail address; an international one with what mail servers read, in brackets."""
    return addresses.with_punycode(address)


def _bdi(name: str, lang: str) -> str:
    return (
        format_html('<bdi lang="{}">{}</bdi>', lang, name)
        if lang
        else format_html("<bdi>{}</bdi>", name)
    )


@register.simple_tag(takes_context=True)
def language_urls(context: Mapping[str, Any]) -> list[dict[str, Any]]:
    """This page in every language, query string kept; the home page where an address has no language."""
    request, active = context.get("request"), get_language()
    # One leading slash: two would name another host.
    path = "/" + request.get_full_path().lstrip("/") if request else "/"
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "url": _in_language(path, code),
            "current": code == active,
        }
        for code, _english in settings.LANGUAGES
    ]


def _in_language(path: str, code: str) -> str:
    # No route of ours is itself translated: an address's first segment is its language, or it has none.
    segments = path.partition("?")[0].split("/")
    first = segments[1] if len(segments) > 1 else ""
    if first in dict(settings.LANGUAGES):
        return f"/{code}{path[len(first) + 1 :]}"
    return f"/{code}/"


@register.simple_tag
def error_links(*sources: Any) -> list[dict[str, str]]:
    """Every error of the forms and formsets given, in page order, each with the id of its field.

    The message is the very text shown at the field. Missing or unbound forms count as faultless.
    """
    return [link for source in sources for link in _links(source)]


def _links(source: Any) -> Iterable[dict[str, str]]:
    if hasattr(source, "management_form"):
        for message in source.non_form_errors():
            yield {"anchor": "", "message": message}
        source = source.forms
    if isinstance(source, list | tuple):
        for part in source:
            yield from _links(part)
    elif hasattr(source, "non_field_errors"):
        for message in source.non_field_errors():
            yield {"anchor": "", "message": message}
        for field in source:
            for message in error_words(field):
                yield {"anchor": _anchor(field), "message": message}


@register.filter
def error_words(field: Any) -> list[str]:
    """What is wrong with a bound field, in words that name it.

    The field and the error summary both ask here, so that they say the same. Django's bare "This field
    is required." would read alike for every field; a form's own words are left as they are.
    """
    return [_own_words(field, error) for error in field.errors.as_data()]


def _own_words(field: Any, error: Any) -> str:
    if error.code != "required" or error.message != forms.Field.default_error_messages["required"]:
        return str(next(iter(error)))
    if isinstance(field.field.widget, forms.CheckboxInput):
        sentence = _("Tick the box “%(label)s”.")
    elif hasattr(field.field, "choices"):
        sentence = _("Choose an answer to “%(label)s”.")
    else:
        sentence = _("Fill in “%(label)s”.")
    return sentence % {"label": field.label}


def _anchor(field: Any) -> str:
    """The id of the first control: a group of radio buttons has none of its own."""
    return (
        field.id_for_label
        or next((part.id_for_label for part in field.subwidgets), "")
        or field.auto_id
    )


@register.simple_tag(takes_context=True)
def active_filters(context: Any, filterset: Any) -> list[dict[str, str]]:
    """The filters in use: label, chosen value in words, and the address without it."""
    if not filterset or not filterset.form.is_bound:
        return []
    found = []
    for field in filterset.form:
        chosen = [value for value in filterset.form.data.getlist(field.html_name) if value]
        choices = getattr(field.field, "choices", [])
        # Without the number of rows that a label may bear.
        words = {str(key): str(getattr(label, "plain", label)) for key, label in choices}
        for value in chosen:
            remaining = context.request.GET.copy()
            remaining.setlist(field.html_name, [other for other in chosen if other != value])
            remaining.pop("page", None)
            found.append(
                {
                    "label": str(field.label),
                    "value": words.get(value, value),
                    "url": f"?{remaining.urlencode()}",
                }
            )
    return found


@register.filter
def labelled(cells: Iterable[Any], columns: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Each cell of a row with the column it belongs to."""
    return list(zip(columns, cells, strict=False))


@register.simple_tag
def static_if_any(path: str) -> str:
    """The address of a static file; empty rather than an exception, for pages shown when things are broken."""
    try:
        return static(path)
    except ValueError:
        return ""
