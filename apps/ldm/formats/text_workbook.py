"""Workbooks of texts: a cell is plain text as our reader decodes it, never a formula, a number, a link or markup."""

from __future__ import annotations

from typing import BinaryIO

import xlsxwriter

from . import xlsx_xml


class _PlainSheet(xlsxwriter.workbook.Worksheet):
    """The library leaves overlapping `_xHHHH_` half escaped, and takes a string between `<r>` and `</r>` for markup."""

    @staticmethod
    def _escape_control_characters(data: str) -> str:
        text = xlsx_xml.escape_controls(data)
        return "_x003C_" + text[1:] if text.startswith("<r>") else text


class TextWorkbook(xlsxwriter.Workbook):
    """A workbook on its way to a binary stream. Memory does not grow with it: rows are written in their order."""

    worksheet_class = _PlainSheet

    def __init__(self, stream: BinaryIO) -> None:
        options = {
            "constant_memory": True,
            "in_memory": False,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        super().__init__(stream, options)
