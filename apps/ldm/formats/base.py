"""The interface every file format implements: documents, segments, inspections and errors.

A format is a reader that yields segments whose values are spans of the original bytes.
`Document.write` copies the original and rewrites only the spans of changed targets, so that
an import followed by an export without an edit returns the identical bytes.
Nothing here knows Django.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from .sentences import Sentence

Options = Mapping[str, Any]
NO_CODES: Mapping[int, str] = MappingProxyType({})


class FormatError(ValueError):
    """A file cannot be read or written. `place` names the line, cell, element or offset.

    `template` with `words` in it is the message, so that it can be said in another language; another
    error's message may be given as it is.
    """

    def __init__(self, template: str, place: str = "", /, **words: Any) -> None:
        message = template if isinstance(template, Sentence) else Sentence(template, **words)
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place

    def whole(self) -> Sentence:
        """Place and message, as a word of another error's message."""
        return (
            Sentence("%(place)s: %(message)s", place=self.place, message=self.message) if self.place else self.message
        )


@dataclass(frozen=True, slots=True)
class FormatWarning:
    """Something odd that was read all the same."""

    place: str
    text: str


@dataclass(slots=True)
class Segment:
    """One translatable value.

    `source` and `target` are decoded text (entities, escapes and quotes removed, line ends as
    they are in the file). `target` is `""` when the file has none. `(key, plural, variant)`
    identifies the segment within its file; `variant` is the target column or language when one
    file holds several. `location` is for people: "Sheet!C12", "line 40". `codes` maps the number
    of an inline token to its raw markup.
    """

    key: str
    source: str
    target: str
    context: str = ""
    comment: str = ""
    max_length: int | None = None
    plural: str = ""
    variant: str = ""
    location: str = ""
    locked: bool = False
    codes: Mapping[int, str] = field(default_factory=lambda: NO_CODES)
    unfinished: bool = False
    """The file marks the target as not final (PO `fuzzy`, XLIFF `needs-*`, Qt `unfinished`); an edit takes it away."""


class Document(Protocol):
    """A file that was read."""

    format: str
    encoding: str
    options: dict[str, Any]
    """The options in effect (given or found); JSON-able, and `read` with them is the same read."""
    warnings: Sequence[FormatWarning]
    segments: Sequence[Segment]

    def write(self, targets: Mapping[int, str]) -> bytes:
        """The file's bytes with new targets by segment position; everything else untouched.

        `{}` and targets equal to the present ones return the input's bytes.
        Raises FormatError when a target cannot be held (encoding without an escape, a broken
        inline token, a TAB in a tab file) and KeyError-free: an unknown position is a FormatError.
        """
        ...


class Writable(Protocol):
    """A file opened for writing alone: what `Document` says of its targets, and nothing else."""

    @property
    def targets(self) -> Sequence[str]:
        """The present target of every segment, by its position in `Document.segments`."""
        ...

    def write(self, targets: Mapping[int, str]) -> bytes:
        """As `Document.write`: the same bytes, the same errors."""
        ...


@dataclass(slots=True)
class Column:
    """One column of a table, or one attribute of an element, as the import dialog shows it."""

    id: str
    """What options name it by: "C", "3" or an attribute's name."""
    title: str
    role: str = ""
    """"", key, source, target, context, comment, max_length, speaker."""
    language: str = ""


@dataclass(slots=True)
class Table:
    """A sheet, a delimited file, or the elements an XML rule matches."""

    name: str
    columns: list[Column]
    rows: list[list[str]]
    """The first rows, raw; at most the asked number."""
    total: int = 0
    used: bool = True


@dataclass(slots=True)
class Inspection:
    """What the import dialog shows before anything is written."""

    format: str
    encoding: str
    options: dict[str, Any]
    tables: list[Table] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    """The first segments under `options`."""
    total_segments: int = 0
    variants: list[str] = field(default_factory=list)
    warnings: list[FormatWarning] = field(default_factory=list)
