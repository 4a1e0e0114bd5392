"""XML by explicit and guessed rules: attributes, element text, children, CDATA, inline tokens."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from apps.ldm.formats import FormatError, inspect, read

from .contract import assert_contract, differing, fixtures, shared_data

ITEMS: dict[str, Any] = {
    "rules": [
        {
            "element": "Items/Item",
            "source": "Name",
            "target": "NameEn",
            "key": "@Id",
            "context": ["@Type", "../@None"],
            "comment": "Note",
            "max_length": "Note/@max",
        }
    ]
}


def items() -> bytes:
    return (fixtures("xml") / "items.xml").read_bytes()


def texts() -> bytes:
    return (fixtures("xml") / "texts.xml").read_bytes()


def test_children_by_rule() -> None:
    assert assert_contract("items.xml", items(), ITEMS) == 4
    segments = read("items.xml", items(), ITEMS).segments
    assert [(s.key, s.source, s.target) for s in segments] == [
        ("1001", "불꽃 검", "Flame Sword"),
        ("1002", "그림자 활", ""),
        ("1003", "물약", ""),
        ("1005", "<b>책</b> & 펜", "<b>Book</b> & pen"),
    ]
    assert (segments[0].context, segments[0].comment, segments[0].max_length) == ("sword", "weapon", 20)
    assert segments[1].max_length is None


def test_absent_and_empty_children_are_made() -> None:
    document = read("items.xml", items(), ITEMS)
    written = document.write({1: "Bow <b>", 2: "Potion", 3: "a ]]> b"})
    assert "<Name>그림자 활</Name>\n      <NameEn>Bow &lt;b&gt;</NameEn>\n      <Note".encode() in written
    assert "<Name>물약</Name><NameEn>Potion</NameEn></Item>".encode() in written
    assert b"<NameEn>\n      <![CDATA[a ]]]]><![CDATA[> b]]>\n    </NameEn>" in written
    assert [s.target for s in read("items.xml", written, ITEMS).segments][1:] == ["Bow <b>", "Potion", "a ]]> b"]


def test_two_children_of_one_empty_element() -> None:
    rules = [{"element": "Item", "source": "@Src", "target": t, "key": "@Id"} for t in ("Name", "Desc", "@Title")]
    data = b'<R><Item Id="1" Src="x" /></R>'
    written = read("a.xml", data, {"rules": rules}).write({0: "n", 1: "d", 2: "t"})
    assert written == b'<R><Item Id="1" Src="x" Title="t"><Name>n</Name><Desc>d</Desc></Item></R>'
    assert assert_contract("a.xml", data, {"rules": rules}) == 3


@pytest.mark.parametrize(
    ("rule", "keys"),
    [
        ({"element": "Item", "target": "Name", "key": "path"}, ["/StaticInfo/Items[1]/Item[1]"]),
        ({"element": "item", "target": "name", "key": "@ID"}, ["1001"]),
        ({"element": "Shop/Item", "target": "./Name", "key": "@Id"}, ["9"]),
        ({"element": "Name", "target": "text()", "key": "../@Id"}, ["1001"]),
        ({"element": "Item/*", "target": ".", "key": "../@Id"}, ["1001", "1001#2", "1001#3"]),
        ({"element": "Item", "target": "Note/@max", "key": ["@Nothing", "@Type"]}, ["sword", "bow"]),
    ],
)
def test_kinds_of_refs(rule: dict[str, Any], keys: list[str]) -> None:
    options = {"rules": [rule]}
    assert [s.key for s in read("items.xml", items(), options).segments][: len(keys)] == keys
    assert assert_contract("items.xml", items(), options) >= len(keys)


def test_letter_case_can_matter() -> None:
    rule = {"element": "item", "target": "Name", "key": "@Id", "ignore_case": False}
    assert len(read("items.xml", items(), {"rules": [rule]}).segments) == 0


def test_guessed_string_elements_with_text() -> None:
    assert assert_contract("texts.xml", texts()) == 6
    document = read("texts.xml", texts())
    assert document.options["rules"] == [{"element": "String", "key": "@Id", "target": "text()"}]
    by_key = {s.key: s for s in document.segments}
    assert by_key["inline"].target == "Press ⟦1/⟧ to ⟦2⟧jump ⟦3⟧high⟦/3⟧⟦/2⟧⟦4/⟧."
    assert dict(by_key["inline"].codes) == {1: '<key name="A"/>', 2: "<b>", 3: "<i>", 4: "<!-- check -->"}
    assert by_key["cdata"].target == "5 < 6 & <b>bold</b>"
    assert by_key["entities"].target == "R&D <br/> 안"
    assert by_key["bracket"].target == "the sign ⟦⟦ itself"
    assert by_key["spaces"].target == "  kept  "


def test_tokens_become_their_markup() -> None:
    document = read("texts.xml", texts())
    position = next(i for i, s in enumerate(document.segments) if s.key == "inline")
    written = document.write({position: "⟦2⟧Jump & ⟦3⟧up⟦/3⟧⟦/2⟧: ⟦1/⟧ ⟦⟦"})
    assert b'<b>Jump &amp; <i>up</i></b>: <key name="A"/> \xe2\x9f\xa6</String>' in written


@pytest.mark.parametrize("broken", ["⟦9/⟧", "⟦2⟧", "⟦/2⟧", "⟦2⟧⟦3⟧⟦/2⟧⟦/3⟧", "⟦1/⟧⟦1/⟧", "⟦2/⟧", "⟦1⟧x⟦/1⟧", "⟦x"])
def test_broken_tokens_are_refused(broken: str) -> None:
    document = read("texts.xml", texts())
    position = next(i for i, s in enumerate(document.segments) if s.key == "inline")
    with pytest.raises(FormatError, match="line 4"):
        document.write({position: broken})


def test_codes_of_a_source_serve_an_empty_target() -> None:
    data = b"<R><T><S>go <b>now</b> <br/></S><D></D></T><T><S>a <x/> <y/></S><D><y/> <x/> <z/></D></T></R>"
    options = {"rules": [{"element": "T", "source": "S", "target": "D"}]}
    document = read("a.xml", data, options)
    assert document.segments[0].source == "go ⟦1⟧now⟦/1⟧ ⟦2/⟧"
    assert document.segments[1].target == "⟦2/⟧ ⟦1/⟧ ⟦3/⟧"
    written = document.write({0: "⟦2/⟧ ⟦1⟧jetzt⟦/1⟧"})
    assert b"<D><br/> <b>jetzt</b></D>" in written
    assert read("a.xml", written, options).segments[0].target == "⟦2/⟧ ⟦1⟧jetzt⟦/1⟧"
    assert assert_contract("a.xml", data, options) == 2


def test_tokens_turn_cdata_into_markup() -> None:
    data = b"<R><T><S>go <b>now</b></S><D> <![CDATA[<go>]]> </D></T></R>"
    options = {"rules": [{"element": "T", "source": "S", "target": "D"}]}
    document = read("a.xml", data, options)
    assert b"<D>&lt;x&gt; <b>y</b></D>" in document.write({0: "<x> ⟦1⟧y⟦/1⟧"})
    assert b"<D> <![CDATA[<x>]]> </D>" in document.write({0: "<x>"})
    with pytest.raises(FormatError):
        document.write({0: "⟦x"})


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb", "tab\t", "<br/> & ]]>", "\"'", " x ", "🎲", "=1", "&#10;", "]]>]]>", "\\"]
)
@pytest.mark.parametrize("inside", ["x", "<![CDATA[x]]>", " <![CDATA[x]]><![CDATA[y]]> ", "", "x<![CDATA[y]]>"])
def test_odd_texts_in_element_text(text: str, inside: str) -> None:
    data = f'<R><String Id="a" Src="s">{inside}</String></R>'.encode()
    options = {"rules": [{"element": "String", "source": "@Src", "target": "text()", "key": "@Id"}]}
    written = read("a.xml", data, options).write({0: text})
    assert read("a.xml", written, options).segments[0].target == text
    parsed = ElementTree.fromstring(written).findtext("String")
    assert parsed is not None and parsed.strip() == text.strip()
    assert (b"<![CDATA[" in written) == ("CDATA" in inside)


def test_elements_with_a_string_id_are_guessed() -> None:
    data = b'<R><Row StringId="A" Text="Hello there"/><Line StrKey="B">Bye</Line><Other a="Some text"/></R>'
    document = read("a.xml", data)
    assert [(s.key, s.target) for s in document.segments] == [("A", "Hello there"), ("B", "Bye")]
    assert assert_contract("a.xml", data) == 2


def test_locstr_with_children_is_guessed() -> None:
    data = "<R><LocStr StringId='A'><StrOrigin>가</StrOrigin><Str>a</Str></LocStr></R>".encode()
    (segment,) = read("a.xml", data).segments
    assert (segment.key, segment.source, segment.target) == ("A", "가", "a")
    assert assert_contract("a.xml", data) == 1


def test_without_a_guess_the_elements_are_named() -> None:
    data = b"<R><Name>one</Name><Name>two</Name><Tip>three</Tip><Box size='1'/></R>"
    with pytest.raises(FormatError, match=r"a rule is needed.*Name \(2\), Tip \(1\)"):
        read("a.xml", data)
    shown = inspect("a.xml", data)
    assert shown.total_segments == 0 and not shown.options and shown.warnings
    table = next(t for t in shown.tables if t.name == "Name")
    assert (table.total, table.rows, table.columns[0].id) == (2, [["one"], ["two"]], "text()")


def test_several_targets_are_variants() -> None:
    data = b'<R><String Id="A" En="one" Fr="un"/></R>'
    rules = [
        {"element": "String", "target": "@En", "key": "@Id", "language": "en"},
        {"element": "String", "target": "@Fr", "key": "@Id", "language": "fr"},
    ]
    document = read("a.xml", data, {"rules": rules})
    assert [(s.key, s.variant, s.target) for s in document.segments] == [("A", "en", "one"), ("A", "fr", "un")]
    assert document.write({1: "deux"}) == data.replace(b"un", b"deux")
    assert inspect("a.xml", data, {"rules": rules}).variants == ["en", "fr"]


@pytest.mark.parametrize(
    "options",
    [
        {"colour": "red"},
        {"rules": "String"},
        {"rules": [1]},
        {"rules": [{"element": "A"}]},
        {"rules": [{"target": "@b"}]},
        {"rules": [{"element": "A", "target": "@b", "sauce": "@c"}]},
        {"rules": [{"element": "A", "target": "@"}]},
        {"rules": [{"element": "A", "target": "../@b"}]},
        {"rules": [{"element": "A", "target": "a b"}]},
        {"rules": [{"element": "A", "target": 5}]},
        {"rules": [{"element": "", "target": "@b"}]},
        {"rules": [{"element": "A", "target": "@b", "ignore_case": "yes"}]},
        {"rules": [{"element": "A", "target": "@b", "language": 1}]},
        {"encoding": "rot13"},
        {"encoding": "nonsense"},
        {"encoding": 5},
        {"keep_empty": "x"},
        {"max_depth": 0},
        {"source_file": {"filename": "a.xml"}},
        {"source_file": {"filename": "a.xml", "data": b"<a"}},
    ],
)
def test_malformed_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(FormatError, match="option|encoding"):
        read("a.xml", b"<R><LocStr StrOrigin='a' Str='b'/></R>", options)


def test_monolingual_source_with_codes() -> None:
    source = b'<R><string name="a">Press <b>A</b></string></R>'
    target = b'<R><string name="a"/><string name="b">only <i>here</i></string></R>'
    options = {"source_file": {"filename": "en.xml", "data": source}}
    rules = {"rules": [{"element": "string", "target": "text()", "key": "@name"}]}
    document = read("ko.xml", target, {**options, **rules})
    assert document.segments[0].source == "Press ⟦1⟧A⟦/1⟧"
    assert b'<string name="a"><b>A</b>!</string>' in document.write({0: "⟦1⟧A⟦/1⟧!"})


def test_containers_are_not_texts() -> None:
    data = b"<R><String Id='a'>\n <Text>x</Text>\n</String><String Id='b'>y</String></R>"
    options = {"rules": [{"element": "String", "target": "text()", "key": "@Id"}]}
    assert [s.key for s in read("a.xml", data, options).segments] == ["b"]


@pytest.mark.parametrize("name", ["android/tolgee-strings.xml", "android/omegat-strings.xml"])
def test_real_string_files(name: str) -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("the shared files are not here")
    assert assert_contract("strings.xml", (folder / "formats" / name).read_bytes()) > 2


def test_spreadsheet_xml_by_rule() -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("the shared files are not here")
    data = (folder / "formats/xlsx/omegat-spreadsheetml2003.xml").read_bytes()
    with pytest.raises(FormatError, match=r"Data \(2\)"):
        read("a.xml", data)
    options = {"rules": [{"element": "Cell/Data", "target": "text()", "key": "path"}]}
    assert assert_contract("a.xml", data, options) == 2
    written = read("a.xml", data, options).write({0: "<i>"})
    start, end, stop = differing(data, written)
    assert b"<![CDATA[<i>]]>" in written and stop - start <= end - start
