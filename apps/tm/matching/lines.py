"""Line by line: rows of several lines whose lines, not the whole, are in a memory."""

from __future__ import annotations

import re
from typing import NamedTuple

from apps.tm.matching.known import Found, known_parts
from apps.tm.matching.proposals import Query, Store
from apps.tm.matching.sentences import LONGEST, lines

_MOST = 200
"""Lines up to which a row is looked at line by line."""
# What stands before a line and is no part of its text: speech arrows, bullets, dashes, indents.
_MARKER = re.compile(r"\s*(?:[▶▷►▸◀◁◆◇■□●○•·‣★☆※➤➔→*>#~\-–—]+\s*)*")


class Row(NamedTuple):
    """One line of a row: its marker, its text, and the break behind it."""

    marker: str
    text: str
    gap: str


class LineFound(NamedTuple):
    """A translation of one line, marker included."""

    n: int
    found: Found
    source: str
    target: str


class LinesFound(NamedTuple):
    """`found`: the lines that memories know. `glued`: the row's translation when that is all of them."""

    of: int
    found: list[LineFound]
    glued: str | None


def find_lines(query: Query, store: Store) -> LinesFound | None:
    """What memories know of the lines of a row, None for rows of one line.

    Lines without letters or digits are kept as they are. Breaks stay spelled as the row spells them.
    """
    if len(query.source) > LONGEST:
        return None
    rows = [_row(part.text, part.gap) for part in lines(query.source)]
    if not 1 < len(rows) <= _MOST:
        return None
    wanted = dict.fromkeys(text for row in rows for text in (row.marker + row.text, row.text))
    known = known_parts(wanted, query, store)
    found: list[LineFound] = []
    pieces: list[str] = []
    for n, row in enumerate(rows, 1):
        whole = known.get(row.marker + row.text)
        hit = whole or known.get(row.text)
        if hit is not None:
            target = hit.target if whole else row.marker + hit.target
            found.append(LineFound(n, hit, row.marker + row.text, target))
            pieces.append(target + row.gap)
        elif not any(character.isalnum() for character in row.text):
            pieces.append(row.marker + row.text + row.gap)
    complete = bool(found) and len(pieces) == len(rows)
    return LinesFound(len(rows), found, "".join(pieces) if complete else None)


def _row(text: str, gap: str) -> Row:
    match = _MARKER.match(text)
    end = match.end() if match else 0
    # A line that is nothing but marks is text: "---".
    return Row(text[:end], text[end:], gap) if end < len(text) else Row("", text, gap)
