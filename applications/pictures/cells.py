"""Columns of a picture's table, and numbers that lead to the list behind them."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


def column(label: str, *, numeric: bool = False) -> dict[str, Any]:
    """Return a column with all that the component asks of one: what is missing costs a template dear."""
    return {"label": label, "numeric": numeric, "when": False, "words": False}


def linked(address: str, number: int) -> SafeString | int:
    """Return the number as a link to its list; without an address the number alone."""
    return format_html('<a href="{}">{}</a>', address, number) if address else number
