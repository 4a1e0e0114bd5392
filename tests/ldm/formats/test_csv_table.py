"""CSV: delimiters, quotes, ragged rows, line ends; edits touch one field."""

from __future__ import annotations

import csv
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.formats import FormatError, inspect, read

from .contract import assert_contract, differing, fixtures, shared_data


@pytest.mark.parametrize(
    ("name", "count", "delimiter", "escape"),
    [
        ("csv/godot-text.csv", 4, ",", ""),
        ("csv/tolgee-comma.csv", 9, ",", "\\"),
        ("csv/tolgee-semicolon.csv", 5, ";", ""),
        ("csv/tolgee-tab.csv", 5, "\t", ""),
        ("glossary/matecat-full-structure.csv", 4, ",", ""),
    ],
)
def test_real_files(name: str, count: int, delimiter: str, escape: str) -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("no shared data beside the repository")
    data = (folder / "formats" / name).read_bytes()
    assert assert_contract("a.csv", data) == count
    options = read("a.csv", data).options
    assert (options["delimiter"], options["escape"]) == (delimiter, escape)


@pytest.mark.parametrize(("name", "count"), [("items.csv", 6), ("ragged-semicolon.csv", 4), ("cp949.csv", 2)])
def test_own_files(name: str, count: int) -> None:
    assert assert_contract(name, (fixtures("csv") / name).read_bytes()) == count


def test_the_own_file_in_detail() -> None:
    document = read("a.csv", (fixtures("csv") / "items.csv").read_bytes())
    found = [(s.key, s.variant, s.source, s.target, s.location) for s in document.segments]
    assert found == [
        ("ITEM_1", "en", "불꽃의 검", "Flame, Sword", "line 2"),
        ("ITEM_1", "ja", "불꽃의 검", "炎の剣", "line 2"),
        ("ITEM_2", "en", '그는 "안녕"이라 했다', 'He said "hi"', "line 3"),
        ("ITEM_2", "ja", '그는 "안녕"이라 했다', "", "line 3"),
        ("ITEM_3", "en", "두\r\n줄", "two\r\nlines", "line 4"),
        ("ITEM_3", "ja", "두\r\n줄", "", "line 4"),
    ]
    assert document.segments[0].comment == "메모"


def test_quoting_follows_the_field_and_the_text() -> None:
    data = b'key,source,target\na,s,plain\nb,s,"quoted"\n'
    document = read("a.csv", data)
    head = b"key,source,target\n"
    assert document.write({0: "new"}) == head + b'a,s,new\nb,s,"quoted"\n'
    assert document.write({1: "new"}) == head + b'a,s,plain\nb,s,"new"\n'
    assert document.write({0: 'x,"y"'}) == head + b'a,s,"x,""y"""\nb,s,"quoted"\n'
    assert document.write({0: "l1\r\nl2", 1: ""}) == head + b'a,s,"l1\r\nl2"\nb,s,""\n'


def test_missing_fields_get_their_delimiters() -> None:
    data = b"key,source,en,ja\r\na,s\r\nb,s,x\r\nc,s,x,y"
    document = read(
        "a.csv", data, {"columns": {"0": "key", "1": "source", "2": "target", "3": "target"}, "header": True}
    )
    assert [s.variant for s in document.segments[:2]] == ["en", "ja"]
    assert document.write({0: "1"}) == data.replace(b"a,s\r", b"a,s,1\r")
    assert document.write({1: "2"}) == data.replace(b"a,s\r", b"a,s,,2\r")
    assert document.write({1: "2", 0: "1"}) == data.replace(b"a,s\r", b"a,s,1,2\r")
    assert document.write({3: "3"}) == data.replace(b"b,s,x\r", b"b,s,x,3\r")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\r\r\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_marks_are_kept(end: str, last: bool, bom: bytes) -> None:
    text = end.join(["key;source;target", "a;s;t", "b;s;", "", "c;s;'x"]) + (end if last else "")
    assert assert_contract("a.csv", bom + text.encode()) == 3


def test_utf16_and_the_separator_line() -> None:
    text = "sep=|\r\nkey|source|target\r\na|가|t\r\n"
    data = b"\xff\xfe" + text.encode("utf-16-le")
    assert assert_contract("a.csv", data) == 1
    assert read("a.csv", data).options["delimiter"] == "|"


ODD = [
    "=1+1",
    "-1",
    '"',
    '""',
    "a,b",
    ";",
    "\t",
    " x ",
    "a\nb",
    "a\rb",
    "<b>&amp;",
    "🎲",
    "\\n",
    "\\",
    '\\"',
    "'",
    "\x0b\x1c",
]


@pytest.mark.parametrize(
    "data", [b"key,source,target\na,s,t\n", b'"key";"source";"target"\n"a";"s \\"q\\" \\\\";"t"\n']
)
def test_odd_texts_survive(data: bytes) -> None:
    document = read("a.csv", data)
    for text in ODD:
        again = read("a.csv", document.write({0: text}), document.options)
        assert [s.target for s in again.segments] == [text]
    with pytest.raises(FormatError, match="line 2"):
        document.write({0: "a\0b"})


def test_what_the_encoding_lacks_is_named() -> None:
    data = (fixtures("csv") / "cp949.csv").read_bytes()
    document = read("a.csv", data)
    assert document.encoding == "cp949"
    with pytest.raises(FormatError, match=r"line 2.*U\+1F3B2"):
        document.write({0: "a🎲"})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b'key,source,target\na,"never closed\n', "line 2.*never closed"),
        (b"\xff\xfea", "utf-16"),
    ],
)
def test_bad_files_are_named(data: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read("a.csv", data)


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": "x"}, {"delimiter": 1}, {"quote": "'"}, {"escape": "/"}, {"columns": []},
        {"columns": {"A": "key"}},
        {"columns": {"0": "target", "x": ""}, "nothing": 1},
        {"header": "no"}, {"encoding": "klingon"}, {"header_row": 0},
    ],
)  # fmt: skip
def test_wrong_options_are_named(options: dict[str, object]) -> None:
    with pytest.raises(FormatError):
        read("a.csv", b"key,source,target\na,s,t\n", options)


def test_without_quotes() -> None:
    document = read("a.csv", b'source,target\n"a,b"\n', {"quote": ""})
    assert (document.segments[0].source, document.segments[0].target) == ('"a', 'b"')
    with pytest.raises(FormatError):
        document.write({0: "x,y"})


def test_inspection() -> None:
    shown = inspect("a.csv", (fixtures("csv") / "items.csv").read_bytes(), limit=2)
    assert [(c.id, c.role, c.language) for c in shown.tables[0].columns] == [
        ("0", "key", ""), ("1", "source", "ko"), ("2", "target", "en"), ("3", "target", "ja"), ("4", "comment", ""),
    ]  # fmt: skip
    assert shown.tables[0].total == 4 and len(shown.tables[0].rows) == 2
    assert (shown.total_segments, shown.variants) == (6, ["en", "ja"])


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    new=CELLS,
)
def test_generated_files(rows: list[tuple[str, str]], delimiter: str, end: str, quoting: int, new: str) -> None:
    if any("\r" in cell for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # the writer leaves a CR bare where lines end in LF: that would be a line end
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([("key", "source", "target"), *((f"k{i}", s, t) for i, (s, t) in enumerate(rows))])
    data = stream.getvalue().encode()
    options = {"delimiter": delimiter, "escape": "", "header": True, "encoding": "utf-8"}
    options["columns"] = {"0": "key", "1": "source", "2": "target"}
    document = read("a.csv", data, options)
    expected = [(f"k{i}", s, t) for i, (s, t) in enumerate(rows) if s or t]
    assert [(s.key, s.source, s.target) for s in document.segments] == expected
    for position, segment in enumerate(document.segments):
        written = document.write({position: new})
        again = read("a.csv", written, options)
        if new or segment.source:
            assert [s.target for s in again.segments] == [
                new if i == position else s.target for i, s in enumerate(document.segments)
            ]
        start, stop, _ = differing(data, written)
        assert stop - start <= len(segment.target.encode()) * 2 + 2


def test_mutated_bytes_raise_only_format_errors() -> None:
    chance = random.Random(3)
    original = (fixtures("csv") / "items.csv").read_bytes()
    written = refused = 0
    for _ in range(300):
        changed = bytearray(original)
        for _ in range(chance.randint(1, 5)):
            changed[chance.randrange(len(changed))] = chance.choice(b'",;\r\n\\\xff\x00a')
        try:
            document = read("a.csv", bytes(changed))
            document.write(dict.fromkeys(range(len(document.segments)), "new"))
            written += 1
        except FormatError:
            refused += 1
    assert written and refused, "both must happen, or the damage is of no use"


@pytest.mark.parametrize("escape", ["", "\\"])
def test_the_way_of_escaping_is_found_far_down(escape: str) -> None:
    """The first quote inside a text is beyond the rows that are looked at first."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, doublequote=not escape, escapechar=escape or None)
    rows = [("key", "source", "target"), *((f"k{i}", f"text {i}", "") for i in range(100))]
    rows += [("k100", 'a "quoted" word', "a\\"), ("k101", 'back\\slash and \\"', '"')]
    writer.writerows(rows)
    data = stream.getvalue().encode()
    document = read("a.csv", data)
    assert document.options["escape"] == escape
    assert [(s.key, s.source, s.target) for s in document.segments] == rows[1:]
    assert assert_contract("a.csv", data, sample=5) == 102
