"""Excel workbooks: every kind of cell read, edited alone, and nothing else touched."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from apps.ldm.formats import FormatError, inspect, read

from .contract import assert_contract, identity, shared_data
from .workbooks import STRICT, part, raw_members, sheet_xml, si, texts, workbook

STRINGS = [
    si("Key"),
    si("Source"),
    si("Target"),
    si("K1"),
    si("불꽃의 검"),
    si("Shared"),
    '<si><r><rPr><b/><color rgb="FFFF0000"/></rPr><t>Red</t></r><r><t xml:space="preserve"> sword</t></r></si>',
    '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>',
    si("a_x000D_\nb &amp; &lt;c&gt; _x005F_x000D_ &#44032;"),
]
ROWS = (
    '<row r="1" spans="1:3"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'
    '<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" s="0" t="s"><v>4</v></c><c r="C2" t="s"><v>5</v></c></row>'
    '<row r="3"><c r="A3"><v>12345678901234567</v></c><c r="B3" t="s"><v>4</v></c><c r="C3" t="s"><v>5</v></c></row>'
    '<row r="4"><c r="A4" t="inlineStr"><is><t>K3</t></is></c><c r="B4" t="s"><v>4</v></c>'
    '<c r="C4" t="s"><v>6</v></c></row>'
    '<row r="5"><c r="A5" t="str"><v>K4</v></c><c r="B5" t="s"><v>4</v></c><c r="C5" t="s"><v>7</v></c></row>'
    '<row r="6"/>'
    '<row r="7" spans="1:2"><c r="A7" t="inlineStr"><is><t>K5</t></is></c><c r="B7" t="s"><v>8</v></c></row>'
    '<row r="8"><c r="A8" t="inlineStr"><is><t>K6</t></is></c><c r="B8" t="s"><v>4</v></c>'
    '<c r="C8" s="0" t="str"><f>A8&amp;"x"</f><v>K6x</v></c></row>'
    '<row r="9"><c t="inlineStr"><is><t>K7</t></is></c><c t="s"><v>4</v></c><c><v>0.10</v></c></row>'
    '<row r="10"><c r="A10" t="inlineStr"><is><t>K8</t></is></c><c r="B10" t="s"><v>4</v></c>'
    '<c r="C10" t="inlineStr"><is><r><rPr><i/></rPr><t>in</t></r><r><t>line</t></r></is></c></row>'
    '<row r="11"><c r="A11" t="inlineStr"><is><t>K9</t></is></c><c r="B11" t="s"><v>4</v></c>'
    '<c r="C11" s="0"/><c r="D11" t="b"><v>1</v></c></row>'
    '<row r="12"><c r="A12" t="inlineStr"><is><t><![CDATA[K<10]]></t></is></c><!-- a note -->'
    '<c r="B12" t="s"><v>4</v></c><c r="C12" t="inlineStr"><is><t>x<!-- y -->z</t></is></c></row>'
)


def everything() -> bytes:
    """One sheet with every kind of cell, and parts that must never change."""
    before = '<dimension ref="A1:D12"/><cols><col min="3" max="3" width="30" style="0" customWidth="1"/></cols>'
    return workbook(
        {"Main": sheet_xml(ROWS, before)}, STRINGS, extra={"xl/media/raw.bin": bytes(range(256)), "xl/한글.bin": b"x"}
    )


def book_of(rows: str, **more: object) -> bytes:
    return workbook({"S": sheet_xml(rows)}, **more)  # type: ignore[arg-type]


HEADER = texts(1, "Key", "Source", "Target")


def test_every_kind_of_cell_is_read() -> None:
    document = read("a.xlsx", everything())
    found = {s.location: (s.key, s.source, s.target, s.locked) for s in document.segments}
    sword = "불꽃의 검"
    assert found == {
        "Main!C2": ("K1", sword, "Shared", False),
        "Main!C3": ("12345678901234567", sword, "Shared", False),
        "Main!C4": ("K3", sword, "Red sword", False),
        "Main!C5": ("K4", sword, "東京", False),
        "Main!C7": ("K5", "a\r\nb & <c> _x000D_ 가", "", False),
        "Main!C8": ("K6", sword, "K6x", True),
        "Main!C9": ("K7", sword, "0.10", False),
        "Main!C10": ("K8", sword, "inline", False),
        "Main!C11": ("K9", sword, "", False),
        "Main!C12": ("K<10", sword, "xz", False),
    }
    said = " / ".join(f"{w.place} {w.text}" for w in document.warnings)
    assert "Main!C4 has formatted text" in said and "Main!C5 has a phonetic guide" in said
    assert "Main!C8 holds a formula" in said and "calculated anew" in said


def test_contract_on_every_kind_of_cell() -> None:
    assert assert_contract("a.xlsx", everything(), slack=None) == 10


def test_each_edit_changes_only_its_parts() -> None:
    data = everything()
    document = read("a.xlsx", data)
    before = raw_members(data)
    for position, segment in enumerate(document.segments):
        if segment.locked:
            continue
        written = document.write({position: "=1+1"})
        after = raw_members(written)
        assert list(after) == list(before)
        shared = segment.location in ("Main!C2", "Main!C3", "Main!C4", "Main!C5")
        changed = {"xl/worksheets/part1.xml", "xl/workbook.xml"} | ({"xl/sharedStrings.xml"} if shared else set())
        for name, member in before.items():
            same = slice(None) if name not in changed else slice(1, None)
            assert after[name][same] == member[same], name
        assert {name for name in before if part(data, name) != part(written, name)} == changed
        sheet = openpyxl.load_workbook(io.BytesIO(written))["Main"]
        cell = sheet[segment.location.split("!")[1]]
        assert (cell.value, cell.data_type) == ("=1+1", "s")
        assert sheet["C8"].value == '=A8&"x"'


def test_a_shared_string_is_appended_never_changed() -> None:
    data = everything()
    document = read("a.xlsx", data)
    position = next(i for i, s in enumerate(document.segments) if s.location == "Main!C2")
    written = document.write({position: "New & <b>"})
    old, new = part(data, "xl/sharedStrings.xml").decode(), part(written, "xl/sharedStrings.xml").decode()
    expected = old.replace("</sst>", "<si><t>New &amp; &lt;b&gt;</t></si></sst>")
    assert new == expected.replace('uniqueCount="9"', 'uniqueCount="10"')
    old, new = (part(d, "xl/worksheets/part1.xml").decode() for d in (data, written))
    assert new == old.replace('<c r="C2" t="s"><v>5</v>', '<c r="C2" t="s"><v>9</v>')
    other = next(s for s in read("a.xlsx", written).segments if s.location == "Main!C3")
    assert other.target == "Shared"


def test_an_edited_rich_cell_takes_the_first_format() -> None:
    document = read("a.xlsx", everything())
    places = {s.location: i for i, s in enumerate(document.segments)}
    written = document.write({places["Main!C4"]: "Blue", places["Main!C10"]: "text"})
    strings = part(written, "xl/sharedStrings.xml").decode()
    assert strings.endswith('<si><r><rPr><b/><color rgb="FFFF0000"/></rPr><t>Blue</t></r></si></sst>')
    sheet = part(written, "xl/worksheets/part1.xml").decode()
    assert '<c r="C10" t="inlineStr"><is><r><rPr><i/></rPr><t>text</t></r></is></c>' in sheet


def test_absent_cells_and_rows_are_inserted_in_order() -> None:
    rows = (
        HEADER + '<row r="2" spans="1:2"><c r="A2" t="str"><v>K</v></c><c r="B2" t="str"><v>S</v></c><c r="E2"/></row>'
    )
    data = workbook({"S": sheet_xml(rows, '<dimension ref="A1:B2"/><cols><col min="3" max="4" style="7"/></cols>')})
    written = read("a.xlsx", data).write({0: "T"})
    sheet = part(written, "xl/worksheets/part1.xml").decode()
    assert '<row r="2" spans="1:3">' in sheet and '<dimension ref="A1:C2"/>' in sheet
    assert '</c><c r="C2" s="7" t="inlineStr"><is><t>T</t></is></c><c r="E2"/></row>' in sheet


def test_an_absent_row_style_and_indentation_are_followed() -> None:
    rows = (
        '\n  <row r="1">\n    <c r="A1" t="str"><v>Source</v></c>\n    <c r="B1" t="str"><v>Target</v></c>\n  </row>'
        '\n  <row r="3" s="4" customFormat="1">\n    <c r="A3" t="str"><v>x</v></c>\n  </row>\n'
    )
    written = read("a.xlsx", book_of(rows)).write({0: "T"})
    sheet = part(written, "xl/worksheets/part1.xml").decode()
    cell = '\n    <c r="B3" s="4" t="inlineStr"><is><t>T</t></is></c>\n  </row>\n</sheetData>'
    assert sheet.count(cell) == 1


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_and_other_sheets(state: str) -> None:
    sheets = {"First": sheet_xml(HEADER + texts(2, "K", "one", "eins")), "둘": sheet_xml(HEADER + texts(2, "K", "two"))}
    data = workbook(sheets, states={"둘": state}, folder="odd/place")
    document = read("a.xlsx", data)
    assert [s.key for s in document.segments] == ["First:K", "둘:K"]
    assert any(w.place == "둘" and "hidden" in w.text for w in document.warnings)
    assert_contract("a.xlsx", data, slack=None)
    first = read("a.xlsx", data, {"sheets": {"First": {}}})
    assert [s.key for s in first.segments] == ["K"]
    assert first.options["sheets"]["둘"]["used"] is False


@pytest.mark.parametrize("main", [STRICT, None])
def test_prefixed_and_strict_namespaces(main: str | None) -> None:
    rows = re.sub(
        r"<(/?)(?=[a-z])", r"<\1x:", HEADER + texts(2, "K", "s", "t") + '<row r="3"><c r="B3"><v>7</v></c></row>'
    )
    data = workbook({"S": sheet_xml(rows, prefix="x", **({"main": main} if main else {}))})
    assert assert_contract("a.xlsx", data, slack=None) == 2
    written = read("a.xlsx", data).write({0: "n", 1: "new"})
    sheet = part(written, "xl/worksheets/part1.xml").decode()
    assert '<x:c r="C3" t="inlineStr"><x:is><x:t>new</x:t></x:is></x:c></x:row>' in sheet


def test_table_header_cells_are_read_only() -> None:
    rows = (
        texts(1, "Key", "Source", "Target")
        + texts(2, "k", "s", "t")
        + texts(4, "h1", "h2", "h3")
        + texts(5, "a", "b", "c")
    )
    data = workbook({"S": sheet_xml(rows)}, tables={"S": "A4:C5"})
    document = read("a.xlsx", data, {"sheets": {"S": {"header": True, "header_row": 1}}})
    locked = [s.location for s in document.segments if s.locked]
    assert locked == ["S!C4"]
    with pytest.raises(FormatError, match="C4"):
        document.write({1: "x"})


def test_a_table_says_where_the_header_is() -> None:
    rows = texts(1, "A title") + texts(3, "한글A", "B", "C") + texts(4, "k1", "원문", "t")
    document = read("a.xlsx", workbook({"S": sheet_xml(rows)}, tables={"S": "A3:C4"}))
    assert document.options["sheets"]["S"]["header_row"] == 3
    assert [s.location for s in document.segments] == ["S!C4"]


def test_formulas_set_full_calculation_in_the_right_place() -> None:
    rows = HEADER + texts(2, "k", "s", "t") + '<row r="3"><c r="A3"><f>1+1</f><v>2</v></c></row>'
    for tail, expected in (
        (
            '<definedNames><definedName name="n">1</definedName></definedNames><oleSize ref="A1"/>',
            '</definedNames><calcPr fullCalcOnLoad="1"/><oleSize',
        ),
        ('<calcPr calcId="1" fullCalcOnLoad="0"/>', '<calcPr calcId="1" fullCalcOnLoad="1"/>'),
        ("<calcPr calcId='1'/>", "<calcPr calcId='1' fullCalcOnLoad=\"1\"/>"),
    ):
        data = book_of(rows, workbook_tail=tail)
        written = read("a.xlsx", data).write({0: "new"})
        assert expected in part(written, "xl/workbook.xml").decode()
    plain = book_of(HEADER + texts(2, "k", "s", "t"))
    assert b"calcPr" not in part(read("a.xlsx", plain).write({0: "new"}), "xl/workbook.xml")


ODD = [
    "=1+1", "+1", "-1", "@a", "'quote",
    '"q"', "back\\slash\\n", "a\nb", "a\r\nb\rc", "\ttab\t", " space ", "<br/>&amp;",
    "emoji 🎲", "_x000D_",
    "_x0041_x0042_", "_x000D\x01", "\x00\x1f\x7f", "￾", "]]>", "a  b", "⟦1⟧", "_", "_x_", "가" * 32_767,
]  # fmt: skip


@pytest.mark.parametrize("kind", ["shared", "inline", "absent"])
def test_odd_texts_survive(kind: str) -> None:
    cell = {"shared": '<c r="C{0}" t="s"><v>0</v></c>', "inline": '<c r="C{0}" t="str"><v>o</v></c>', "absent": ""}[
        kind
    ]
    rows = HEADER + "".join(
        f'<row r="{n}"><c r="A{n}" t="str"><v>k{n}</v></c><c r="B{n}" t="str"><v>s</v></c>{cell.format(n)}</row>'
        for n in range(2, len(ODD) + 2)
    )
    data = book_of(rows, strings=[si("o")])
    document = read("a.xlsx", data)
    written = document.write(dict(enumerate(ODD)))
    assert [s.target for s in read("a.xlsx", written).segments] == ODD
    sheet = openpyxl.load_workbook(io.BytesIO(written))["S"]
    assert sheet["C2"].value == "=1+1" and sheet["C2"].data_type == "s"
    with pytest.raises(FormatError, match="S!C2"):
        document.write({0: "\ud800"})
    with pytest.raises(FormatError, match="S!C2.*32,767"):
        document.write({0: "a" * 32_768})


def test_control_characters_are_written_as_excel_writes_them() -> None:
    document = read("a.xlsx", book_of(HEADER + texts(2, "k", "s", "t")))
    sheet = part(document.write({0: "a\rb _x000D_"}), "xl/worksheets/part1.xml").decode()
    assert "<t>a_x000D_b _x005F_x000D_</t>" in sheet


REAL = [
    # file, segments: counted with another reader (rows with a source or a target, for each language with text)
    ("tor_gm/Strings_2021-10-07.xlsx", 312),
    ("tor_gm/Strings_2021-12-04.xlsx", 581),
    ("tor_gm/Strings_2022-08-17.xlsx", 1588),
    ("formats/xlsx/locanext-14col-brtags.xlsx", 25),
    ("formats/xlsx/tolgee-example.xlsx", 9),
    ("formats/xlsx/tolgee-empty-key-column.xlsx", 12),
]


@pytest.mark.parametrize(("name", "count"), REAL)
def test_real_files(name: str, count: int) -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("no shared data beside the repository")
    data = (folder / name).read_bytes()
    assert assert_contract(Path(name).name, data, sample=12, slack=None) == count


def test_real_counts_agree_with_another_reader() -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("no shared data beside the repository")
    for name, _ in REAL[:3]:
        data = (folder / name).read_bytes()
        expected = []
        for sheet in openpyxl.load_workbook(io.BytesIO(data)):
            for row in sheet.iter_rows(min_row=2):
                source, ja = row[1].value, row[12].value
                if source or ja:
                    expected.append((f"{sheet.title}!M{row[0].row}", source or "", ja or ""))
        found = [(s.location, s.source, s.target) for s in read(name, data).segments if s.variant == "ja"]
        plain = [(place, a.replace("\r\n", "\n"), b.replace("\r\n", "\n")) for place, a, b in found]
        assert plain == [(p, str(a).replace("_x000D_", ""), str(b).replace("_x000D_", "")) for p, a, b in expected]


def test_every_segment_of_a_real_file_edited_alone() -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("no shared data beside the repository")
    data = (folder / "tor_gm/Strings_2021-10-07.xlsx").read_bytes()
    document = read("a.xlsx", data)
    before = raw_members(data)
    old = part(data, "xl/worksheets/sheet1.xml")
    for position, segment in enumerate(document.segments):
        written = document.write({position: "Zq"})
        new = part(written, "xl/worksheets/sheet1.xml")
        after = raw_members(written)
        assert {n for n in before if before[n][0] != after[n][0]} <= {
            "xl/worksheets/sheet1.xml",
            "xl/sharedStrings.xml",
        }
        cell = segment.location.split("!")[1].encode()
        left = next(i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
        start = new.rfind(b"<c ", 0, left + 12)
        assert cell in new[max(0, start - 20) : left + 30] or abs(len(new) - len(old)) < 90
        if position % 16 == 0:
            again = read("a.xlsx", written, document.options).segments
            changed = [i for i, (a, b) in enumerate(zip(document.segments, again, strict=True)) if a != b]
            assert changed == [position] and identity(again[position]) == identity(segment)


def test_the_misplaced_key_column_is_named() -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("no shared data beside the repository")
    data = (folder / "formats/xlsx/tolgee-empty-key-column.xlsx").read_bytes()
    warnings = [f"{w.place} {w.text}" for w in read("a.xlsx", data).warnings]
    assert any("!A1 above the header in row 2" in warning for warning in warnings)


def test_inspection_shows_sheets_columns_and_rows() -> None:
    rows = texts(1, "StringID", "원문", "English", "Max", "NPC", "비고") + texts(2, "k", "원", "t", "20", "Bob", "n")
    shown = inspect("a.xlsx", book_of(rows), limit=1)
    assert [(c.id, c.role, c.language) for c in shown.tables[0].columns] == [
        ("A", "key", ""), ("B", "source", ""), ("C", "target", "en"),
        ("D", "max_length", ""), ("E", "speaker", ""), ("F", "comment", ""),
    ]  # fmt: skip
    assert (
        shown.tables[0].rows == [["StringID", "원문", "English", "Max", "NPC", "비고"]] and shown.tables[0].total == 2
    )
    segment = shown.segments[0]
    assert (segment.max_length, segment.context, segment.comment, segment.variant) == (20, "Bob", "n", "en")
