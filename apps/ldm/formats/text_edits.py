"""Edits of a decoded text file by spans, and the document class that text formats share."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from .base import FormatError, FormatWarning, Inspection, Segment
from .encodings import Decoded
from .given_targets import new_targets
from .sentences import Sentence

Edit = tuple[int, int, str, str]
"""Start and end in the text, the replacement, and the place to name when it cannot be encoded."""

# CR CR LF (a text file converted twice) counts as one line end, as editors show it.
LINE_END = re.compile(r"\r\r?\n|\r|\n")
SURROGATE = re.compile("[\ud800-\udfff]")


class Lines:
    """Line numbers (from 1) of offsets in a text."""

    def __init__(self, text: str) -> None:
        if "\r" in text:
            self._starts = [0, *(m.end() for m in LINE_END.finditer(text))]
        else:
            self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def number(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def place(self, offset: int) -> str:
        """ "line 3:14", the column counted in characters from 1."""
        line = self.number(offset)
        return f"line {line}:{offset - self._starts[line - 1] + 1}"


def line_end_warning(text: str) -> list[FormatWarning]:
    """A warning when lines end in several ways; they are kept as they are."""
    if "\r" not in text:
        return []
    twice = text.count("\r\r\n")
    both = text.count("\r\n") - twice
    counts = {
        "CR CR LF": twice,
        "CR LF": both,
        "LF": text.count("\n") - both - twice,
        "CR": text.count("\r") - both - 2 * twice,
    }
    found = [f"{count} {name}" for name, count in counts.items() if count]
    if len(found) == 1 and not twice:
        return []
    return [
        FormatWarning("file", Sentence("unusual line ends, kept as they are: %(choices)s", choices=", ".join(found)))
    ]


def changed_targets(segments: Sequence[Segment], targets: Mapping[int, str]) -> dict[int, str]:
    """The targets that differ from the present ones, by position in ascending order.

    Raises FormatError for an unknown position, a value that is no text, a text with half a
    surrogate pair, or a changed target of a locked segment.
    """
    changes: dict[int, str] = {}
    for position, segment, target in new_targets(segments, targets):
        place = segment.location
        if segment.locked:
            raise FormatError("this segment is locked and cannot be changed", place)
        if SURROGATE.search(target):
            raise FormatError("the text holds half a surrogate pair, which no encoding can hold", place)
        changes[position] = target
    return dict(sorted(changes.items()))


def splice(decoded: Decoded, edits: Iterable[Edit]) -> bytes:
    """The file's bytes with the edits applied; edits at one offset keep the order given.

    Raises FormatError naming the place of the edit that the encoding cannot hold.
    """
    ordered = sorted(edits, key=lambda edit: (edit[0], edit[1]))
    pieces: list[str] = []
    at = 0
    for start, end, replacement, _ in ordered:
        pieces.append(decoded.text[at:start])
        pieces.append(replacement)
        at = end
    pieces.append(decoded.text[at:])
    try:
        return decoded.encode("".join(pieces))
    except FormatError:
        for _, _, replacement, place in ordered:
            decoded.encode_part(replacement, place)
        raise


class TextDocument:
    """A text file that was read: its segments, and the edits that new targets mean."""

    format = ""

    def __init__(
        self,
        data: bytes,
        decoded: Decoded,
        options: dict[str, Any],
        segments: list[Segment],
        warnings: list[FormatWarning],
    ) -> None:
        self._data = data
        self._decoded = decoded
        self.encoding = decoded.encoding
        self.options = options
        self.segments: Sequence[Segment] = segments
        self.warnings: Sequence[FormatWarning] = warnings

    def write(self, targets: Mapping[int, str]) -> bytes:
        """The file's bytes with new targets by segment position. Raises FormatError."""
        changes = changed_targets(self.segments, targets)
        if not changes:
            return self._data
        return splice(self._decoded, self._edits(changes))

    def _edits(self, changes: dict[int, str]) -> Iterable[Edit]:
        """The edits for targets that are known to differ from the present ones."""
        raise AssertionError("a format defines its edits")


def inspection(document: TextDocument, limit: int, *, without: tuple[str, ...] = ()) -> Inspection:
    """What the import dialog shows of a text file; `without` names options found that it must not pin."""
    variants = list(dict.fromkeys(segment.variant for segment in document.segments if segment.variant))
    return Inspection(
        format=document.format,
        encoding=document.encoding,
        options={name: value for name, value in document.options.items() if name not in without},
        segments=list(document.segments[: max(limit, 0)]),
        total_segments=len(document.segments),
        variants=variants,
        warnings=list(document.warnings),
    )
