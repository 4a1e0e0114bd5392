"""Texts that break naive writers: each comes back exactly, or is refused with the place; nothing else changes."""

from __future__ import annotations

import io
import json
import random

import openpyxl
import pytest

from apps.ldm.formats import FormatError, inspect, read

from .contract import edited_text

TEXTS = [
    "", " ", "\n", "\r", "\r\n", "\t", "a\\nb", "a\\", "\\", "]]>", "=1+1", "-1", "@x", "'x", "⟦1⟧", "⟦⟦1",
    "\u2028", "\x85", "😀", "x" * 5000, " lead and trail ", "\ufffe", "\x0b", "\x00", "\x7f", "\ufeff", "\ud800",
    '"', "'", "<br/>", "&amp;", "&#10;", "_x000D_", "_x005F_x0041_", "#x", "!x", 'a,b;c|d"e', "\\u0041", "// x",
    "/* x */", "a\n\nb", "a\\\nb", "é한글",
]  # fmt: skip


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("key", "source", "target"), ("k1", "fox", "여우"), ("k2", "wolf", None), ("k3", "owl", "올빼미")):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


PO = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=n!=1;\\n"\n\n'
    '#, fuzzy\nmsgid "a"\nmsgstr "x"\n\nmsgid "b"\nmsgid_plural "bs"\nmsgstr[0] "y"\n'
)
FILES = {
    "a.xml": b'<r>\r\n<LocStr StringId="a" StrOrigin="x" Str="y"/>\r\n<LocStr StringId="b" StrOrigin="x"/></r>',
    "b.xml": '<?xml version="1.0" encoding="euc-kr"?><r><LocStr Id="a" StrOrigin="여우" Str="a&#10;b"/></r>'.encode(
        "euc-kr"
    ),
    "c.xml": b'<r><String id="a">x</String><String id="b"><![CDATA[y]]></String><String id="c">a<b>c</b>d</String></r>',
    "a.xlsx": workbook(),
    "a.csv": 'key,source,target\r\nk1,"a ""b""",\r\nk2,여우\r\n'.encode("cp949"),
    "a.txt": "k1\t소금 여우\tsalt\\nfox\r\nk2\t검은 늑대\r\n".encode("cp949"),
    "b.txt": "1\t2\t3\t4\t5\t소금 여우\tsalt fox\n".encode("utf-16"),
    "a.json": b'{\n  "a": "x", // note\n  "b": ["y", {"c": "\\u00e9"}]\n}\n',
    "a.po": PO.encode(),
    "a.properties": b"a=x\nb : y\\\n  z\nc\nd=\\u00e9\n",
}


@pytest.mark.parametrize("text", TEXTS, ids=[ascii(text[:12]) for text in TEXTS])
@pytest.mark.parametrize("name", FILES)
def test_exactly_or_refused(name: str, text: str) -> None:
    data = FILES[name]
    document = read(name, data)
    segments = document.segments
    assert segments
    for position, segment in enumerate(segments):
        if text == "" and name == "c.xml":
            continue  # an element without any text is no segment where nothing else holds its source
        try:
            written = document.write({position: text})
        except FormatError as error:
            assert error.place, error
            continue
        again = read(name, written, document.options).segments
        assert [(s.key, s.plural, s.variant, s.target) for s in again] == [
            (s.key, s.plural, s.variant, text if s is segment else s.target) for s in segments
        ]


@pytest.mark.parametrize("name", FILES)
def test_what_the_import_dialog_is_told(name: str) -> None:
    """Options can be stored, and reading with them is the same read."""
    data = FILES[name]
    document, told = read(name, data), inspect(name, data, limit=1)
    assert told.total_segments == len(document.segments)
    assert told.segments == document.segments[:1]
    assert told.variants == list(dict.fromkeys(s.variant for s in document.segments if s.variant))
    for options in (document.options, told.options):
        stored = json.loads(json.dumps(options))
        assert list(read(name, data, stored).segments) == list(document.segments)
        assert inspect(name, data, stored).total_segments == told.total_segments
    assert all(len(row) <= len(table.columns) for table in told.tables for row in table.rows)


def test_a_typed_backslash_and_n_is_refused_where_it_would_become_a_line_feed() -> None:
    with pytest.raises(FormatError, match="line 1") as caught:
        read("a.txt", FILES["a.txt"]).write({0: "C:\\new"})
    assert "line feed" in caught.value.message


SCRAPS = [
    b"\r\n", b"\r", b'"', b"'", b"\\", b"\\u12", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"/*", b"*/", b"//", b"<b>",
    b"</b>", b"&x;", b"&amp;", b"\\ud83d", b'msgid ""\n', b"#, fuzzy\n", b"\t", b",", b";", b"\0", b"\xff", b"\xc2\x85",
    b"\xef\xbb\xbf",
]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".xlsx")])
def test_damaged_files_are_refused_or_keep_the_contract(name: str) -> None:
    """Pieces cut out, doubled and put in: whatever is still read is written back and edited as ever."""
    chance = random.Random(name)
    for _ in range(600):
        data = bytearray(FILES[name])
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data))
            if chance.random() < 0.4:
                del data[at : at + chance.randint(1, 12)]
            else:
                data[at:at] = chance.choice(SCRAPS)
        damaged = bytes(data)
        try:
            document = read(name, damaged)
        except FormatError:
            continue
        assert document.write({}) == damaged
        segments = document.segments
        for position, segment in enumerate(segments):
            text = edited_text(segment)
            if segment.locked:
                continue
            again = read(name, document.write({position: text}), document.options).segments
            assert [(s.key, s.plural, s.variant, s.target) for s in again] == [
                (s.key, s.plural, s.variant, text if s is segment else s.target) for s in segments
            ], damaged
