"""What the readers of memories and term bases give: units, terms, and what a file holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from .base import FormatWarning, Table

MOST_WARNINGS = 100
# What an exported memory is recognised by, so that the order of its rows is not taken for a text's.
SHEET_NAME = "Entries"
OWN_TITLES = frozenset(("Source before", "Source after", "Created at", "Changed at", "Confirmed"))
TITLES = frozenset(("StringID", "Source", "Target", "Speaker", "Note", "Author")) | OWN_TITLES


def memory_key(key: str, plural: str) -> str:
    """The key of a row in a memory: forms of a plural that share key and source stay apart."""
    return f"{key}[{plural}]" if plural else key


class Unit(NamedTuple):
    """One translation unit. `previous` and `next` are the neighbouring sources: None is unknown, "" is none.

    Dates have an offset and whole seconds; None is unknown. `confirmed` is None where the file
    does not say. `place` is for people: "line 40", "Sheet!C12".
    """

    key: str
    source: str
    target: str
    previous: str | None = None
    next: str | None = None
    speaker: str = ""
    note: str = ""
    author: str = ""
    created: datetime | None = None
    changed: datetime | None = None
    confirmed: bool | None = None
    place: str = ""


class TermUnit(NamedTuple):
    """One term with one translation. `use` is preferred, admitted or forbidden; `concept` groups terms."""

    source: str
    target: str
    use: str = "preferred"
    part_of_speech: str = ""
    definition: str = ""
    note: str = ""
    concept: str = ""
    case_sensitive: bool = False


@dataclass(slots=True)
class UnitsInspection:
    """What the import dialog shows of a memory's file."""

    format: str
    encoding: str
    options: dict[str, Any]
    languages: dict[str, int]
    """Every language of the file with its number of texts; "" is a column whose language is not named."""
    source_language: str
    target_language: str
    """The languages that the first units are in."""
    columns: list[Table] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    warnings: list[FormatWarning] = field(default_factory=list)


Record = TypeVar("Record")


class Records(Generic[Record]):
    """An iterator of units or terms that also tells what was odd, while and after it runs.

    `skipped` counts what had no source or no target; the first places are among the `warnings`.
    """

    def __init__(self, format_name: str = "") -> None:
        self.format = format_name
        self.warnings: list[FormatWarning] = []
        self.skipped = 0
        self.languages: dict[str, int] = {}
        """The file's languages with their number of texts, as far as it was read."""
        self._records: Iterator[Record] = iter(())

    def fill(self, records: Iterator[Record]) -> None:
        """Set what is iterated; a reader of its own kind does this once."""
        self._records = records

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def __next__(self) -> Record:
        return next(self._records)

    def warn(self, place: str, text: str) -> None:
        """Note something odd; only the first hundred are kept."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(FormatWarning(place, text))

    def skip(self, place: str, text: str) -> None:
        """Count something that is left out, and note its place."""
        self.skipped += 1
        self.warn(place, text)
