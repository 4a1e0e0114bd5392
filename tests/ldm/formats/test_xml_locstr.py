"""LocStr language data: what is a segment, letter cases, insertion of a missing Str, escapes."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from apps.ldm.formats import FormatError, inspect, read

from .contract import assert_contract, differing, fixtures, shared_data

# Files and the segments counted by hand (LocStr elements with any text).
FIXTURES = {"mixed_case.xml": 12, "awkward.xml": 8}
SHARED = {
    "languagedata_ENG.xml": 100,
    "languagedata_KOR.xml": 100,
    "locstr_mixed_brtags.xml": 25,
    "questdialog.loc.xml": 10,
}
ODD = [
    "quote \" and ' apostrophe",
    "back\\slash \\n",
    "a\nb",
    "a\r\nb\rc",
    "tab\there",
    "<br/> & &amp; &lt; ]]> <![CDATA[",
    "🎲 주사위 ⟦1⟧",
    "=1+1",
    "-5",
    "@x",
    "  spaces  ",
    " ",
    "\u2028\u00a0\u200b\x7f\x85",
    "{0} %s &#10; &#xA;",
]


def one(attributes: str, head: str = "") -> bytes:
    return f"{head}<L>\n  <LocStr {attributes}/>\n</L>".encode()


@pytest.mark.parametrize(("name", "count"), FIXTURES.items())
def test_contract_of_fixtures(name: str, count: int) -> None:
    assert assert_contract(name, (fixtures("xml") / name).read_bytes()) == count


@pytest.mark.parametrize(("name", "count"), SHARED.items())
def test_contract_of_real_files(name: str, count: int) -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("the shared files are not here")
    assert assert_contract(name, (folder / "formats/gamexml" / name).read_bytes()) == count


def test_fields_in_any_letter_case() -> None:
    document = read("a.xml", (fixtures("xml") / "mixed_case.xml").read_bytes())
    by_key = {s.key: s for s in document.segments}
    assert list(by_key) == [
        "MENU_START", "MENU_EXIT", "MENU_LOAD", "QUEST_01", "DEEP_1", "SNAKE", "NO_STR", "NO_STR_UPPER",
        "ONLY_TARGET", "#1", "#2", "MENU_START#2",
    ]  # fmt: skip
    start = by_key["MENU_START"]
    assert (start.source, start.target, start.context, start.max_length) == ("시작", "Start", "UI", 12)
    assert start.location == "line 3"
    assert by_key["MENU_LOAD"].comment == "설명\nDescription"
    assert by_key["QUEST_01"].context == "촌장"
    assert by_key["DEEP_1"].target == "Hello<br/>there"
    assert by_key["ONLY_TARGET"].source == ""
    assert [w.place for w in document.warnings] == ["line 15"]


def test_awkward_layouts() -> None:
    document = read("a.xml", (fixtures("xml") / "awkward.xml").read_bytes())
    by_key = {s.key: s for s in document.segments}
    assert list(by_key) == ["SPREAD", "PREFIX", "PREFIX_NEW", "LINES", "REFS", "SAME_LINE", "NAMED", "NEW"]
    assert by_key["SPREAD"].source == 'a > b "quoted"'
    assert by_key["SPREAD"].target == 'say "hi" & mean it'
    assert by_key["LINES"].target == "one\r\ntwo"
    assert by_key["REFS"].target == "a\nb🎲"
    assert by_key["NAMED"].source == "\"'&<>"
    assert by_key["NAMED"].target == "&lt; is not <"
    assert by_key["SAME_LINE"].location.startswith(by_key["REFS"].location + ", column ")


@pytest.mark.parametrize(
    ("key", "inserted"),
    [
        ("PREFIX_NEW", b' l:Str="x"'),
        ("NEW", b'\r\n          Str="x"'),
    ],
)
def test_a_missing_str_is_inserted_like_its_sibling(key: str, inserted: bytes) -> None:
    data = (fixtures("xml") / "awkward.xml").read_bytes()
    document = read("a.xml", data)
    position = next(i for i, s in enumerate(document.segments) if s.key == key)
    written = document.write({position: "x"})
    start, end, stop = differing(data, written)
    assert start == end and len(written) - len(data) == len(inserted)
    assert inserted in written and inserted not in data
    assert document.write({position: ""}) == data


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (b'<LocStr StringId="A" StrOrigin="x"/>', b'<LocStr StringId="A" StrOrigin="x" Str="y"/>'),
        (b'<locstr strorigin="x" stringid="A" />', b'<locstr strorigin="x" str="y" stringid="A" />'),
        (b"<LOCSTR STRORIGIN = 'x' ></LOCSTR>", b"<LOCSTR STRORIGIN = 'x' STR = 'y' ></LOCSTR>"),
    ],
)
def test_inserted_str_takes_the_case_and_quotes(tag: bytes, expected: bytes) -> None:
    assert read("a.xml", b"<L>" + tag + b"</L>").write({0: "y"}) == b"<L>" + expected + b"</L>"


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("present", ["x", "", "a&#10;b", None])
def test_odd_texts_survive_here_and_in_an_xml_parser(text: str, quote: str, present: str | None) -> None:
    target = "" if present is None else f" Str={quote}{present}{quote}"
    data = one(f"StringId={quote}K{quote} StrOrigin={quote}원본{quote}{target}")
    written = read("a.xml", data).write({0: text})
    assert read("a.xml", written).segments[0].target == text
    parsed = ElementTree.fromstring(written).find("LocStr")
    assert parsed is not None and parsed.get("Str") == text


def test_line_breaks_stay_raw_where_the_value_has_raw_ones() -> None:
    data = one('StringId="K" StrOrigin="가\n나" Str="a\nb"')
    written = read("a.xml", data).write({0: "c\nd\te"})
    assert b'Str="c\nd&#9;e"' in written
    assert read("a.xml", written).segments[0].target == "c\nd\te"
    assert b'Str="c&#xA;d"' in read("a.xml", one('StrOrigin="가&#xA;나" Str="a"')).write({0: "c\nd"})


@pytest.mark.parametrize(
    ("present", "expected"),
    [("a&gt;b", b"&lt;i&gt;"), ("a>b", b"&lt;i>"), ("plain", b"&lt;i&gt;")],
)
def test_greater_than_is_escaped_as_the_file_does(present: str, expected: bytes) -> None:
    assert expected in read("a.xml", one(f'StringId="K" StrOrigin="s" Str="{present}"')).write({0: "<i>"})


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_refused(character: str) -> None:
    document = read("a.xml", one('StringId="K" StrOrigin="s" Str="t"'))
    with pytest.raises(FormatError, match=r"line 2.*U\+"):
        document.write({0: f"a{character}"})


def test_written_anew_from_the_original_each_time() -> None:
    data = (fixtures("xml") / "mixed_case.xml").read_bytes()
    document = read("a.xml", data)
    first = document.write({0: "one"})
    document.write({1: "two", 6: "three"})
    assert document.write({0: "one"}) == first
    assert document.write({}) == data


@pytest.mark.parametrize("wrong", [-1, 12, "0"])
def test_unknown_positions_are_refused(wrong: int) -> None:
    document = read("a.xml", (fixtures("xml") / "mixed_case.xml").read_bytes())
    with pytest.raises(FormatError):
        document.write({wrong: "x"})


def test_monolingual_source_comes_from_the_other_file() -> None:
    korean = one('StringId="A" StrOrigin="하나" Str=""') + b""
    english = b'<L><LocStr StringId="A" Str="One"/><LocStr StringId="B" Str="Two"/><LocStr StringId="C"/></L>'
    alone = read("eng.xml", english)
    assert [(s.key, s.source) for s in alone.segments] == [("A", "One"), ("B", "Two")]
    options = {"source_file": {"filename": "kor.xml", "data": korean}}
    document = read("eng.xml", english, options)
    assert [(s.key, s.source, s.target) for s in document.segments] == [
        ("A", "하나", "One"),
        ("B", "Two", "Two"),
        ("C", "", ""),
    ]
    assert "source_file" not in document.options
    again = read("eng.xml", english, document.options)
    assert [s.key for s in again.segments] == ["A", "B", "C"], "positions hold without the source file"
    assert document.write({2: "Three"}).endswith(b'<LocStr StringId="C" Str="Three"/></L>')


def test_stored_options_are_the_same_read() -> None:
    data = (fixtures("xml") / "mixed_case.xml").read_bytes()
    document = read("a.xml", data)
    (rule,) = document.options["rules"]
    assert rule["element"] == "LocStr" and rule["source"] == ["@Str_Origin", "@StrOrigin"]
    assert list(read("a.xml", data, document.options).segments) == list(document.segments)


def test_no_text_is_no_segment_but_a_document() -> None:
    for data in (b"<LanguageData/>", b"<LanguageData></LanguageData>", b'<L><LocStr StringId="A" Str=""/></L>'):
        assert len(read("a.xml", data).segments) == 0
        assert read("a.xml", data).write({}) == data


def test_inspection_shows_the_elements() -> None:
    data = (fixtures("xml") / "mixed_case.xml").read_bytes()
    shown = inspect("a.xml", data, limit=3)
    assert shown.total_segments == 12 and len(shown.segments) == 3
    table = next(t for t in shown.tables if t.name == "LocStr")
    assert table.used and len(table.rows) == 3
    roles = {column.id: column.role for column in table.columns}
    assert roles["@StringId"] == "key" and roles["@StrOrigin"] == "source" and roles["@Str"] == "target"


def test_one_long_line_and_lone_cr() -> None:
    tags = "".join(f'<LocStr StringId="K{i}" StrOrigin="값{i}" Str="v{i}"/>' for i in range(30))
    assert assert_contract("a.xml", f"<L>{tags}</L>".encode()) == 30
    columns = [s.location for s in read("a.xml", f"<L>{tags}</L>".encode()).segments]
    assert columns[0] == "line 1" and columns[1] == f"line 1, column {4 + len(tags.split('/>')[0]) + 2}"
    assert len(set(columns)) == 30
    lone = f"<L>\r{tags.replace('><', '>' + chr(13) + '<')}\r</L>".encode()
    assert assert_contract("a.xml", lone) == 30
    assert read("a.xml", lone).segments[2].location == "line 4"
