"""Texts that a workbook could take for something else come back as they were."""

from __future__ import annotations

import io

from apps.ldm.formats.text_workbook import TextWorkbook
from apps.ldm.formats.xlsx_book import open_book
from apps.ldm.formats.xlsx_package import MAX_TOTAL_BYTES
from apps.ldm.formats.xlsx_sheet import rows

HOSTILE = [
    "<r>{0} & 골드</r>", "<r><t>x</t></r>", "<r>", "=1+1", "@a", "007", "1e5", "http://example.invalid", "_x000D_gold",
    "_x0041_x0042_", "a\r\nb", "\x01", " x ", "TRUE",
]  # fmt: skip


def texts_of(data: bytes) -> list[dict[int, str]]:
    """The texts of the first sheet's rows by column, as our own reader has them."""
    book = open_book(data, MAX_TOTAL_BYTES)
    book.load_strings()
    return [row.values for row in rows(book.load_sheet(book.sheets[0]), book.strings)]


def test_every_cell_is_plain_text() -> None:
    stream = io.BytesIO()
    with TextWorkbook(stream) as book:
        sheet = book.add_worksheet("Texts")
        for number, text in enumerate(HOSTILE):
            sheet.write_row(number, 0, [text, "beside"])
    assert texts_of(stream.getvalue()) == [{0: text, 1: "beside"} for text in HOSTILE]
