"""Columns of a picture's table, and numbers that lead to the list behind them."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


def column(label: str, *, numeric: bool = False) -> dict[str, Any]:
    """Return a column with all that the component asks of one: what is missing costs a template dear."""
    return {"label": label, "numeric": numeric, "when": False, "words": False}


class Linked(SafeString):
    """A number as a link to its list; a file holds the number alone."""

    number: int


def linked(address: str, number: int) -> Linked | int:
    """Return the number as a link to its list; without an address the number alone."""
    if not address:
        return number
    cell = Linked(format_html('<a href="{}">{}</a>', address, number))
    cell.number = number
    return cell


def bare(cell: Any) -> Any:
    """Return what a cell says, without its link."""
    return cell.number if isinstance(cell, Linked) else cell
