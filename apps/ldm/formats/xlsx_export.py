"""A workbook opened for writing alone: its targets and their places, no keys, sources or comments."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from . import xlsx_xml as xml
from .base import FormatError
from .columns import check_options
from .given_targets import is_position, no_segment, no_text
from .xlsx_book import Book, open_book
from .xlsx_package import MAX_TOTAL_BYTES
from .xlsx_patch import (
    MAX_CELL_CHARACTERS,
    READ_ONLY,
    NewStrings,
    Patcher,
    check_length,
    finish,
    new_cell,
    new_style,
    patch_book,
    patch_row,
    row_style,
    widen_spans,
)
from .xlsx_places import ABSENT, EMPTY, INLINE, SHARED, TAGGED, Places, find_places
from .xlsx_plan import XLSX_OPTIONS, SheetPlan, plan_sheets
from .xlsx_sheet import RowSpan, Sheet, column_letters, covered_rows, is_covered, row_spans

KEPT_ELEMENTS = 10_000


class XlsxWritable:
    """See `Writable`. The used sheets stay unpacked, so it is meant for one download."""

    def __init__(self, book: Book, plans: Sequence[SheetPlan]) -> None:
        self.targets: list[str] = []
        self._book = book
        self._plans = plans
        self._places: dict[int, Places] = {}
        # The first position of each used sheet, and which it is in the workbook.
        self._firsts = array("Q")
        self._indexes: list[int] = []
        for index, plan in enumerate(plans):
            if plan.used:
                layout = plan.layout
                places = find_places(
                    plan.sheet, book.strings, layout.source, layout.with_role("target"), plan.first_row
                )
                self._firsts.append(len(self.targets))
                self._indexes.append(index)
                self._places[index] = places
                self.targets += places.texts
                places.texts = []

    def write(self, targets: Mapping[int, str]) -> bytes:
        """See `Document.write`: the same bytes, the same errors."""
        present, count = self.targets, len(self.targets)
        changed = []
        for position, text in targets.items():
            if not is_position(position, count):
                raise no_segment(position, count)
            if not isinstance(text, str):
                raise no_text(text, self._location(position))
            if text != present[position]:
                changed.append(position)
        if not changed:
            return self._book.package.data
        changed.sort()
        by_sheet: dict[int, tuple[int, list[int]]] = {}
        for at, index in enumerate(self._indexes):
            first = self._firsts[at]
            last = self._firsts[at + 1] if at + 1 < len(self._firsts) else count
            here = changed[bisect_right(changed, first - 1) : bisect_right(changed, last - 1)]
            if here:
                self._refuse_locked(index, first, here)
                by_sheet[index] = first, here

        def patched(index: int, new_strings: NewStrings) -> bytes | bytearray:
            first, here = by_sheet[index]
            edits = [(position - first, targets[position]) for position in here]
            return _patched(self._plans[index].sheet, self._places[index], edits, new_strings)

        return patch_book(self._book, by_sheet, patched)

    def _location(self, position: int) -> str:
        at = bisect_right(self._firsts, position) - 1
        places = self._places[self._indexes[at]]
        inside = position - self._firsts[at]
        name = self._plans[self._indexes[at]].info.name
        return f"{name}!{column_letters(places.columns[inside])}{places.rows[inside]}"

    def _refuse_locked(self, index: int, first: int, changed: Sequence[int]) -> None:
        plan, places = self._plans[index], self._places[index]
        covered = covered_rows(plan.sheet, plan.layout.with_role("target"))
        areas = [area for area in plan.info.header_areas if area.bottom >= plan.first_row]
        if not covered and not areas and not places.locked:
            return
        for position in changed:
            inside = position - first
            row, column = places.rows[inside], places.columns[inside]
            if (
                inside in places.locked
                or is_covered(covered, row, column)
                or any(area.top <= row <= area.bottom and area.left <= column <= area.right for area in areas)
            ):
                raise FormatError(READ_ONLY, self._location(position))


def open_for_writing(filename: str, data: bytes, options: dict[str, Any]) -> XlsxWritable:
    """Open a workbook that `read` took with these options. Raises FormatError."""
    check_options(options, XLSX_OPTIONS)
    book = open_book(data, options.get("max_bytes") or MAX_TOTAL_BYTES)
    book.load_strings()
    plans = plan_sheets(book, options, [], checked=True)
    return XlsxWritable(book, plans)


def _patched(
    sheet: Sheet, places: Places, edits: Sequence[tuple[int, str]], new_strings: NewStrings
) -> bytes | bytearray:
    """The part with new texts by place, from the first to the last."""
    patcher = Patcher(sheet, new_strings)
    prefix, utf8, put = sheet.prefix, sheet.utf8, patcher.replace
    # Games repeat themselves: a text is escaped once.
    element = lru_cache(KEPT_ELEMENTS)(lambda text: xml.text_element(prefix, text, ""))
    opening, closing = b' t="inlineStr"><%bis>' % prefix, b"</%bis></%bc>" % (prefix, prefix)
    kinds, starts, ends, rows, columns = places.kinds, places.starts, places.ends, places.rows, places.columns
    heads = {column: _head(patcher, column) for column in set(columns)}
    odd: dict[int, str] = {}
    odd_row = (0, 0, 0)
    for inside, text in edits:
        kind, start, end, row, column = kinds[inside], starts[inside], ends[inside], rows[inside], columns[inside]
        if odd and row != odd_row[2]:
            _patch_odd(patcher, odd_row, odd)
            odd = {}
        place, first, middle = heads[column]
        if len(text) > MAX_CELL_CHARACTERS // 2:
            check_length(text, f"{place}{row}")
        try:
            if kind == ABSENT:
                put(start, start, b"%b%d%b%b%b" % (first, row, middle, element(text), closing))
                patcher.inserted.append((row, column))
            elif kind == INLINE:
                put(start, end, element(text))
            elif kind == SHARED:
                put(start, end, b"%d" % new_strings.add(text, int(utf8[start:end]), ""))
            elif kind == EMPTY:
                put(start, end, b"%b%b%b" % (opening, element(text), closing))
            elif kind == TAGGED:
                _insert(patcher, start, end, row, column, text)
            else:
                odd_row = start, end, row
                odd[column] = text
        except FormatError as error:
            raise FormatError(error.message, error.place or f"{place}{row}") from None
    if odd:
        _patch_odd(patcher, odd_row, odd)
    return finish(patcher)


def _head(patcher: Patcher, column: int) -> tuple[str, bytes, bytes]:
    """A column's name for people, and what comes before and after the row number of a new cell."""
    name, prefix = column_letters(column), patcher.sheet.prefix
    style = new_style(patcher, column)
    return (
        f"{patcher.sheet.place}!{name}",
        b'<%bc r="%b' % (prefix, name.encode()),
        b'"%b t="inlineStr"><%bis>' % (b' s="%b"' % style if style else b"", prefix),
    )


def _insert(patcher: Patcher, at: int, row_start: int, row: int, column: int, text: str) -> None:
    """Insert a cell into a row that has spans, a style or more in its tag."""
    sheet = patcher.sheet
    inner = sheet.utf8.index(b">", row_start) + 1
    span = RowSpan(row, row_start, inner, at, at)
    tag = widen_spans(sheet, span, column, column)
    if tag != sheet.utf8[row_start:inner]:
        patcher.replace(row_start, inner, tag)
    patcher.replace(at, at, new_cell(patcher, row, column, text, row_style(sheet, span)))
    patcher.inserted.append((row, column))


def _patch_odd(patcher: Patcher, row: tuple[int, int, int], edits: Mapping[int, str]) -> None:
    start, end, number = row
    part = replace(patcher.sheet, region=(start, end))
    for span in row_spans(part, number - 1):
        patch_row(patcher, RowSpan._make(span), edits)
