"""The letters to funders: their words, what fills them in, and the draft of one notice."""

from applications.letters.drafting import (
    Letter,
    NothingToSay,
    draft,
    occasion_of,
    prepared_draft,
    template_for,
    version_name,
    written,
)
from applications.letters.gaps import (
    FOLLOW_UPS,
    About,
    filled,
    gaps_of,
    has_stray_bracket,
    missing_in,
    needed_gaps,
    one_line,
    part_in_japanese,
    split_at_open_parts,
    unknown_gaps,
)
from applications.letters.words import Template, Text, shipped

__all__ = [
    "FOLLOW_UPS",
    "About",
    "Letter",
    "NothingToSay",
    "Template",
    "Text",
    "draft",
    "filled",
    "gaps_of",
    "has_stray_bracket",
    "missing_in",
    "needed_gaps",
    "occasion_of",
    "one_line",
    "part_in_japanese",
    "prepared_draft",
    "shipped",
    "split_at_open_parts",
    "template_for",
    "unknown_gaps",
    "version_name",
    "written",
]
