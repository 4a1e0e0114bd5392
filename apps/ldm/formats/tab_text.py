"""Tab-separated text (.txt, .tsv): never quoted, a line feed inside a cell is the two characters `\\n`.

Options: `columns` {"0": role, ...} (numbered from 0), `header`, `header_row`, `encoding`,
`source_language`, `target_language`. Without `columns`, rows of six and more cells with text in
the sixth are the game layout: cells 0 to 4 are the id (joined by a space), 5 the source, 6 the
translation. Anything else is guessed from the header's words and the content.

A backslash and an `n` in the file are shown as a line feed, whatever stands before them, and a
typed line feed is written so; a typed backslash before an `n` would read back as a line feed
and is refused. Every other backslash is literal. A row that is too short gets the missing tabs when it is
edited. A row without a key is named by its number ("row 12").
"""

from __future__ import annotations

from typing import Any

from .base import FormatError, Inspection
from .column_guess import looks_like_text
from .column_words import meaning
from .columns import ColumnRole, Layout, check_options
from .delimited import (
    DelimitedDocument,
    Fields,
    Record,
    add_segments,
    effective_options,
    make_inspection,
    resolve_layout,
    split_lines,
)
from .encodings import decode

GAME_SOURCE, GAME_TARGET = 5, 6
_OPTIONS: dict[str, type | tuple[type, ...]] = {
    "columns": dict,
    "header": bool,
    "header_row": int,
    "encoding": str,
    "source_language": str,
    "target_language": str,
}


def read(filename: str, data: bytes, options: dict[str, Any]) -> DelimitedDocument:
    """Read a tab-separated file. Raises FormatError naming the line, byte or option."""
    return _read(data, options)[0]


def inspect(filename: str, data: bytes, options: dict[str, Any], limit: int) -> Inspection:
    """The columns with their proposed roles, the first rows and the first segments."""
    document, records, layout, fields = _read(data, options)
    return make_inspection(document, records, layout, fields, filename, limit)


def _read(data: bytes, options: dict[str, Any]) -> tuple[DelimitedDocument, list[Record], Layout, Fields]:
    check_options(options, _OPTIONS)
    if not data:
        raise FormatError("The file is empty")
    decoded = decode(data, forced=options.get("encoding") or "")
    text = decoded.text
    fields = Fields(text, _value, _raw, "\t")
    records = [Record(number, number, _bounds(text, *line)) for number, line in enumerate(split_lines(text), 1)]
    layout = resolve_layout(records, fields, options, _game_layout)
    document = DelimitedDocument("txt", data, decoded, fields, effective_options(layout, decoded, options))
    add_segments(document, records, layout, fields)
    return document, records, layout, fields


def _bounds(text: str, start: int, end: int) -> list[int]:
    bounds = [start]
    at = text.find("\t", start, end)
    while at >= 0:
        bounds += (at, at + 1)
        at = text.find("\t", at + 1, end)
    bounds.append(end)
    return bounds


def _value(raw: str) -> str:
    return raw.replace("\\n", "\n") if "\\" in raw else raw


def _raw(text: str, old: str, place: str) -> str:
    if "\t" in text:
        raise FormatError("a tab separates columns here, a text cannot hold one", place)
    if "\r" in text:
        raise FormatError("a carriage return ends a line here, a text cannot hold one", place)
    if "\\n" in text:
        raise FormatError("\\n stands for a line feed here, type a line feed instead", place)
    return text.replace("\n", "\\n")


def _game_layout(rows: list[list[str]]) -> Layout | None:
    """The layout of game text exports, when the rows have their shape."""
    long_rows = [row for row in rows if len(row) > GAME_SOURCE]
    if not long_rows or len(long_rows) * 2 < len(rows):
        return None
    sources = [row[GAME_SOURCE] for row in long_rows]
    if not looks_like_text(sources):
        return None
    ids = [cell.strip() for row in long_rows for cell in row[:GAME_SOURCE]]
    short = sum(1 for cell in ids if len(cell) <= 40 and " " not in cell)
    if short < 0.8 * len(ids) or _is_header(rows[0]):
        return None
    columns = {index: ColumnRole("key") for index in range(GAME_SOURCE)}
    columns[GAME_SOURCE] = ColumnRole("source")
    columns[GAME_TARGET] = ColumnRole("target")
    return Layout(columns=columns)


def _is_header(row: list[str]) -> bool:
    found = [meaning(cell) for cell in row]
    return sum(1 for m in found if (m.role and not m.weak) or m.language) >= 3
