"""The bilingual workbook: built, opened by another reader, edited elsewhere, read back."""

from __future__ import annotations

import io

import openpyxl
import pytest

from apps.ldm.formats import FormatError
from apps.ldm.formats.bilingual import BilingualRow, build, parse

from .workbooks import part, sheet_xml, texts, workbook

ODD = [
    "=1+1", "+1", "-1", "@a", "{=1}", "a\nb", "a\r\nb", " x ", "<r><t>x</t></r>", "<r>", "_x0041_x0042_", "_x000D\x01",
    "\x00\x1f", "￿", "🎲", "http://example.org", "12345678901234567", "가나다", "a" * 32_767,
]  # fmt: skip


def rows() -> list[BilingualRow]:
    return [
        BilingualRow(-n if n % 2 else 9_007_199_254_740_993 + n, f"K{n}", text, text, "new", "note", n or None)
        for n, text in enumerate(ODD)
    ]


def test_rows_come_back_as_they_were() -> None:
    found = parse(build(rows()))
    assert [tuple(r[:4]) for r in found] == [(r.row_id, r.key, r.source, r.target) for r in rows()]
    assert found[0].place == "Translation!D2"


def test_another_reader_sees_text_a_header_and_a_hidden_id() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(build(rows())))["Translation"]
    assert [cell.value for cell in sheet[1]] == ["Id", "Key", "Source", "Target", "Status", "Comment", "Max"]
    assert sheet.column_dimensions["A"].hidden and sheet.freeze_panes == "C2"
    assert all(cell.data_type in ("s", "n") and cell.value != 2 for cell in sheet["D"])
    assert sheet["A2"].value == "9007199254740993" and sheet["D2"].value == "=1+1" and sheet["D2"].data_type == "s"
    assert sheet["D2"].alignment.wrap_text and not sheet["D2"].protection.locked and sheet["C2"].protection.locked


def test_edits_made_elsewhere_are_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(build([BilingualRow(7, "k", "s", "t"), BilingualRow(8, "k2", "s2", "")])))
    sheet = book["Translation"]
    sheet["D3"] = "neu"
    sheet.append([None, "", "added", "line"])
    sheet.append([None, None, None, None, None, "only a comment"])
    stream = io.BytesIO()
    book.save(stream)
    assert [tuple(r) for r in parse(stream.getvalue())] == [
        (7, "k", "s", "t", "Translation!D2"),
        (8, "k2", "s2", "neu", "Translation!D3"),
        (None, "", "added", "line", "Translation!D4"),
    ]


def test_an_empty_list_is_a_workbook_too() -> None:
    assert parse(build([])) == []


def test_columns_may_be_moved() -> None:
    data = workbook(
        {
            "Other": sheet_xml(texts(1, "x")),
            "T": sheet_xml(texts(2, "target", "ID", "SOURCE") + texts(3, "t", "5", "s")),
        }
    )
    assert [tuple(r) for r in parse(data)] == [(5, "", "s", "t", "T!A3")]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (texts(1, "Id", "Source"), "Source and Target"),
        (texts(1, "Id", "Source", "Target") + texts(2, "1", "a", "b") + texts(4, "1", "a", "b"), "T!C4.*twice.*T!C2"),
        (texts(1, "Id", "Source", "Target") + texts(2, "1.5", "a", "b"), "T!A2.*no row id"),
        (
            texts(1, "Id", "Source", "Target")
            + '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><f>A2</f><v>1</v></c></row>',
            "T!C2.*formula",
        ),
    ],
)
def test_faults_are_named(cells: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        parse(workbook({"T": sheet_xml(cells)}))


@pytest.mark.parametrize("text", ["a" * 32_768, "🎲" * 16_384, "\ud800"])
def test_what_a_cell_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="row id 3, Target"):
        build([BilingualRow(3, "k", "s", text)])


def test_no_text_becomes_markup() -> None:
    xml = part(build([BilingualRow(1, "k", "<r><x/></r>", "t")]), "xl/worksheets/sheet1.xml")
    assert b"<x/>" not in xml
