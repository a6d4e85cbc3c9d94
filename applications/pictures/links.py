"""Numbers that lead to the list behind them."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def linked(address: str, number: int) -> SafeString | int:
    """Return the number as a link to its list; without an address the number alone."""
    return format_html('<a href="{}">{}</a>', address, number) if address else number
