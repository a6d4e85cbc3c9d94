"""Read an agency's published list and hold it against an edition; pure, whatever the file holds."""

from directory.published_list.comparing import Comparison, Line, Listed, Named, compare, names_of
from directory.published_list.decoding import MOST_BYTES, as_text
from directory.published_list.notes import addresses_in, decode_addresses, fingerprint, fold_note
from directory.published_list.reading import Page, read_page
from directory.published_list.rows import MOST_ROWS, PageRow, Unreadable, kind_of

__all__ = [
    "MOST_BYTES",
    "MOST_ROWS",
    "Comparison",
    "Line",
    "Listed",
    "Named",
    "Page",
    "PageRow",
    "Unreadable",
    "addresses_in",
    "as_text",
    "compare",
    "decode_addresses",
    "fingerprint",
    "fold_note",
    "kind_of",
    "names_of",
    "read_page",
]
