"""Tab-separated text: the game layout, ragged rows, line feeds as two characters, encodings."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.formats import FormatError, inspect, read

from .contract import assert_contract, fixtures, shared_data

ROW = "39\t7924197\t1824\t0\t3\t{ChangeScene(A)}▶안녕\\n▶잘 가\t▶Hello\\n▶Bye\tCurrent\t"


@pytest.mark.parametrize(
    ("name", "count", "encoding"),
    [
        ("game.txt", 5, "utf-8"), ("game-cp949.txt", 3, "cp949"), ("game-utf16.txt", 2, "utf-16-le"),
        ("simple.tsv", 3, "utf-8"), ("french-cp1252.txt", 1, "cp1252"),
    ],
)  # fmt: skip
def test_own_files(name: str, count: int, encoding: str) -> None:
    data = (fixtures("txt") / name).read_bytes()
    assert assert_contract(name, data) == count
    assert read(name, data).encoding == encoding


@pytest.mark.parametrize(
    ("name", "count"),
    [("spd/v2.0.0.tsv", 11_149), ("spd/glossary_v3.3.6.tsv", 4_224), ("formats/glossary/omegat-utf16le.txt", 2)],
)
def test_real_files(name: str, count: int) -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("no shared data beside the repository")
    assert assert_contract(name, (folder / name).read_bytes(), sample=4) == count


def test_the_game_layout() -> None:
    document = read("a.txt", (fixtures("txt") / "game.txt").read_bytes())
    first = document.segments[0]
    assert first.key == "39 7924197 1824 0 3"
    assert (first.source, first.target) == ("{ChangeScene(A)}▶안녕\n▶잘 가", "▶Hello\n▶Bye")
    assert [s.key for s in document.segments][1:3] == ["39 7924197 1824 0 4", "39 7924197 1824 0 4#2"]
    assert [s.target for s in document.segments][3:] == ["", "Bye\u00a0!"]


def test_an_edit_changes_one_cell() -> None:
    data = (ROW + "\r\n" + ROW).encode()
    written = read("a.txt", data).write({0: "one\ntwo {0} \\t"})
    assert written == (ROW.replace("▶Hello\\n▶Bye", "one\\ntwo {0} \\t") + "\r\n" + ROW).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_a_short_row_gets_its_tab(end: str) -> None:
    short = "1\t2\t3\t4\t5\t한국어"
    data = end.join([ROW, short, "1\t2\t3", "", short]).encode()
    document = read("a.txt", data)
    assert [s.location for s in document.segments] == ["line 1", "line 2", "line 5"]
    assert document.write({1: "Korean"}) == end.join([ROW, short + "\tKorean", "1\t2\t3", "", short]).encode()
    assert document.write({2: "Korean"}) == data + b"\tKorean"
    assert document.write({1: ""}) == data


def test_tabs_carriage_returns_and_nul_are_refused() -> None:
    document = read("a.txt", ROW.encode())
    for text in ("a\tb", "a\rb", "a\r\nb", "a\0b"):
        with pytest.raises(FormatError, match="line 1"):
            document.write({0: text})


def test_what_cp949_lacks_is_named() -> None:
    document = read("a.txt", (fixtures("txt") / "game-cp949.txt").read_bytes())
    with pytest.raises(FormatError, match=r"line 2.*U\+1F3B2"):
        document.write({1: "🎲"})


def test_mapped_columns_and_header() -> None:
    data = "Nr\tText\tÜbersetzung\tLänge\n1\tone\teins\t20\n2\ttwo\t\tx\n".encode()
    options = {
        "header": True,
        "columns": {"0": "key", "1": "source", "2": {"role": "target", "language": "de"}, "3": "max_length"},
    }
    document = read("a.tsv", data, options)
    found = [(s.key, s.source, s.target, s.variant, s.max_length) for s in document.segments]
    assert found == [("1", "one", "eins", "de", 20), ("2", "two", "", "de", None)]
    assert_contract("a.tsv", data, options)


def test_header_words_decide() -> None:
    document = read("a.tsv", "StringID\t한국어\tEnglish\nA\t가\ta\nB\t나\tb\n".encode())
    assert [(s.key, s.source, s.target) for s in document.segments] == [("A", "가", "a"), ("B", "나", "b")]
    assert document.options["header"] is True


ODD = [
    "=1+1",
    "-1",
    '"',
    '"a',
    "a\nb",
    " x ",
    "<b>&amp;",
    "🎲",
    "\\",
    "\\t",
    "{0}",
    "'",
    "\x0b\x0c\x85\u2028",
    "C:\\data",
]


def test_odd_texts_survive() -> None:
    document = read("a.txt", ROW.encode())
    for text in ODD:
        again = read("a.txt", document.write({0: text}), document.options)
        assert [s.target for s in again.segments] == [text]


def test_a_file_without_segments_and_an_empty_one() -> None:
    document = read("a.txt", b"\n\n")
    assert len(document.segments) == 0 and document.write({}) == b"\n\n" and document.warnings
    with pytest.raises(FormatError, match="empty"):
        read("a.txt", b"")


def test_inspection() -> None:
    shown = inspect("a.txt", (ROW + "\n").encode(), limit=5)
    assert [c.role for c in shown.tables[0].columns] == ["key"] * 5 + ["source", "target", "", ""]
    assert shown.total_segments == 1 and shown.encoding == "utf-8"


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\\"), min_size=1, max_size=10)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=9), min_size=1, max_size=6), new=CELL)
def test_generated_files(rows: list[list[str]], new: str) -> None:
    data = "\n".join("\t".join(row) for row in rows).encode()
    options = {"columns": {"0": "key", "5": "source", "6": "target"}, "header": False, "encoding": "utf-8"}
    document = read("a.txt", data, options)
    expected = [(row[5], row[6] if len(row) > 6 else "") for row in rows if len(row) > 5]
    assert [(s.source, s.target) for s in document.segments] == expected
    lines = [number for number, row in enumerate(rows) if len(row) > 5]
    for position, line in enumerate(lines):
        changed = [list(row) for row in rows]
        changed[line][6:7] = [new]
        assert document.write({position: new}) == "\n".join("\t".join(row) for row in changed).encode()


def test_mutated_bytes_raise_only_format_errors() -> None:
    chance = random.Random(5)
    original = (fixtures("txt") / "game.txt").read_bytes()
    for _ in range(300):
        changed = bytearray(original)
        for _ in range(chance.randint(1, 6)):
            changed[chance.randrange(len(changed))] = chance.choice(b"\t\r\n\\\xff\x00a")
        try:
            document = read("a.txt", bytes(changed))
            document.write(dict.fromkeys(range(len(document.segments)), "new"))
        except FormatError:
            continue
