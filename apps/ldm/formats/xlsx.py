"""Excel workbooks (.xlsx, .xlsm): every used sheet's rows as segments, edits as patches of the sheet's XML.

Options: `sheets` {name: {"used", "header", "header_row", "columns": {"C": role or {"role",
"language"}}}}; a sheet that `sheets` does not name is not read. Without it every sheet with text
is read, hidden ones too, and `header`, `source_language` and `target_language` guide the guess.
`max_bytes` raises the limit on the unpacked size.

The key of a row is its key cell, "Sheet:key" when several sheets are used. A row without a key
is named by its place ("Sheet!12"): that holds through edits, not through inserted rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

from .base import Column, FormatError, FormatWarning, Inspection, Segment, Table
from .columns import NO_DETAILS, KeyCounter, RowReader, check_options, variant_names
from .given_targets import new_targets
from .sentences import Sentence
from .xlsx_book import Book, open_book
from .xlsx_export import open_for_writing
from .xlsx_package import MAX_TOTAL_BYTES
from .xlsx_patch import READ_ONLY, NewStrings, patch_book, patch_sheet
from .xlsx_plan import XLSX_OPTIONS, SheetPlan, plan_sheets
from .xlsx_sheet import (
    LOCKED,
    MAX_COLUMNS,
    MAX_ROWS,
    PHONETIC,
    RICH,
    column_letters,
    covered_rows,
    is_covered,
    row_spans,
    row_values,
)
from .xlsx_strings import SharedStrings

_WARNED_PLACES = 3
_NO_KEY = Sentence("has no key: the row is named by its number")
_REPEATED = Sentence("repeats a key: it gets a number")
_FORMULA = Sentence("holds a formula: read-only")
_TABLE_HEADER = Sentence("is a table's header: read-only")
_COVERED = Sentence("is covered by a merged cell: read-only")
_NO_VALUE = Sentence("holds a formula without a stored value: not read (Excel stores it on saving)")
_RICH_TEXT = Sentence("has formatted text: an edited cell takes the first run's format")
_GUIDE = Sentence("has a phonetic guide: an edited cell loses it")


class XlsxDocument:
    """A workbook that was read. The unpacked parts are not kept; `write` unpacks what it patches."""

    format = "xlsx"

    def __init__(self, book: Book, options: dict[str, Any]) -> None:
        self.encoding = "utf-8"
        self.options = options
        self.warnings: list[FormatWarning] = []
        self.segments: list[Segment] = []
        self._book = book
        # Where each segment's target is: sheet (position in book.sheets), row and column in one number.
        self._cells = array("Q")

    def write(self, targets: Mapping[int, str]) -> bytes:
        """See `Document.write`. Raises FormatError for a locked cell or a text too long for a cell."""
        edits: dict[int, dict[int, str]] = {}
        for position, segment, text in new_targets(self.segments, targets):
            if segment.locked:
                raise FormatError(READ_ONLY, segment.location)
            sheet, cell = divmod(self._cells[position], MAX_ROWS * MAX_COLUMNS)
            edits.setdefault(sheet, {})[cell] = text
        if not edits:
            return self._book.package.data

        def patched(index: int, new_strings: NewStrings) -> bytes | bytearray:
            sheet = self._book.load_sheet(self._book.sheets[index], checked=True)
            return patch_sheet(sheet, edits[index], new_strings)

        return patch_book(self._book, sorted(edits), patched)

    def cell(self, position: int) -> tuple[int, int, int]:
        """Sheet (position in the workbook), row (from 1) and column (from 0) of a segment's target."""
        rest, column = divmod(self._cells[position], MAX_COLUMNS)
        sheet, row = divmod(rest, MAX_ROWS)
        return sheet, row + 1, column


def read(filename: str, data: bytes, options: dict[str, Any]) -> XlsxDocument:
    """Read a workbook. Raises FormatError naming the sheet, the cell or the option."""
    return _read(data, options)[0]


def inspect(filename: str, data: bytes, options: dict[str, Any], limit: int) -> Inspection:
    """The sheets with their proposed columns and first rows, and the first segments."""
    document, plans = _read(data, options)
    return Inspection(
        format=document.format,
        encoding=document.encoding,
        options=document.options,
        tables=[_table(plan, limit) for plan in plans],
        segments=document.segments[:limit],
        total_segments=len(document.segments),
        variants=list(dict.fromkeys(segment.variant for segment in document.segments if segment.variant)),
        warnings=list(document.warnings),
    )


def _read(data: bytes, options: Mapping[str, Any]) -> tuple[XlsxDocument, list[SheetPlan]]:
    check_options(options, XLSX_OPTIONS)
    book = open_book(data, options.get("max_bytes") or MAX_TOTAL_BYTES)
    book.load_strings()
    warnings: list[FormatWarning] = []
    plans = plan_sheets(book, options, warnings)
    effective: dict[str, Any] = {"sheets": {plan.info.name: plan.option() for plan in plans}}
    for name in ("source_language", "target_language", "max_bytes"):
        if options.get(name):
            effective[name] = options[name]
    document = XlsxDocument(book, effective)
    document.warnings = warnings
    used = [plan for plan in plans if plan.used]
    many = any(len(plan.layout.with_role("target")) > 1 for plan in used)
    keys = KeyCounter()
    for index, plan in enumerate(plans):
        if plan.used:
            _Emitter(document, plan, index, many, len(used) > 1, keys).run()
    if book.has_formulas:
        text = Sentence("the workbook has formulas: an edited copy is calculated anew when it is opened")
        warnings.append(FormatWarning("workbook", text))
    # Only the number and the format of the strings are needed from here on.
    book.strings.texts = _Count(len(book.strings.texts))
    return document, plans


class _Count(list[str]):
    """A list of which only the length is left."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self._length = length

    def __len__(self) -> int:
        return self._length


class _Emitter:
    """Turns one sheet's rows into segments, and counts what a person should know."""

    def __init__(
        self, document: XlsxDocument, plan: SheetPlan, index: int, many: bool, several: bool, keys: KeyCounter
    ) -> None:
        self.document, self.plan, self.index, self.keys = document, plan, index, keys
        self.name = plan.info.name
        variants = variant_names(plan.layout, column_letters, many)
        self.reader = RowReader(plan.layout, variants, f"{self.name}:" if several else "")
        self.noticed: dict[str, list[str]] = {}
        self.first = len(document.segments)

    def run(self) -> None:
        """Append the sheet's segments and warnings to the document."""
        plan, reader, name = self.plan, self.reader, self.name
        first_row, source_column, prefix = plan.first_row, reader.source, reader.prefix
        targets = [(column, variant, f"{name}!{column_letters(column)}") for column, variant in reader.targets]
        document, row_key, extras = self.document, reader.key, reader.extras
        append, cells = document.segments.append, document._cells
        details: tuple[str, str, int | None] = NO_DETAILS
        for number, values, marks in row_values(plan.sheet, document._book.strings, plan.wanted()):
            if number < first_row:
                continue
            get = values.get
            source = get(source_column, "") if source_column is not None else ""
            key = ""
            for column, variant, place in targets:
                target = get(column, "")
                if not source and not target:
                    if marks and (column in marks or source_column in marks):
                        self.noticed.setdefault(_NO_VALUE, []).append(f"{place}{number}")
                    continue
                location = f"{place}{number}"
                if not key:
                    key = self._key(row_key(get), prefix, number, location)
                    if extras:
                        details = reader.details(get)
                context, comment, limit = details
                shown = source if source_column is not None else target
                segment = Segment(key, shown, target, context, comment, limit, "", variant, location)
                if marks and column in marks:
                    self._mark(segment, marks[column])
                append(segment)
                cells.append((self.index * MAX_ROWS + number - 1) * MAX_COLUMNS + column)
        self._lock_table_headers()
        self._lock_covered()
        self._warn()

    def _key(self, cell: str, prefix: str, number: int, location: str) -> str:
        if not cell:
            if self.reader.keys:
                self.noticed.setdefault(_NO_KEY, []).append(location)
            return self.keys.distinct(f"{self.name}!{number}")
        wanted = prefix + cell
        key = self.keys.distinct(wanted)
        if key is not wanted:
            self.noticed.setdefault(_REPEATED, []).append(location)
        return key

    def _mark(self, segment: Segment, mark: str) -> None:
        if mark == LOCKED:
            segment.locked = True
            self.noticed.setdefault(_FORMULA, []).append(segment.location)
        elif mark == RICH:
            self.noticed.setdefault(_RICH_TEXT, []).append(segment.location)
        elif mark == PHONETIC:
            self.noticed.setdefault(_GUIDE, []).append(segment.location)

    def _lock_table_headers(self) -> None:
        document = self.document
        for area in self.plan.info.header_areas:
            if area.bottom < self.plan.first_row:
                continue
            for position in range(self.first, len(document.segments)):
                _, row, column = document.cell(position)
                if area.top <= row <= area.bottom and area.left <= column <= area.right:
                    segment = document.segments[position]
                    segment.locked = True
                    self.noticed.setdefault(_TABLE_HEADER, []).append(segment.location)

    def _lock_covered(self) -> None:
        """Lock the cells that a merged one covers: a spreadsheet shows no text there, and drops it."""
        covered = covered_rows(self.plan.sheet, [column for column, _ in self.reader.targets])
        if not covered:
            return
        document = self.document
        for position in range(self.first, len(document.segments)):
            _, row, column = document.cell(position)
            if is_covered(covered, row, column):
                segment = document.segments[position]
                segment.locked = True
                self.noticed.setdefault(_COVERED, []).append(segment.location)

    def _warn(self) -> None:
        for text, places in self.noticed.items():
            if len(places) <= _WARNED_PLACES:
                self.document.warnings += [FormatWarning(place, text) for place in places]
            else:
                self.document.warnings.append(
                    FormatWarning(
                        places[0], Sentence("%(text)s (%(count)s cells like this)", text=text, count=f"{len(places):,}")
                    )
                )


def _table(plan: SheetPlan, limit: int) -> Table:
    width = max((max(row.values, default=-1) + 1 for row in plan.sample), default=0)
    width = min(max(width, *(index + 1 for index in plan.layout.columns), 0), 1000) if plan.layout.columns else width
    columns = []
    for index in range(min(width, 1000)):
        role = plan.layout.columns.get(index)
        columns.append(
            Column(
                column_letters(index),
                plan.layout.titles.get(index, ""),
                role.role if role else "",
                role.language if role else "",
            )
        )
    shown = [[row.values.get(index, "") for index in range(len(columns))] for row in plan.sample[:limit]]
    return Table(plan.info.name, columns, shown, sum(1 for _ in row_spans(plan.sheet)), plan.used)


__all__ = ["SharedStrings", "XlsxDocument", "inspect", "open_for_writing", "read"]
