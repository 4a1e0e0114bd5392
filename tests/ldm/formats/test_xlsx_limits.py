"""Excel workbooks: limits, damaged containers, malformed parts, options, speed."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest

from apps.ldm.formats import FormatError, inspect, read
from apps.ldm.formats import xlsx_package as package

from .contract import assert_contract
from .workbooks import part, sheet_xml, si, texts, workbook

HEADER = texts(1, "Key", "Source", "Target")
SMALL = workbook({"S": sheet_xml(HEADER + texts(2, "k", "s", "t"))}, [si("unused")])


def _zip(parts: dict[str, bytes], **more: object) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return stream.getvalue()


def _with(data: bytes, changes: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    return _zip({**parts, **changes})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"not a zip", "not an .xlsx"),
        (b"PK\x03\x04 cut", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Save it as .xlsx"),
        (_zip({"word/document.xml": b"<a/>"}), "no workbook part"),
        (_zip({"xl/workbook.bin": b"x"}), "binary workbook"),
        (SMALL[:-40], "damaged"),
        (SMALL[:200], "damaged"),
    ],
)
def test_what_is_no_workbook_is_named(data: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read("a.xlsx", data)


def test_too_many_members_too_large_too_tight() -> None:
    with pytest.raises(FormatError, match="2000"):
        read("a.xlsx", _with(SMALL, {f"x/{i}": b"" for i in range(2000)}))
    big = _with(SMALL, {"xl/media/a.bin": b"\0" * (package.SMALL_MEMBER_BYTES + 1)})
    with pytest.raises(FormatError, match="1:100"):
        read("a.xlsx", big)
    with pytest.raises(FormatError, match="at most 1,000"):
        read("a.xlsx", SMALL, {"max_bytes": 1000})
    directory = SMALL.rfind(b"PK\x01\x02")
    lying = SMALL[: directory + 24] + struct.pack("<L", 10) + SMALL[directory + 28 :]
    with pytest.raises(FormatError):
        read("a.xlsx", lying)


def test_honest_repetition_is_read() -> None:
    row = "".join(f'<c r="{c}{{0}}" t="inlineStr"><is><t>the same text again and again</t></is></c>' for c in "ABC")
    rows = "".join(f'<row r="{n}">{row.format(n)}</row>' for n in range(2, 30_002))
    data = workbook({"S": sheet_xml(HEADER + rows)})
    assert len(read("a.xlsx", data).segments) == 30_000


def test_zip64_encryption_and_overlap_are_refused() -> None:
    with pytest.raises(FormatError, match="zip64"):
        end = SMALL.rfind(b"PK\x05\x06")
        read("a.xlsx", SMALL[: end + 16] + b"\xff\xff\xff\xff" + SMALL[end + 20 :])
    directory = SMALL.find(b"PK\x01\x02")
    with pytest.raises(FormatError, match="encrypted"):
        read("a.xlsx", SMALL[: directory + 8] + b"\x01\x00" + SMALL[directory + 10 :])
    second = SMALL.find(b"PK\x01\x02", directory + 1)
    with pytest.raises(FormatError, match="overlap"):
        read("a.xlsx", SMALL[: second + 42] + struct.pack("<L", 5) + SMALL[second + 46 :])


class _Pipe(io.BytesIO):
    """A stream that cannot be rewound, so that the writer uses data descriptors."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def test_data_descriptors_are_kept() -> None:
    pipe = _Pipe()
    with zipfile.ZipFile(io.BytesIO(SMALL)) as source, zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    data = pipe.getvalue()
    assert b"PK\x07\x08" in data
    assert assert_contract("a.xlsx", data, slack=None) == 1
    written = read("a.xlsx", data).write({0: "new"})
    with zipfile.ZipFile(io.BytesIO(written)) as again:
        assert again.testzip() is None
        assert all(info.flag_bits & 8 for info in again.infolist())


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]>' + sheet_xml(HEADER).split("\n", 1)[1],
        sheet_xml(HEADER + texts(2, "k", "&b;", "t")),
        sheet_xml(HEADER + texts(2, "k", "a & b", "t")),
        sheet_xml(HEADER + "<row r='2'><c r='A2'><v>1</v></row>"),
        sheet_xml(HEADER + texts(2, "k", "s")[:-6]),
        sheet_xml(HEADER + "stray"),
        sheet_xml(HEADER + '<row r="2"><c r="B2"><v>5</v><<c/>/c><c r="C2"><v>1</v></c></row>'),
        sheet_xml(HEADER + '<row r="2"><c r="B2"><v>5</v><c r="C2"><v>1</v></c></c></row>'),
        sheet_xml(HEADER + '<row r="2"><c r="B2" t="inlineStr"><is><r><t>x</r></t></is></c></row>'),
        sheet_xml(texts(2, "k", "s", "t") + texts(2, "k", "s", "t")),
        sheet_xml(HEADER + texts(3, "k", "s", "t") + texts(2, "k", "s", "t")),
        sheet_xml(HEADER + '<row r="2"><c r="B2"><v>1</v></c><c r="B2"><v>2</v></c></row>'),
        sheet_xml(HEADER + '<row r="2"><c r="B2" t="s"><v>99</v></c></row>'),
        sheet_xml(HEADER + '<row r="2"><c r="B2" t="s"><v>-1</v></c></row>'),
        sheet_xml(HEADER + '<row r="9999999"><c r="B2"><v>1</v></c></row>'),
        sheet_xml(HEADER + texts(2, "k", "a\x01b", "t")),
        sheet_xml(HEADER, after="<a>" * 300 + "</a>" * 300),
        sheet_xml(HEADER) + "<x/>",
        "<a/>",
        "",
    ],
)
def test_malformed_sheets_are_named(xml: str) -> None:
    data = workbook({"Sheet": xml}, [si("x")])
    with pytest.raises(FormatError, match="Sheet|part1"):
        read("a.xlsx", data)


def test_latin_bytes_are_refused_and_utf16_is_read() -> None:
    xml = sheet_xml(HEADER + texts(2, "k", "é", "t"))
    with pytest.raises(FormatError, match="UTF-8"):
        read("a.xlsx", _with(SMALL, {"xl/worksheets/part1.xml": xml.encode("latin-1")}))
    wide = xml.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    data = _with(SMALL, {"xl/worksheets/part1.xml": wide})
    document = read("a.xlsx", data)
    assert document.segments[0].source == "é"
    changed = part(document.write({0: "ü"}), "xl/worksheets/part1.xml")
    assert changed.decode("utf-16") == wide.decode("utf-16").replace('<t xml:space="preserve">t</t>', "<t>ü</t>")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sheet": {}}, "option sheet"),
        ({"sheets": []}, "option sheets"),
        ({"sheets": {"No": {}}}, "no such sheet"),
        ({"sheets": {"S": {"use": True}}}, "'use'"),
        ({"sheets": {"S": {"header": "yes"}}}, "header"),
        ({"sheets": {"S": {"header_row": 0}}}, "header_row"),
        ({"sheets": {"S": {"columns": {"A": "sauce"}}}}, "sauce"),
        ({"sheets": {"S": {"columns": {"1": "source"}}}}, "'1'"),
        ({"sheets": {"S": {"columns": {"A": {"rolle": "x"}}}}}, "rolle"),
        ({"sheets": {"S": {"columns": {"A": "source"}}}}, "no column is a target"),
        ({"sheets": {"S": {"columns": {"A": "source", "B": "source", "C": "target"}}}}, "more than one"),
        ({"source_language": 3}, "source_language"),
    ],
)
def test_wrong_options_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read("a.xlsx", SMALL, options)


def test_columns_by_option() -> None:
    columns = {"C": "source", "A": {"role": "target", "language": "de"}, "F": "target", "B": "key"}
    document = read("a.xlsx", SMALL, {"sheets": {"S": {"header": False, "columns": columns}}})
    found = [(s.key, s.source, s.target, s.variant, s.location) for s in document.segments]
    assert found == [
        ("Source", "Target", "Key", "de", "S!A1"), ("Source", "Target", "", "F", "S!F1"),
        ("s", "t", "k", "de", "S!A2"), ("s", "t", "", "F", "S!F2"),
    ]  # fmt: skip
    assert_contract("a.xlsx", SMALL, {"sheets": {"S": {"header": False, "columns": columns}}}, slack=None)


def test_rows_without_a_key_keep_their_identity() -> None:
    rows = texts(1, "Source", "Target") + texts(3, "one", "eins") + texts(4, "one", "zwei")
    document = read("a.xlsx", workbook({"S": sheet_xml(rows)}))
    assert [s.key for s in document.segments] == ["S!3", "S!4"]
    again = read("a.xlsx", document.write({0: ""}))
    assert [(s.key, s.target) for s in again.segments] == [("S!3", ""), ("S!4", "zwei")]


def test_repeated_keys_get_numbers() -> None:
    rows = HEADER + "".join(texts(n, key, "s", "t") for n, key in enumerate(["a", "a", "a#2", "a", "A"], 2))
    assert [s.key for s in read("a.xlsx", workbook({"S": sheet_xml(rows)})).segments] == [
        "a", "a#2", "a#2#2", "a#3", "A",
    ]  # fmt: skip


def test_mutated_bytes_raise_only_format_errors() -> None:
    chance = random.Random(7)
    with zipfile.ZipFile(io.BytesIO(SMALL)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for _ in range(250):
        name = chance.choice(list(parts))
        content = bytearray(parts[name])
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(content))
            action = chance.randrange(3)
            if action == 0:
                content[at] = chance.randrange(256)
            elif action == 1:
                del content[at : at + chance.randint(1, 30)]
            else:
                content[at:at] = content[chance.randrange(len(content)) :][: chance.randint(1, 40)]
            content = content or bytearray(b" ")
        for data in (_zip({**parts, name: bytes(content)}), _flip(SMALL, chance)):
            try:
                document = read("a.xlsx", data)
                inspect("a.xlsx", data)
                document.write({i: "new" for i, s in enumerate(document.segments) if not s.locked})
            except FormatError:
                continue


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)
