"""JSON and ARB: the byte contract, comments, escapes, both shapes, and keys only the source file has."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ldm.formats import FormatError, inspect, read

from .contract import assert_contract, fixtures, shared_data
from .test_properties import ODD, table

FOLDER = fixtures("json")
SHARED = shared_data()
BILINGUAL = {"fields": {"key": "id", "source": "ko", "target": "en", "comment": "memo", "max_length": "limit"}}
COUNTED: dict[str, tuple[int, dict[str, Any]]] = {
    "en.json": (6, {}),
    "ko.json": (4, {}),
    "escaped_crlf_bom.json": (4, {}),
    "items_bilingual.json": (5, BILINGUAL),
    "app_en.arb": (2, {}),
    "utf16.json": (2, {}),
}
SHARED_COUNTED = {
    "poedit-crlf.json": 5,
    "poedit-nested-en.json": 267,
    "poedit-nested-zh-Hans.json": 267,
    "tolgee-app_en.arb": 3,
    "tolgee-i18next.json": 22,
}


@pytest.mark.parametrize("name", COUNTED)
def test_contract_of_fixtures(name: str) -> None:
    count, options = COUNTED[name]
    assert assert_contract(name, (FOLDER / name).read_bytes(), options) == count


@pytest.mark.skipif(SHARED is None, reason="no shared data")
@pytest.mark.parametrize(("name", "count"), SHARED_COUNTED.items())
def test_contract_of_shared_files(name: str, count: int) -> None:
    assert SHARED is not None
    assert assert_contract(name, (SHARED / "formats/json" / name).read_bytes()) == count


@pytest.mark.skipif(SHARED is None, reason="no shared data")
@pytest.mark.parametrize(("version", "files", "count"), [("old", 42, 511), ("new", 72, 799)])
def test_game_values_equal_the_table(version: str, files: int, count: int) -> None:
    assert SHARED is not None
    rows = {row["key"]: row for row in table(SHARED / "stardew" / f"{version}.tsv")}
    found = sorted((SHARED / "stardew" / version).rglob("*.json"))
    assert len(found) == files
    english = 0
    for path in found:
        language = "en" if path.stem == "default" else path.stem
        data = path.read_bytes()
        document = read(path.name, data)
        assert document.write({}) == data
        english += len(document.segments) if language == "en" else 0
        for segment in document.segments:
            row = rows.get(f"{path.parent.name}:{segment.key[1:].replace('~1', '/').replace('~0', '~')}")
            assert row is None or row[language] == segment.target
    assert english == count


@pytest.mark.skipif(SHARED is None, reason="no shared data")
@pytest.mark.parametrize("mod", ["Automate", "DebugMode", "NoclipMode", "TractorMod"])
def test_contract_of_game_files(mod: str) -> None:
    assert SHARED is not None
    for path in sorted((SHARED / "stardew/new" / mod).glob("*.json")):
        assert assert_contract(path.name, path.read_bytes(), sample=6) > 5


def test_pointers_and_comments() -> None:
    document = read("en.json", (FOLDER / "en.json").read_bytes())
    keys = [s.key for s in document.segments]
    assert keys == ["/title", "/menu/start", "/menu/quit", "/tips/0", "/tips/1", "/path~1with~0odd"]
    assert document.segments[0].comment == "the first screen"
    assert document.segments[2].location == "line 6"
    assert [s.key for s in read("x.json", b'"alone"').segments] == [""]
    assert [s.key for s in read("x.json", b'{"": {"": "x"}}').segments] == ["//"]


def test_arb_metadata_is_about_others() -> None:
    segments = read("app_en.arb", (FOLDER / "app_en.arb").read_bytes()).segments
    assert [(s.key, s.comment) for s in segments] == [("/greeting", "Shown after login"), ("/bye", "")]


def test_bilingual_objects() -> None:
    data = (FOLDER / "items_bilingual.json").read_bytes()
    document = read("x.json", data, BILINGUAL)
    assert [(s.key, s.source, s.target) for s in document.segments] == [
        ("12345678901234567", "검은 여우", "Black Fox"),
        ("sword", "검", ""),
        ("shield", "방패", ""),
        ("inner", "안쪽", ""),
        ("sword#2", "두 번째 검", "Second sword"),
    ]
    assert (document.segments[0].comment, document.segments[0].max_length) == ("monster", 20)
    written = document.write({1: "Sword", 2: "Shield"}).decode()
    assert '{"id": "sword", "ko": "검", "en": "Sword"}' in written
    assert '"ko": "방패", "en": "Shield", "more"' in written


def test_bilingual_with_several_targets() -> None:
    options = {"fields": {"source": "ko", "target": ["en", "de"]}}
    data = '{"a": {\n    "ko": "검",\n    "de": "Schwert"\n}}'.encode()
    document = read("x.json", data, options)
    assert [(s.key, s.variant, s.target) for s in document.segments] == [("/a", "en", ""), ("/a", "de", "Schwert")]
    expected = '{"a": {\n    "ko": "검",\n    "en": "Sword",\n    "de": "Schwert"\n}}'
    assert document.write({0: "Sword"}).decode() == expected
    assert assert_contract("x.json", data, options) == 2
    both = read("x.json", '[{"ko":"검"}]'.encode(), options).write({0: "S", 1: "T"}).decode()
    assert both == '[{"ko":"검","en":"S","de":"T"}]'


def edited(data: str, text: str) -> str:
    return read("x.json", data.encode()).write({0: text}).decode()


def test_escapes_follow_the_file() -> None:
    assert edited('{"a": "\\uC5EC", "b": "x"}', "é🦊") == '{"a": "\\u00E9\\uD83E\\uDD8A", "b": "x"}'
    assert edited('{"a": "\\u00e9 여"}', "é여") == '{"a": "\\u00e9여"}'
    assert edited('{"a": "x"}', "여\u0001\n\t") == '{"a": "여\\u0001\\n\\t"}'
    assert edited('{"a": "a\\/b"}', "</b>") == '{"a": "<\\/b>"}'
    assert edited('{"a": "x", "b": "\\u003ci\\u003e"}', "<b>") == '{"a": "\\u003cb\\u003e", "b": "\\u003ci\\u003e"}'
    assert edited('{"a": "\\u00a0"}', "\u00a0") == '{"a": "\\u00a0"}'
    korean = read("x.json", '{"a": "검은 여우"}'.encode("cp949"))
    assert korean.write({0: "é여"}) == '{"a": "\\u00e9여"}'.encode("cp949")


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("text", [*ODD, "\0", "⟦1⟧", "x" * 5000])
def test_odd_texts_survive(name: str, text: str) -> None:
    options = COUNTED[name][1]
    document = read(name, (FOLDER / name).read_bytes(), options)
    for position in range(len(document.segments)):
        written = read(name, document.write({position: text}), document.options).segments
        assert [s.target for s in written] == [
            text if i == position else s.target for i, s in enumerate(document.segments)
        ]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ('{"a": "1",\n "a": "2"}', r"line 2:2: .*/a .*line 1"),
        ('{"x": {"b": [{"c": 1, "c": 2}]}}', r"/x/b/0/c"),
        ('{"a": "x\n"}', r"line 1:9"),
        ('{"a": "\x01"}', r"line 1:"),
        ('{"a": "\\x41"}', r"line 1:8"),
        ('{"a": "\\u12"}', r"line 1:8"),
        ('{"a" "b"}', r"line 1:6: expected a colon"),
        ('{"a": "b" "c"}', r"line 1:11"),
        ('{"a": 01}', r"line 1:7"),
        ("{'a': 1}", r"line 1:2"),
        ('{"a": nope}', r"line 1:7"),
        ('{"a": "b"', r"the file ends"),
        ('{"a": "b', r"line 1:9"),
        ('{"a": /* x', r"comment"),
        ('{"a": 1}}', r"line 1:9"),
        ("[,]", r"line 1:2"),
        ("[1,,]", r"line 1:4"),
        ("", r"empty"),
        ("  ", r"the file ends"),
        ("[" * 5000, r"nested deeper"),
        ('{"a":' * 5000, r"nested deeper"),
    ],
)
def test_bad_files_name_the_place(data: str, place: str) -> None:
    with pytest.raises(FormatError, match=place):
        read("x.json", data.encode())


def test_odd_but_readable() -> None:
    data = b'{"a": NaN, "b": [1, "x",], "c": "\\ud800", "t": "a\tb", "d": -Infinity,}'
    document = read("x.json", data)
    assert [(s.key, s.target, s.locked) for s in document.segments] == [
        ("/b/1", "x", False), ("/c", "\\ud800", True), ("/t", "a\tb", False),
    ]  # fmt: skip
    texts = " ".join(w.text for w in document.warnings)
    assert all(word in texts for word in ("NaN", "a comma before ]", "surrogate", "raw tab", "-Infinity"))
    with pytest.raises(FormatError, match="locked"):
        document.write({1: "x"})
    deep = "[" * 200 + '"x"' + "]" * 200
    assert assert_contract("x.json", deep.encode()) == 1


ADDED = [
    ('{"a":"1","b":{"c":"2","d":"3"},"e":"4"}', '{\n  "a": "A", // note\n  "b": {\n    "d": "D"\n  }\n}\n', 4),
    ('{"a":"1","b":{"c":"2","d":"3"},"e":"4"}', "{}", 4),
    ('{"a":"1","b":{"c":"2","d":"3"},"e":"4"}', "{\n}\n", 4),
    ('{"a":"1","b":{"c":"2","d":"3"},"e":"4"}', '{\r\n\t"a": null,\r\n\t"b": {},\r\n}\r\n', 4),
    ('{"b":{"c":"2","d":"3"},"x":"4"}', '{"x": "X", "b": {"d": "D"}, "own": "O"}', 4),
    ('{"a":"1","b":{"c":"2"},"l":["p","q"]}', '{"a": {"z": "Z"}, "b": "B"}', 2),
]


@pytest.mark.parametrize(("source", "target", "count"), ADDED)
def test_keys_of_the_source_file_are_added(source: str, target: str, count: int) -> None:
    options = {"source_file": {"filename": "en.json", "data": source.encode()}}
    assert assert_contract("ko.json", target.encode(), options) == count
    document = read("ko.json", target.encode(), options)
    everything = {i: f"X{i}" for i, s in enumerate(document.segments) if not s.target}
    written = document.write(everything)
    again = read("ko.json", target.encode(), document.options)
    assert again.write(everything) == written
    assert {s.key for s in read("ko.json", written).segments} == {s.key for s in document.segments}
    # Nothing of the original is lost.
    letters = iter(written.decode())
    assert all(any(c == letter for letter in letters) for c in target.replace("null", ""))


def test_added_keys_copy_the_layout() -> None:
    options = {"source_file": {"filename": "en.json", "data": (FOLDER / "en.json").read_bytes()}}
    document = read("ko.json", (FOLDER / "ko.json").read_bytes(), options)
    by_key = {s.key: i for i, s in enumerate(document.segments)}
    written = document.write({by_key["/menu/start"]: "시작", by_key["/path~1with~0odd"]: "이상"}).decode()
    assert '  "menu": {\n    "start": "시작",\n    "quit"' in written
    assert '멀리하세요."],\n  "path/with~odd": "이상",\n  "version": 3' in written
    assert document.segments[by_key["/tips/0"]].source == "Rest often."
    assert len(read("ko.json", (FOLDER / "ko.json").read_bytes(), {**options, "add_missing": False}).segments) == 4


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"colour": 1}, "colour"),
        ({"fields": {"source": "ko"}}, "target"),
        ({"fields": {"source": "ko", "target": "ko"}}, "target"),
        ({"fields": {"source": "ko", "target": 3}}, "target"),
        ({"fields": {"sauce": "ko"}}, "sauce"),
        ({"fields": []}, "fields"),
        ({"add_keys": [["a", None]]}, "add_keys"),
        ({"add_keys": "a"}, "add_keys"),
        ({"encoding": "ascii"}, "ascii"),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(FormatError, match=re.escape(named)):
        read("x.json", '{"a": "여"}'.encode(), options)


def test_inspection() -> None:
    found = inspect("en.json", (FOLDER / "en.json").read_bytes(), limit=2)
    assert (found.format, found.encoding, found.total_segments, len(found.segments)) == ("json", "utf-8", 6, 2)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
trees = st.recursive(
    texts | st.integers() | st.none() | st.booleans() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for child in children for text in strings(child)]


@given(trees, st.booleans(), st.sampled_from([None, 2]), st.data(), texts)
def test_any_tree(tree: object, ascii_only: bool, indent: int | None, draw: st.DataObject, text: str) -> None:
    data = json.dumps(tree, ensure_ascii=ascii_only, indent=indent).encode()
    document = read("x.json", data)
    assert [s.target for s in document.segments] == (strings(tree) if not arb(tree) else strings_of_arb(tree))
    if not document.segments:
        return
    position = draw.draw(st.integers(0, len(document.segments) - 1))
    written = document.write({position: text})
    assert json.loads(written) is not None or tree is None
    assert [s.target for s in read("x.json", written).segments] == [
        text if i == position else s.target for i, s in enumerate(document.segments)
    ]


def arb(tree: object) -> bool:
    return isinstance(tree, dict) and "@@locale" in tree


def strings_of_arb(tree: object) -> list[str]:
    assert isinstance(tree, dict)
    return strings({name: value for name, value in tree.items() if not name.startswith("@")})


@given(trees, trees)
def test_any_source_tree(source: object, target: object) -> None:
    data = json.dumps(target, ensure_ascii=False, indent=1).encode()
    options = {"source_file": {"filename": "en.json", "data": json.dumps(source).encode()}}
    document = read("x.json", data, options)
    written = document.write({i: f"X{i}" for i, s in enumerate(document.segments) if not s.target})
    values = {s.key: s.target for s in read("x.json", written).segments}
    for position, segment in enumerate(document.segments):
        assert values[segment.key] == (segment.target or f"X{position}")


@given(st.text('{}[]",:\\/*u0 \n1a', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    data = text.encode()
    try:
        document = read("x.json", data)
    except FormatError:
        return
    assert document.write({}) == data
