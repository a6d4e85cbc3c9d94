"""Words for a row of the ledger: whose grants it stems from, and what the list asks there."""

from collections.abc import Sequence

from django.utils.translation import get_language

from applications.wording import asked_sentence


def acronyms(agencies: Sequence[str]) -> str:
    """Join the funders that a row stems from, as the reader's language joins words."""
    japanese = (get_language() or "").startswith("ja")
    return ("、" if japanese else ", ").join(agencies)


def asked(strength: str, agencies: Sequence[str], body: str) -> str:
    """Say what the list asks of the holder, or that it asks nothing."""
    return asked_sentence(strength, agency=acronyms(agencies), body=body)
