"""A workbook opened for writing alone says and writes what the whole document does."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.formats import FormatError, open_for_writing, read
from apps.ldm.formats.xlsx_export import XlsxWritable
from apps.ldm.formats.xlsx_places import ABSENT, EMPTY, INLINE, ODD, SHARED, TAGGED

from .contract import shared_data
from .test_xlsx import everything
from .test_xlsx_covered import merged
from .workbooks import STRICT, sheet_xml, si, workbook

STRINGS = [si("key"), si("ko"), si("불꽃"), si("fire &amp; ice"), si(""), "<si><t/></si>", si("a_x000D_b")] + [
    "<si><r><rPr><b/></rPr><t>bold</t></r><r><t> one</t></r></si>"
]
CELLS = (
    '<c r="{at}" t="s"><v>2</v></c>',
    '<c r="{at}" s="1" t="s"><v>3</v></c>',
    '<c r="{at}" t="s"><v>4</v></c>',
    '<c r="{at}" t="s"><v>5</v></c>',
    '<c r="{at}" t="s"><v>6</v></c>',
    '<c r="{at}" t="s"><v>7</v></c>',
    '<c r="{at}" t="s"/>',
    '<c r="{at}"/>',
    '<c r="{at}" s="2"/>',
    '<c r="{at}" s="2" ></c>',
    '<c r="{at}"><v>12345678901234567</v></c>',
    '<c r="{at}" t="b"><v>1</v></c>',
    '<c r="{at}" t="str"><v> </v></c>',
    '<c r="{at}" t="n"><v> </v></c>',
    '<c r="{at}" t="str"><f>A1</f><v>x</v></c>',
    '<c r="{at}"><f>A1</f></c>',
    '<c r="{at}" t="inlineStr"><is><t>plain</t></is></c>',
    '<c r="{at}" s="3" t="inlineStr"><is><t xml:space="preserve"> two  &lt;b&gt; &#44032;\n_x000D_</t></is></c>',
    '<c r="{at}" t="inlineStr"><is><t></t></is></c>',
    '<c r="{at}" t="inlineStr"><is><t/></is></c>',
    '<c r="{at}" t="inlineStr"><is><r><rPr><i/></rPr><t>in</t></r><r><t>line</t></r></is></c>',
    '<c t="inlineStr" r="{at}"><is><t>turned</t></is></c>',
    "",
    "",
)
ROWS = (
    '<row r="{row}">{cells}</row>',
    '<row r="{row}" spans="1:2">{cells}</row>',
    '<row r="{row}" spans="1:9" s="4" customFormat="1">{cells}</row>',
    '<row r="{row}" x14ac:dyDescent="0.25">{cells}</row>',
    '\n  <row r="{row}">\n{cells}\n  </row>\n',
    "<row>{cells}</row>",
    '<row r="{row}"/>',
)
OPTIONS = (
    {"A": "key", "B": "source", "C": "target"},
    {"A": "target", "B": "source"},
    {"B": {"role": "target", "language": "en"}, "C": "source", "D": {"role": "target", "language": "de"}},
    {"D": "target"},
    {"A": "source", "AB": "target"},
)
COLUMNS = (list("ABCD"), list("ABCD"), ["A", "Z", "AA", "AB", "AC"], list("BAC"))
NEW = ("", "new", " two  spaces ", "a\nb", "= & <b>", "_x000D_", "fire & ice")


def same(data: bytes, options: dict[str, object] | None = None, seed: int = 0) -> XlsxWritable:
    """Compare both ways: the targets, each one edited alone (of many a few), all at once, and the errors."""
    document = read("a.xlsx", data, options)
    opened = open_for_writing("a.xlsx", data, document.options)
    assert isinstance(opened, XlsxWritable)
    assert opened.targets == [segment.target for segment in document.segments]
    assert opened.write({}) == data == opened.write(dict(enumerate(opened.targets)))
    chance = random.Random(seed)
    every = {i: chance.choice(NEW) for i in range(len(opened.targets))}
    free = {i: text for i, text in every.items() if not document.segments[i].locked}
    few = [{i: every[i]} for i in chance.sample(sorted(every), min(12, len(every)))]
    for edits in (free, every, *few, {i: free[i] for i in list(free)[::2]}, {-1: ""}, {len(every): ""}):
        assert written(opened.write, edits) == written(document.write, edits)
    return opened


def written(write: Callable[[dict[int, str]], bytes], edits: dict[int, str]) -> bytes | str:
    try:
        return write(edits)
    except FormatError as error:
        return str(error)


def test_every_kind_of_cell() -> None:
    same(everything())
    same(merged("B3:D3", "C5:C6"))
    table = sheet_xml("".join(f'<row r="{row}">{CELLS[0].format(at=f"B{row}")}</row>' for row in range(1, 5)))
    options: dict[str, object] = {"sheets": {"S": {"columns": {"A": "target", "B": "source"}, "header": False}}}
    same(workbook({"S": table}, STRINGS, tables={"S": "A2:C4"}), options)


@pytest.mark.parametrize("main", [STRICT, None])
def test_prefixed_namespaces(main: str | None) -> None:
    cells = '<x:c r="A1" t="s"><x:v>2</x:v></x:c><x:c r="B1" t="inlineStr"><x:is><x:t>b</x:t></x:is></x:c>'
    source = '<x:c r="A{0}" t="s"><x:v>2</x:v></x:c>'
    rows = (
        f'<x:row r="1">{cells}</x:row><x:row r="2">{source.format(2)}<x:c r="B2" s="1"/><x:c r="C2"/></x:row>'
        f'<x:row r="3">{source.format(3)}</x:row>'
    )
    options: dict[str, object] = {"sheets": {"S": {"columns": {"A": "source", "B": "target"}, "header": False}}}
    data = workbook({"S": sheet_xml(rows, prefix="x", **({"main": main} if main else {}))}, STRINGS)
    assert len(same(data, options).targets) == 3


def test_the_usual_forms_are_found_as_such() -> None:
    source, tag = '<c r="B{0}" t="s"><v>2</v></c>', '<row r="{0}">'
    targets = (CELLS[0], CELLS[16], CELLS[8], "", "", CELLS[14])
    rows = [
        (tag if number != 5 else '<row r="{0}" spans="1:2">').format(number)
        + source.format(number)
        + target.format(at=f"C{number}")
        + f'<c r="D{number}"><f>A1</f><v>1</v></c></row>'
        for number, target in enumerate(targets, 1)
    ]
    options: dict[str, object] = {"sheets": {"S": {"columns": {"B": "source", "C": "target"}, "header": False}}}
    opened = same(workbook({"S": sheet_xml("".join(rows))}, STRINGS), options)
    assert list(opened._places[0].kinds) == [SHARED, INLINE, EMPTY, ABSENT, TAGGED, ODD]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_generated_workbooks(data: st.DataObject) -> None:
    sheets = {}
    for name in ("One", "Two")[: data.draw(st.integers(1, 2))]:
        rows = []
        for number in range(1, data.draw(st.integers(1, 7)) + 1):
            columns = data.draw(
                st.sampled_from((list("ABCD"), list("ABCD"), ["A", "Z", "AA", "AB", "AC"], list("BAC")))
            )
            cells = "".join(data.draw(st.sampled_from(CELLS)).format(at=f"{column}{number}") for column in columns)
            rows.append(data.draw(st.sampled_from(ROWS)).format(row=number, cells=cells))
        sheets[name] = sheet_xml("".join(rows), '<cols><col min="3" max="4" style="5"/></cols>')
    roles = data.draw(st.sampled_from(OPTIONS))
    book = workbook(sheets, STRINGS)
    options: dict[str, object] = {
        "sheets": {name: {"columns": roles, "header": data.draw(st.booleans())} for name in sheets}
    }
    try:
        read("a.xlsx", book, options)
    except FormatError:
        return
    same(book, options, data.draw(st.integers(0, 99)))


def test_real_files() -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("no shared data beside the repository")
    for path in sorted(folder.rglob("*.xlsx")):
        data = path.read_bytes()
        if len(data) < 200_000:
            same(data)
