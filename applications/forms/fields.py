"""Fields that forgive how something is typed, and keep names exactly as they are."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from directory import addresses, identifiers

# Unicode's Bidi_Control: they make a name read otherwise than it is stored.
BIDI_CONTROLS = frozenset(
    map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
# A letter needs no more marks and joiners than this; a stack of them hides its neighbours.
MOST_MARKS = 4
# A year outside is a slip of the finger, and no spreadsheet can show it.
FIRST_YEAR, LAST_YEAR = 1900, 2200
_LINES = "\n\r\t"
_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_KANA = re.compile(r"[\u30a0-\u30ff\s.,\u2010-]*")
_YEN = re.compile(r"(?:(\d+)億)?(?:(\d+)万)?(\d+)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def half_width(text: str) -> str:
    """Return what was typed in full-width letters and digits as half-width, trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def refuse_invisible(text: str, *, lines: bool = False) -> None:
    """Refuse control characters and bidi controls, and name the place of the first.

    :raises ValidationError: there is one, or a stack of more marks than a letter carries
    """
    marks = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        if lines and character in _LINES:
            continue
        if category in ("Cc", "Cs", "Zl", "Zp") or character in BIDI_CONTROLS:
            before = text[max(0, place - 12) : place]
            if not before:
                raise ValidationError(
                    _("There is an invisible character at the beginning. Delete it."),
                    code="invisible",
                )
            raise ValidationError(
                _("There is an invisible character after “%(before)s”. Delete it."),
                code="invisible",
                params={"before": before},
            )
        marks = marks + 1 if category in ("Mn", "Me", "Cf") else 0
        if marks > MOST_MARKS:
            raise ValidationError(
                _("There are too many marks or invisible characters in a row."), code="marks"
            )


def refuse_address(text: str) -> None:
    """Refuse an e-mail address that cannot be used, and say how to mend it.

    :raises ValidationError: it cannot be used
    """
    try:
        identifiers.email_address(text)
    except ValueError as error:
        raise ValidationError(
            str(error.args[0]), code=addresses.refusal(text) or "invalid"
        ) from error


class ExactField(forms.CharField):
    """Text kept exactly as typed, but for spaces around it: no letter is normalised."""

    def __init__(self, *args: Any, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        # A browser sends CR LF; one letter more than a person counted.
        return text.replace("\r\n", "\n") if self.lines else text

    def validate(self, value: str) -> None:
        super().validate(value)
        refuse_invisible(value, lines=self.lines)


class ForgivingEmailField(forms.EmailField):
    """An e-mail address, kept as typed; full-width letters and spaces around it are accepted.

    Django's own check is left out: it takes look-alike domains and numbers of computers.
    """

    default_validators = ()

    def to_python(self, value: Any) -> str:
        return super().to_python(addresses.tidy(str(value or "")))

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            refuse_address(value)


class KanaField(ExactField):
    """A reading in kana: hiragana and half-width are accepted, katakana is stored."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return half_width(text).translate(_HIRAGANA)

    def validate(self, value: str) -> None:
        super().validate(value)
        if not _KANA.fullmatch(value):
            raise ValidationError(_("Write the reading in kana."), code="kana")


class EradNumberField(forms.CharField):
    """An e-Rad researcher number of eight digits, half or full width."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        try:
            return identifiers.erad_number(text)
        except ValueError as error:
            raise ValidationError(str(error.args[0]), code="erad") from error


class YenField(forms.CharField):
    """Whole yen; commas, full-width digits, 円, 億 and 万 are understood."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(*args, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        text = half_width(str(value or "")).upper()
        text = re.sub(r"[,、\s¥]|JPY|YEN|円", "", text)
        if not text:
            return None
        found = _YEN.fullmatch(text)
        if not found or len(text) > 15:
            raise ValidationError(
                _("Give the amount in whole yen, such as 115,000,000."), code="yen"
            )
        oku, man, rest = (int(part or 0) for part in found.groups())
        return oku * 10**8 + man * 10**4 + rest

    def run_validators(self, value: Any) -> None:
        """Text's validators do not apply to a number."""


class AmountField(forms.DecimalField):
    """An amount of money in any currency; grouping and full width are understood."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        text = re.sub(r"[,'’\s]", "", half_width(str(value or "")))
        return super().to_python(text)


class ThreeBoxes(forms.MultiWidget):
    """Year, month and day, each with its own words; no calendar is needed."""

    use_fieldset = True
    PARTS = ((_("Year"), 4), (_("Month"), 9), (_("Day"), 2))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes = [
            forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": size})
            for _words, size in self.PARTS
        ]
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.year, value.month, value.day] if value else [None, None, None]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> str:
        context = self.get_context(name, value, attrs)
        boxes = (
            (
                box["attrs"]["id"],
                words,
                self._render(box["template_name"], {"widget": box}, renderer),
            )
            for (words, _size), box in zip(self.PARTS, context["widget"]["subwidgets"], strict=True)
        )
        return format_html(
            "{}", format_html_join("", '<div><label for="{}">{}</label>{}</div>', boxes)
        )


class DayField(forms.MultiValueField):
    """A day in three boxes; full-width digits and the month's English name are understood."""

    widget = ThreeBoxes

    def __init__(self, **kwargs: Any) -> None:
        parts = [forms.CharField(required=False, max_length=12) for _part in range(3)]
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, parts: Sequence[str]) -> date | None:
        typed = [half_width(part or "").rstrip("年月日.") for part in parts]
        if not any(typed):
            return None
        if not all(typed):
            raise ValidationError(_("Give the year, the month and the day."), code="incomplete")
        year, month, day = typed
        if month[:3].lower() in _MONTHS:
            month = str(_MONTHS.index(month[:3].lower()) + 1)
        try:
            found = date(int(year), int(month), int(day))
        except (ValueError, OverflowError) as error:
            raise ValidationError(_("There is no such day."), code="day") from error
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValidationError(_("Give the year with four digits, such as 2027."), code="year")
        return found
