"""What two people wrote at the same time, side by side; and the fingerprint that notices it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from applications.queries.fingerprints import fingerprint
from directory.templatetags.portal import person_date


class Watched(forms.Form):
    """A form that carries the fingerprint of the values it was filled from."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def watch(self, stored: Mapping[str, Any]) -> None:
        """Remember the stored values; a form sent in keeps the fingerprint that it brought."""
        self.fields["seen"].initial = fingerprint(stored)

    @property
    def values(self) -> dict[str, Any]:
        """What was answered, without what only the form needs."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    @property
    def seen_fingerprint(self) -> str:
        return str(self.cleaned_data.get("seen", ""))

    def accept(self, stored: Mapping[str, Any]) -> None:
        """Let the next save replace the stored values, which are now shown to the writer."""
        renewed = self.data.copy()
        renewed[self.add_prefix("seen")] = fingerprint(stored)
        self.data = renewed


def in_words(field: forms.Field | None, value: Any) -> str:
    """Write a stored value as the form's own choices and dates do."""
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return person_date(value)
    key = str(getattr(value, "pk", value))
    for code, words in _choices(field):
        if str(code) == key:
            return str(words)
    return str(value)


def _choices(field: forms.Field | None) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    for code, words in getattr(field, "choices", ()):
        flat += words if isinstance(words, list | tuple) else [(code, words)]
    return flat


def differing(
    form: forms.BaseForm, stored: Mapping[str, Any], yours: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Return a row for each field that differs: its label, your text and the stored one."""
    return [
        {
            "key": str(form.fields[name].label if name in form.fields else name),
            "yours": in_words(form.fields.get(name), yours.get(name)),
            "stored": in_words(form.fields.get(name), value),
        }
        for name, value in stored.items()
        if name in yours and fingerprint({"": value}) != fingerprint({"": yours[name]})
    ]
