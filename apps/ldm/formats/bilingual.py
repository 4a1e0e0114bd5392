"""A bilingual workbook for people without the tool: made from rows, filled in anywhere, read back.

Pure functions. The sheet has a header and the columns Id (hidden), Key, Source, Target, Status,
Comment and Max. Every cell is text: ids keep all digits, a text beginning with "=" is no formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import NamedTuple

import xlsxwriter

from .base import FormatError
from .text_workbook import TextWorkbook
from .xlsx_book import open_book
from .xlsx_package import MAX_TOTAL_BYTES
from .xlsx_patch import MAX_CELL_CHARACTERS
from .xlsx_sheet import MAX_ROWS, Row, column_letters, rows

SHEET_NAME = "Translation"
# Title and width in characters, in the order of the columns.
COLUMNS = (("Id", 12), ("Key", 28), ("Source", 60), ("Target", 60), ("Status", 12), ("Comment", 30), ("Max", 8))
_ID, _KEY, _SOURCE, _TARGET, _STATUS, _COMMENT, _MAX = range(len(COLUMNS))
_NEEDED = ("Source", "Target")
_HEADER_SEARCH_ROWS = 10


class BilingualRow(NamedTuple):
    """One row to write. `row_id` may be negative (a row born offline)."""

    row_id: int
    key: str
    source: str
    target: str
    status: str = ""
    comment: str = ""
    max_length: int | None = None


class BilingualReturn(NamedTuple):
    """One row that came back. `row_id` is None for a row that somebody added without an id."""

    row_id: int | None
    key: str
    source: str
    target: str
    place: str
    """The target's cell, "Translation!D12"."""


def build(rows_to_write: Iterable[BilingualRow]) -> bytes:
    """The workbook's bytes. Memory does not grow with the number of rows beyond the file itself.

    Raises FormatError naming the row for a text longer than a cell holds, and for too many rows.
    """
    stream = io.BytesIO()
    with TextWorkbook(stream) as book:
        sheet = book.add_worksheet(SHEET_NAME)
        frame = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#D0D0D0", "num_format": "@"}
        head = book.add_format({"bold": True, "bg_color": "#DAEEF3", "border": 1, "valign": "vcenter"})
        read_only = book.add_format({**frame, "bg_color": "#F2F2F2", "font_color": "#555555"})
        editable = book.add_format({**frame, "locked": False})
        for column, (title, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width, None, {"hidden": column == _ID})
            sheet.write_string(0, column, title, head)
        sheet.freeze_panes(1, _SOURCE)
        number = 0
        for number, row in enumerate(rows_to_write, 1):
            if number >= MAX_ROWS:
                raise FormatError(
                    "a sheet holds at most %(most)s rows", f"row id {row.row_id}", most=f"{MAX_ROWS - 1:,}"
                )
            limit = "" if row.max_length is None else str(row.max_length)
            cells = (str(row.row_id), row.key, row.source, row.target, row.status, row.comment, limit)
            for column, text in enumerate(cells):
                cell_format = editable if column in (_TARGET, _COMMENT) else read_only
                _write_text(sheet, number, column, text, cell_format, row.row_id)
        sheet.autofilter(0, 0, max(number, 1), len(COLUMNS) - 1)
    return stream.getvalue()


def parse(data: bytes, max_total_bytes: int = MAX_TOTAL_BYTES) -> list[BilingualReturn]:
    """Read a returned workbook: the first sheet with the columns Source and Target.

    Columns are found by their titles, in any order; rows without any text are passed over.
    Raises FormatError for missing columns, an id that is no number, an id that is there twice
    and a target that is a formula.
    """
    book = open_book(data, max_total_bytes)
    book.load_strings()
    missing: list[str] = []
    for info in book.sheets:
        sheet = book.load_sheet(info)
        head = list(rows(sheet, book.strings, limit=_HEADER_SEARCH_ROWS))
        found = _find_header(head)
        if found is None:
            missing.append(info.name)
            continue
        header_row, columns = found
        wanted = {column_letters(index).encode(): index for index in columns.values()}
        body = (row for row in rows(sheet, book.strings, wanted) if row.number > header_row)
        return list(_returned(info.name, columns, body))
    titles = " and ".join(_NEEDED)
    raise FormatError(
        "no header with the columns %(titles)s in the first rows", f"sheet {', '.join(missing)}", titles=titles
    )


def _write_text(
    sheet: xlsxwriter.workbook.Worksheet,
    row: int,
    column: int,
    text: str,
    cell_format: xlsxwriter.format.Format,
    row_id: int,
) -> None:
    if not text:
        sheet.write_blank(row, column, None, cell_format)
        return
    place = f"row id {row_id}, {COLUMNS[column][0]}"
    try:
        length = len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise FormatError("half a character cannot be written", place) from None
    if length > MAX_CELL_CHARACTERS or sheet.write_string(row, column, text, cell_format):
        raise FormatError("a cell holds at most %(most)s characters", place, most=f"{MAX_CELL_CHARACTERS:,}")


def _find_header(head: list[Row]) -> tuple[int, dict[str, int]] | None:
    """The header's row number, and the columns by title."""
    titles = {title.lower(): title for title, _ in COLUMNS}
    for row in head:
        columns: dict[str, int] = {}
        for index, text in sorted(row.values.items()):
            title = titles.get(text.strip().lower())
            if title:
                columns.setdefault(title, index)
        if all(title in columns for title in _NEEDED):
            return row.number, columns
    return None


def _returned(sheet: str, columns: dict[str, int], body: Iterable[Row]) -> Iterable[BilingualReturn]:
    places: dict[int, str] = {}
    target_letters = column_letters(columns["Target"])
    for number, values, marks in body:
        texts = {title: values.get(index, "") for title, index in columns.items()}
        place = f"{sheet}!{target_letters}{number}"
        row_id = _row_id(texts.get("Id", ""), f"{sheet}!{column_letters(columns.get('Id', 0))}{number}")
        if row_id is None and not any(texts.get(title) for title in ("Key", "Source", "Target")):
            continue
        if marks.get(columns["Target"]) == "locked":
            raise FormatError("the target is a formula; paste its value instead", place)
        if row_id is not None:
            if row_id in places:
                raise FormatError(
                    "the id %(row_id)s is there twice, first at %(first)s", place, row_id=row_id, first=places[row_id]
                )
            places[row_id] = place
        yield BilingualReturn(row_id, texts.get("Key", ""), texts["Source"], texts["Target"], place)


def _row_id(text: str, place: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    digits = text[1:] if text.startswith("-") else text
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 19:
        raise FormatError("%(text)r is no row id", place, text=text[:30])
    return int(text)
