"""Units and terms as a workbook that streams to a file: a styled, frozen header and cells of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import BinaryIO

import xlsxwriter

from .base import FormatError
from .text_workbook import TextWorkbook
from .units_records import SHEET_NAME, Unit
from .units_writer import COLUMNS, Written, chosen_columns
from .xlsx_patch import MAX_CELL_CHARACTERS
from .xlsx_sheet import MAX_ROWS

HEADER_FILL = "#4472C4"
_SAMPLE, _MOST_WIDTH, _LEAST_WIDTH = 100, 50, 8


def write_xlsx(stream: BinaryIO, units: Iterable[Unit], *, columns: Sequence[str] | None = None) -> Written:
    """Write one sheet "Entries" with a header and a row a unit; every cell is text, never a formula.

    Raises FormatError naming the cell for a text longer than a cell holds, for half a surrogate
    pair, and for more rows than a sheet holds.
    """
    names = chosen_columns(columns)
    fills = [COLUMNS[name][1] for name in names]
    rows = ([fill(unit) for fill in fills] for unit in units)
    return Written(write_table(stream, SHEET_NAME, [COLUMNS[name][0] for name in names], rows))


def write_table(stream: BinaryIO, sheet_name: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a sheet of texts below a header and return the number of rows. Raises as `write_xlsx`."""
    with TextWorkbook(stream) as book:
        sheet = book.add_worksheet(sheet_name)
        head = book.add_format({"bold": True, "bg_color": HEADER_FILL, "font_color": "#FFFFFF", "valign": "vcenter"})
        body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        rest = iter(rows)
        sample = list(islice(rest, _SAMPLE))
        for column, title in enumerate(titles):
            longest = max((_width(row[column]) for row in sample), default=0)
            sheet.set_column(column, column, min(max(longest, len(title) + 2, _LEAST_WIDTH), _MOST_WIDTH))
            sheet.write_string(0, column, title, head)
        sheet.freeze_panes(1, 0)
        number = 0
        for number, row in enumerate(chain(sample, rest), 1):
            if number >= MAX_ROWS:
                raise FormatError(
                    "a sheet holds at most %(most)s rows; use TMX", f"row {number + 1}", most=f"{MAX_ROWS - 1:,}"
                )
            for column, text in enumerate(row):
                if text:
                    _write(sheet, number, column, text, body, titles[column])
        if titles:
            sheet.autofilter(0, 0, max(number, 1), len(titles) - 1)
    return number


def _write(
    sheet: xlsxwriter.workbook.Worksheet,
    row: int,
    column: int,
    text: str,
    cell_format: xlsxwriter.format.Format,
    title: str,
) -> None:
    place = f"row {row + 1}, {title}"
    try:
        length = len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise FormatError("half a character cannot be written", place) from None
    if length > MAX_CELL_CHARACTERS or sheet.write_string(row, column, text, cell_format):
        raise FormatError("a cell holds at most %(most)s characters; use TMX", place, most=f"{MAX_CELL_CHARACTERS:,}")


def _width(text: str) -> int:
    """The width of a text's longest line; wide characters count twice."""
    line = max(text[:500].split("\n"), key=len)
    return len(line) + sum(1 for character in line if ord(character) >= 0x1100) + 2
