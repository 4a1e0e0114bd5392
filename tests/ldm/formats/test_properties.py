"""Java properties: the byte contract, escapes, encodings, and keys only the source file has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ldm.formats import FormatError, read

from .contract import assert_contract, fixtures, shared_data

FOLDER = fixtures("properties")
SHARED = shared_data()
COUNTED = {
    "ui.properties": 8,
    "ui_ko.properties": 3,
    "ascii_crlf.properties": 3,
    "latin1.properties": 2,
    "mac_cr.properties": 2,
}
SHARED_COUNTED = {
    "omegat-nonascii-comments.properties": 5,
    "omegat-smp-bom.properties": 2,
    "omegat-whitespace.properties": 4,
    "tolgee-example.properties": 9,
}
ODD = [
    'a "quoted" \\ back', "two\nlines\n", "tab\tin", "<b>&amp;</b>", "🦊 emoji", "= sum", ": colon", "#no comment",
    "!no comment", "  lead and trail  ", "\x01\x7f\x85", "\u2028\ufeff", "\\n literal", "a\r\nb", "\\", "é한",
]  # fmt: skip


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of one of the shared tables, decoded."""
    escapes = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
    lines = path.read_bytes().decode().split("\n")
    header = lines[0].split("\t")
    for line in lines[1:]:
        if line:
            cells = (re.sub(r"\\(.)", lambda m: escapes[m[1]], cell) for cell in line.split("\t"))
            yield dict(zip(header, cells, strict=True))


@pytest.mark.parametrize(("name", "count"), COUNTED.items())
def test_contract_of_fixtures(name: str, count: int) -> None:
    assert assert_contract(name, (FOLDER / name).read_bytes()) == count


@pytest.mark.skipif(SHARED is None, reason="no shared data")
@pytest.mark.parametrize(("name", "count"), SHARED_COUNTED.items())
def test_contract_of_shared_files(name: str, count: int) -> None:
    assert SHARED is not None
    assert assert_contract(name, (SHARED / "formats/properties" / name).read_bytes()) == count


@pytest.mark.skipif(SHARED is None, reason="no shared data")
@pytest.mark.parametrize(("version", "count"), [("v2.0.0", 3719), ("v3.3.6", 4830)])
def test_game_values_equal_the_table(version: str, count: int) -> None:
    assert SHARED is not None
    rows = {row["key"]: row for row in table(SHARED / "spd" / f"{version}.tsv")}
    assert len(rows) == count
    totals: dict[str, int] = {}
    for path in sorted((SHARED / "spd/properties" / version).rglob("*.properties")):
        language = path.stem.partition("_")[2] or "en"
        data = path.read_bytes()
        document = read(path.name, data)
        assert document.write({}) == data
        totals[language] = totals.get(language, 0) + len(document.segments)
        for segment in document.segments:
            assert segment.target == rows[segment.key][language], segment.key
    assert totals["en"] == count


def test_values_as_java_reads_them() -> None:
    segments = {s.key: s for s in read("ui.properties", (FOLDER / "ui.properties").read_bytes()).segments}
    assert segments["ui.hint"].target == "Rest often.\nSalt burns."
    assert segments["ui.hint"].comment == "a hint"
    assert segments["ui.long"].target == "First line\nSecond line\n indented"
    assert segments["ui.empty"].target == segments["ui.bare"].target == ""
    assert segments["key with spaces"].target == "a = b : c"
    assert segments["ui.mixed"].target == "été \t tab"
    assert segments["ui.title#2"].target == "again"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a\\\n  b = c\\\n\n d", [("ab", "c"), ("d", "")]),
        (b"\\\n\n# x\nk v", [("k", "v")]),
        (b"a=b\\", [("a", "b")]),
        (b"\\=\\:\\#=\\q\\'", [("=:#", "q'")]),
        (b"=v\n:w", [("", "v"), ("#2", "w")]),
        (b"#c\\\nk=v", [("k", "v")]),
        (b"a \t=\f b ", [("a", "b ")]),
        (b"a==b", [("a", "=b")]),
        (b"a=1\r\r\nb=2", [("a", "1"), ("b", "2")]),
        (b"a=\\\\\nb=2", [("a", "\\"), ("b", "2")]),
        (b"# only a comment", []),
    ],
)
def test_grammar(data: bytes, expected: list[tuple[str, str]]) -> None:
    document = read("x.properties", data)
    assert [(s.key, s.target) for s in document.segments] == expected
    if expected:
        assert_contract("x.properties", data)


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("text", ODD)
def test_odd_texts_survive(name: str, text: str) -> None:
    document = read(name, (FOLDER / name).read_bytes())
    for position in range(len(document.segments)):
        written = read(name, document.write({position: text}), document.options).segments
        assert [s.target for s in written] == [
            text if i == position else s.target for i, s in enumerate(document.segments)
        ]


def edited(data: bytes, text: str, name: str = "x.properties") -> bytes:
    return read(name, data).write({0: text})


def test_non_ascii_follows_the_file() -> None:
    assert edited(b"a=x\n", "여é") == b"a=\\uC5EC\\u00E9\n"
    assert edited(b"a=x\nb=\\u00e9", "여") == b"a=\\uc5ec\nb=\\u00e9"
    assert edited("# é\na=x\n".encode(), "여") == "# é\na=\\uC5EC\n".encode()
    assert edited("a=x\nb=여\n".encode(), "여\u0001") == "a=여\\u0001\nb=여\n".encode()
    assert edited("a=a\\u00a0b\nb=여\n".encode(), "여\u00a0") == "a=여\\u00a0\nb=여\n".encode()
    assert edited("a=Größe\n".encode("latin-1"), "é여") == b"a=\xe9\\uC5EC\n"
    assert edited(b"a=x\n", "🦊") == b"a=\\uD83E\\uDD8A\n"


def test_old_escapes_breaks_and_separators_are_kept() -> None:
    assert edited(b"a=b\\:c\n", "d:e") == b"a=d\\:e\n"
    assert edited(b"a x\n", "=y") == b"a \\=y\n"
    assert edited(b"a\n", "y") == b"a=y\n"
    assert edited(b"a=1\\n\\\n   2\n", "x\n y\nz") == b"a=x\\n\\\n   \\ y\\n\\\n   z\n"
    assert edited(b"a=b", " c ") == b"a=\\ c "


def test_half_a_surrogate_pair_is_locked() -> None:
    document = read("x.properties", b"a=\\ud800x\nb=\\ud83e\\udd8a")
    assert [(s.target, s.locked) for s in document.segments] == [("\\ud800x", True), ("🦊", False)]
    assert document.warnings
    with pytest.raises(FormatError, match="line 1"):
        document.write({0: "y"})


@pytest.mark.parametrize(
    ("data", "place"),
    [(b"ok=1\nID=\\uABC", "line 2:4"), (b"a=\\u", "line 1:3"), (b"\\uXYZW=1", "line 1:1"), (b"", "empty")],
)
def test_bad_files_name_the_place(data: bytes, place: str) -> None:
    with pytest.raises(FormatError, match=place):
        read("x.properties", data)


def test_keys_of_the_source_file_are_added() -> None:
    source = {"filename": "ui.properties", "data": (FOLDER / "ui.properties").read_bytes()}
    data = (FOLDER / "ui_ko.properties").read_bytes()
    options = {"source_file": source}
    assert assert_contract("ui_ko.properties", data, options) == 7
    document = read("ui_ko.properties", data, options)
    keys = [s.key for s in document.segments]
    assert keys == ["ui.title", "ui.hint", "ui.long", "ui.empty", "ui.bare", "key with spaces", "ui.mixed"]
    assert document.segments[1].source == "Rest often.\nSalt burns." and document.segments[1].target == ""
    written = document.write({1: "쉬세요", 6: "끝"}).decode()
    assert "ui.title=소금 여우\nui.hint=쉬세요\nui.long" in written
    assert written.endswith("a = b : c\nui.mixed=끝")
    again = read("ui_ko.properties", data, document.options)
    assert [(s.key, s.target) for s in again.segments] == [(s.key, s.target) for s in document.segments]
    assert len(read("ui_ko.properties", data, {**options, "add_missing": False}).segments) == 3


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"colour": "x"}, "colour"),
        ({"encoding": 3}, "encoding"),
        ({"encoding": "nonsense"}, "nonsense"),
        ({"encoding": "hex"}, "hex"),
        ({"source_file": {"filename": "x"}}, "source_file"),
        ({"source_file": {"filename": "en.properties", "data": b"a=\\u1"}}, "en.properties"),
        ({"add_keys": [["a"]]}, "add_keys"),
        ({"add_missing": "yes"}, "add_missing"),
    ],
)
def test_bad_options_are_named(options: dict[str, object], named: str) -> None:
    with pytest.raises(FormatError, match=re.escape(named)):
        read("x.properties", b"a=1", options)


def test_encodings() -> None:
    assert read("x.properties", "a=Größe".encode("latin-1")).encoding == "iso8859-1"
    assert read("x_ko.properties", "a=검은 여우".encode("cp949")).segments[0].target == "검은 여우"
    wide = read("x.properties", "a=여우".encode("utf-16"))
    assert wide.segments[0].target == "여우"
    assert wide.write({0: "é"}).decode("utf-16") == "a=é"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4), st.data(), texts)
def test_any_value_survives(pairs: list[tuple[str, str]], data: st.DataObject, text: str) -> None:
    document = read("x.properties", "".join(f"k{i}=\nz{i} : v\n" for i in range(len(pairs))).encode())
    first = document.write({2 * i: value for i, (_, value) in enumerate(pairs)})
    second = read("x.properties", first)
    assert [s.target for s in second.segments][::2] == [value for _, value in pairs]
    position = data.draw(st.integers(0, len(second.segments) - 1))
    third = read("x.properties", second.write({position: text})).segments
    assert [s.target for s in third] == [text if i == position else s.target for i, s in enumerate(second.segments)]


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = read("x.properties", data)
    except FormatError:
        return
    assert document.write({}) == data
