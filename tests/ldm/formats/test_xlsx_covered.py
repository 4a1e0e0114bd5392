"""Cells that hold no text for people: covered by a merged cell, or a formula nobody has calculated."""

from __future__ import annotations

import io
import time
import zipfile

import openpyxl
import pytest

from apps.ldm.formats import FormatError, read

from .contract import assert_contract
from .workbooks import sheet_xml, workbook


def merged(*areas: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("key", "source", "target"), *((f"k{i}", f"source {i}", None) for i in range(2, 8))):
        sheet.append(row)
    for area in areas:
        sheet.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_covered_cells_are_locked_and_named() -> None:
    data = merged("B3:D3", "C5:C6")
    document = read("a.xlsx", data)
    assert [s.location for s in document.segments if s.locked] == ["Sheet!C3", "Sheet!C6"]
    assert [w.place for w in document.warnings if "merged" in w.text] == ["Sheet!C3", "Sheet!C6"]
    assert assert_contract("a.xlsx", data, slack=None) == 6
    with pytest.raises(FormatError, match="Sheet!C3"):
        document.write({1: "x"})
    book = openpyxl.load_workbook(io.BytesIO(document.write({3: "four", 5: "seven"})))
    assert (book["Sheet"]["C5"].value, book["Sheet"]["C7"].value) == ("four", "seven")


def test_a_block_over_a_whole_column_costs_nothing() -> None:
    # Only named in the sheet, as a spreadsheet program does: openpyxl would make a million cells of it.
    parts, stream = zipfile.ZipFile(io.BytesIO(merged("C2:C3"))), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as changed:
        for name in parts.namelist():
            changed.writestr(name, parts.read(name).replace(b'ref="C2:C3"', b'ref="C2:C1048576"'))
    begin = time.process_time()
    document = read("a.xlsx", stream.getvalue())
    assert [s.locked for s in document.segments] == [False, True, True, True, True, True]
    assert time.process_time() - begin < 1


def test_merged_cells_beyond_the_last_column_name_the_sheet() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>source</t></is></c></row>'
    after = '<mergeCells count="1"><mergeCell ref="A1:ZZZZ1"/></mergeCells>'
    options = {"sheets": {"S": {"columns": {"A": "source", "B": "target"}, "header": False}}}
    with pytest.raises(FormatError, match="S, merged cells"):
        read("a.xlsx", workbook({"S": sheet_xml(rows, after=after)}), options)


def test_a_formula_without_a_value_is_warned_of() -> None:
    book = openpyxl.Workbook()
    for row in (
        ("key", "source", "target"),
        ("a", "fox", "여우"),
        ("b", "=A1", "x"),
        ("c", "=A1", None),
        ("d", "", "=A1"),
    ):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    document = read("a.xlsx", stream.getvalue())
    assert [s.key for s in document.segments] == ["a", "b"]
    assert [w.place for w in document.warnings if "without a stored value" in w.text] == ["Sheet!C4", "Sheet!C5"]
