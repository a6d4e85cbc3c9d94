"""A list of short texts as people write one: a text on each line."""

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

SMALL = {"rows": 3, "cols": 40}


class OnePerLine(forms.Field):
    """Reads lines into a list: trimmed, without empty ones, each once; shows a list as lines."""

    widget = forms.Textarea(attrs=SMALL)

    def __init__(self, *, encoder=None, decoder=None, **kwargs) -> None:
        # A column of JSON offers the first two. The empty list that it begins with is the same for
        # everybody: nothing has to remember it beside the box.
        super().__init__(**kwargs | {"show_hidden_initial": False})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        written = value or ""
        if isinstance(written, list):
            return written
        ProhibitNullCharactersValidator()(written)
        return list(dict.fromkeys(filter(None, map(str.strip, written.splitlines()))))
