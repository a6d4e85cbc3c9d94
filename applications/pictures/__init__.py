"""Pictures of what the queries found: data in; a sentence, a drawing and its table out. No clock, no rows."""

from applications.pictures.drawing import draw
from applications.pictures.marks import MARKS, MarkKind, shape
from applications.pictures.sayings import finding, key, table
from applications.pictures.timeline import Lane, Mark, Timeline

__all__ = [
    "MARKS",
    "Lane",
    "Mark",
    "MarkKind",
    "Timeline",
    "draw",
    "finding",
    "key",
    "shape",
    "table",
]
