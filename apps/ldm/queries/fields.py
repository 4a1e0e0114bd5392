"""The fields of the filter language: their names, kinds and the values that some of them take."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """What a field holds, and so what may stand behind its colon."""

    TEXT = "text"
    """A text, "=" and a whole text, or a regex."""
    CHOICE = "choice"
    """One of the field's values."""
    NUMBER = "number"
    DATE = "date"
    PERSON = "person"
    """As a text; `me` and `none` are people of their own."""


STATUSES = ("new", "original", "translated", "confirmed", "reviewed", "approved")
TO_DO, DONE = "todo", "done"
"""Below "confirmed", and from there on."""
ME, NOBODY = "me", "none"

FIELDS: dict[str, Kind] = {
    "key": Kind.TEXT,
    "source": Kind.TEXT,
    "target": Kind.TEXT,
    "comment": Kind.TEXT,
    "context": Kind.TEXT,
    "location": Kind.TEXT,
    "text": Kind.TEXT,
    "any": Kind.TEXT,
    "file": Kind.TEXT,
    "status": Kind.CHOICE,
    "is": Kind.CHOICE,
    "has": Kind.CHOICE,
    "check": Kind.CHOICE,
    "origin": Kind.CHOICE,
    "score": Kind.NUMBER,
    "length": Kind.NUMBER,
    "n": Kind.NUMBER,
    "updated": Kind.DATE,
    "by": Kind.PERSON,
    "assignee": Kind.PERSON,
}
VALUES: dict[str, tuple[str, ...]] = {
    "status": (*STATUSES, TO_DO, DONE),
    "is": ("changed", "locked", "blank", "empty", "repeated", "mine", "leased", "conflict"),
    "has": ("comment", "note", "limit"),
    "check": ("placeholder", "tag", "line_break", "length", "untranslated", "any", "none", "dismissed"),
    "origin": ("none", "human", "tm", "mt", "import", "sync"),
}
COLUMNS: dict[str, tuple[str, ...]] = {
    "text": ("source", "target"),
    "any": ("key", "source", "target", "comment"),
}
"""Fields that stand for several columns of a row; the others are the column of their name."""


def columns(field: str) -> tuple[str, ...]:
    """The columns of a row in which a text field looks."""
    return COLUMNS.get(field, (field,))
