"""What CSV and tab-separated text share: layout from options or guess, segments with spans, writing."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .base import Column, FormatError, FormatWarning, Inspection, Segment, Table
from .column_guess import guess_layout
from .columns import (
    NO_DETAILS,
    KeyCounter,
    Layout,
    RowReader,
    columns_option,
    parse_columns,
    variant_names,
)
from .encodings import Decoded
from .given_targets import new_targets
from .sentences import Sentence

SAMPLE_ROWS = 200
MAX_COLUMNS = 10_000
LINE_END = r"\r\r\n|\r\n|\n|\r"
_WARNED_PLACES = 3
_NO_KEY = Sentence("has no key: the row is named by its number")
_REPEATED = Sentence("repeats a key: it gets a number")


@dataclass(slots=True)
class Record:
    """One record: its number and its line (both from 1), and the spans of its fields in the text.

    `bounds` is flat: start and end of field 0, of field 1, and so on.
    """

    number: int
    line: int
    bounds: list[int]

    def __len__(self) -> int:
        return len(self.bounds) // 2


@dataclass(slots=True)
class Fields:
    """How a format turns a raw field into a value and back."""

    text: str
    value: Callable[[str], str]
    raw: Callable[[str, str, str], str]
    """New value, old raw field, place: the new raw field. Raises FormatError."""
    delimiter: str

    def values(self, record: Record) -> list[str]:
        """The decoded fields of a record."""
        bounds, text, value = record.bounds, self.text, self.value
        return [value(text[bounds[i] : bounds[i + 1]]) for i in range(0, len(bounds), 2)]


class DelimitedDocument:
    """A delimited file that was read; spans are positions in the decoded text."""

    def __init__(self, name: str, data: bytes, decoded: Decoded, fields: Fields, options: dict[str, Any]) -> None:
        self.format = name
        self.encoding = decoded.encoding
        self.options = options
        self.warnings: list[FormatWarning] = []
        self.segments: list[Segment] = []
        self._data, self._decoded, self._fields = data, decoded, fields
        self._starts, self._ends, self._missing = array("L"), array("L"), array("L")

    def add(self, segment: Segment, start: int, end: int, missing: int) -> None:
        """Append a segment; `missing` is how many delimiters must be written before a new target."""
        self.segments.append(segment)
        self._starts.append(start)
        self._ends.append(end)
        self._missing.append(missing)

    def write(self, targets: Mapping[int, str]) -> bytes:
        """See `Document.write`. Raises FormatError for a text that the encoding or the format cannot hold."""
        fields = self._fields
        edits: list[tuple[int, int, int, str]] = []
        for position, segment, text in new_targets(self.segments, targets):
            start, end = self._starts[position], self._ends[position]
            if "\0" in text or (start == 0 and text.startswith("\ufeff")):
                raise FormatError("a text file cannot hold %(character)r here", segment.location, character=text[:1])
            raw = fields.raw(text, fields.text[start:end], segment.location)
            if raw == fields.text[start:end] and not self._missing[position]:
                continue
            self._decoded.encode_part(raw, segment.location)
            edits.append((start, end, self._missing[position], raw))
        if not edits:
            return self._data
        pieces: list[str] = []
        done = inserted = 0
        for start, end, missing, raw in sorted(edits):
            if not missing or start != done:
                inserted = 0
            pieces += (fields.text[done:start], fields.delimiter * (missing - inserted), raw)
            done, inserted = end, missing
        pieces.append(fields.text[done:])
        return self._decoded.encode("".join(pieces))


def column_number(column: str) -> int:
    """A column's index from its option name "0", "1" … Raises FormatError for anything else."""
    if not column.isascii() or not column.isdecimal() or int(column) >= MAX_COLUMNS:
        raise FormatError("%(column)r is no column; columns are numbered from 0", "option columns", column=column[:20])
    return int(column)


def resolve_layout(
    records: Sequence[Record],
    fields: Fields,
    options: Mapping[str, Any],
    default: Callable[[list[list[str]]], Layout | None] | None = None,
) -> Layout:
    """The layout by the options, else `default` (of the sample), else a guess.

    `Layout.header_row` is a record number. Raises FormatError naming a malformed option.
    """
    sample = [record for record in records[:SAMPLE_ROWS] if len(record) > 1 or record.bounds[0] != record.bounds[1]]
    header, header_row = options.get("header"), options.get("header_row")
    if header_row is not None and header is not False:
        if header_row < 1:
            raise FormatError("must be a row number", "option header_row")
        sample = [record for record in sample if record.number >= header_row]
        header = True
    rows = [fields.values(record) for record in sample]
    layout = None
    if default is not None and not header:
        layout = default(rows)
    if layout is None:
        layout = guess_layout(rows, header, options.get("source_language") or "", options.get("target_language") or "")
    if layout.header_row is not None:
        layout.header_row = sample[layout.header_row].number
    elif header_row is not None and header:
        layout.header_row = header_row
    if options.get("columns") is not None:
        layout.columns = parse_columns(options["columns"], column_number, "columns")
        layout.open_targets = layout.new_target = False
    if layout.open_targets:
        _drop_empty_targets(layout, records, fields.text)
    return layout


def effective_options(layout: Layout, decoded: Decoded, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options in effect, as far as both formats share them."""
    effective: dict[str, Any] = {"encoding": decoded.encoding, "header": layout.header_row is not None}
    if layout.header_row is not None:
        effective["header_row"] = layout.header_row
    effective["columns"] = columns_option(layout.columns, str)
    for name in ("source_language", "target_language"):
        if options.get(name):
            effective[name] = options[name]
    return effective


def add_segments(document: DelimitedDocument, records: Sequence[Record], layout: Layout, fields: Fields) -> None:
    """Turn the records below the header into segments of the document."""
    targets = layout.with_role("target")
    reader = RowReader(layout, variant_names(layout, str, len(targets) > 1))
    keys = KeyCounter()
    text, value = fields.text, fields.value
    first = (layout.header_row or 0) + 1
    noticed: dict[str, list[str]] = {}
    source_column = reader.source
    for record in records:
        if record.number < first:
            continue
        bounds, count = record.bounds, len(record)

        def get(index: int | None, default: str = "", bounds: list[int] = bounds, count: int = count) -> str:
            if index is None or index >= count:
                return default
            return value(text[bounds[2 * index] : bounds[2 * index + 1]])

        source = get(source_column)
        key = ""
        for column, variant in reader.targets:
            target = get(column)
            if not source and not target:
                continue
            location = f"line {record.line}"
            if not key:
                key = _key(reader, get, record, keys, noticed, location)
            context, comment, limit = reader.details(get) if reader.extras else NO_DETAILS
            shown = source if source_column is not None else target
            segment = Segment(key, shown, target, context, comment, limit, "", variant, location)
            if column < count:
                document.add(segment, bounds[2 * column], bounds[2 * column + 1], 0)
            else:
                document.add(segment, bounds[-1], bounds[-1], column - count + 1)
    _warn(document, layout, noticed)


def make_inspection(
    document: DelimitedDocument, records: Sequence[Record], layout: Layout, fields: Fields, name: str, limit: int
) -> Inspection:
    """What the import dialog shows of a delimited file."""
    shown = [fields.values(record) for record in records[:limit]]
    width = max([len(row) for row in shown] + [index + 1 for index in layout.columns], default=0)
    columns = []
    for index in range(min(width, MAX_COLUMNS)):
        role = layout.columns.get(index)
        title = layout.titles.get(index, "")
        columns.append(Column(str(index), title, role.role if role else "", role.language if role else ""))
    return Inspection(
        format=document.format,
        encoding=document.encoding,
        options=document.options,
        tables=[Table(name, columns, shown, len(records), bool(layout.columns))],
        segments=document.segments[:limit],
        total_segments=len(document.segments),
        variants=list(dict.fromkeys(segment.variant for segment in document.segments if segment.variant)),
        warnings=list(document.warnings),
    )


def _key(
    reader: RowReader,
    get: Callable[..., str],
    record: Record,
    keys: KeyCounter,
    noticed: dict[str, list[str]],
    location: str,
) -> str:
    cell = reader.key(get)
    if not cell:
        if reader.keys:
            noticed.setdefault(_NO_KEY, []).append(location)
        return keys.distinct(f"row {record.number}")
    key = keys.distinct(cell)
    if key != cell:
        noticed.setdefault(_REPEATED, []).append(location)
    return key


def _warn(document: DelimitedDocument, layout: Layout, noticed: Mapping[str, list[str]]) -> None:
    for text, places in noticed.items():
        if len(places) <= _WARNED_PLACES:
            document.warnings += [FormatWarning(place, text) for place in places]
        else:
            document.warnings.append(
                FormatWarning(
                    places[0], Sentence("%(text)s (%(count)s lines like this)", text=text, count=f"{len(places):,}")
                )
            )
    if not layout.columns:
        document.warnings.append(FormatWarning("line 1", Sentence("no column with text was found")))
    elif layout.new_target:
        column = layout.with_role("target")[0]
        document.warnings.append(
            FormatWarning(f"column {column}", Sentence("no target column was found: one is added"))
        )


def _drop_empty_targets(layout: Layout, records: Sequence[Record], text: str) -> None:
    """Keep the guessed language columns that have text in any row; all, if none has."""
    targets = layout.with_role("target")
    waiting = set(targets)
    for record in records:
        if not waiting:
            return
        if record.number > (layout.header_row or 0):
            bounds = record.bounds
            waiting -= {
                index
                for index in waiting
                if 2 * index < len(bounds) and text[bounds[2 * index] : bounds[2 * index + 1]] not in ("", '""')
            }
    if len(waiting) < len(targets):
        for index in waiting:
            del layout.columns[index]


_SPLIT = re.compile(LINE_END)


def split_lines(text: str) -> list[tuple[int, int]]:
    """Start and end of every line, without its line end; a text that ends with one has no line after it."""
    lines = []
    start = 0
    for found in _SPLIT.finditer(text):
        lines.append((start, found.start()))
        start = found.end()
    if start < len(text):
        lines.append((start, len(text)))
    return lines


__all__ = [
    "DelimitedDocument",
    "Fields",
    "Record",
    "add_segments",
    "effective_options",
    "make_inspection",
    "resolve_layout",
    "split_lines",
]
