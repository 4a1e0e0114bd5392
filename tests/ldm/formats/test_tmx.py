"""TMX as a file format: segments by language, codes as tokens, missing texts inserted, errors with their place."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.formats import FormatError, inspect, read

from .contract import assert_contract, fixtures

PROPS = (fixtures("tmx") / "props.tmx").read_bytes()
HEAD = '<?xml version="1.0"?><tmx version="1.4"><header srclang="{}" creationtool="x"/><body>'


def memory(body: str, source: str = "ko", head: str = HEAD) -> bytes:
    return (head.format(source) + body + "</body></tmx>").encode()


def unit(*texts: tuple[str, str], attributes: str = "") -> str:
    tuvs = "".join(f'<tuv xml:lang="{language}"><seg>{text}</seg></tuv>' for language, text in texts)
    return f"<tu{attributes}>{tuvs}</tu>"


def test_a_segment_for_every_unit_and_language() -> None:
    document = read("a.tmx", PROPS)
    assert document.options == {"source_language": "ko-KR", "languages": ["en", "ja"]}
    found = [(s.key, s.variant, s.source, s.target) for s in document.segments]
    assert found == [
        ("ITEM_FOX", "en", "소금 ⟦1⟧여우⟦/1⟧ ⟦2/⟧", "Salt ⟦1⟧fox⟦/1⟧ ⟦2/⟧"),
        ("ITEM_FOX", "ja", "소금 ⟦1⟧여우⟦/1⟧ ⟦2/⟧", "塩の狐"),
        ("8", "en", "검은 & 늑대", ""),
        ("8", "ja", "검은 & 늑대", ""),
        ("#3", "en", "올빼미", ""),
        ("#3", "ja", "올빼미", ""),
    ]
    first = document.segments[0]
    assert first.comment == "shown in the shop"
    assert "x-speaker: 여왕" in first.context and "ITEM_FOX" not in first.context
    assert first.codes == {1: '<bpt i="1">&lt;b&gt;</bpt>', 2: '<ph x="2">{0}</ph>'}
    assert assert_contract("a.tmx", PROPS) == 6


def test_a_missing_text_looks_like_its_sibling() -> None:
    document = read("a.tmx", PROPS)
    written = document.write({2: "Black & wolf", 3: "黒い狼", 4: "owl"}).decode()
    assert (
        '      </tuv>\n      <tuv xml:lang="en">\n        <seg>Black &amp; wolf</seg>\n      </tuv>'
        '\n      <tuv xml:lang="ja">\n        <seg>黒い狼</seg>\n      </tuv>\n    </tu>'
    ) in written
    assert '<tuv xml:lang="en"><seg>owl</seg></tuv>' in written
    again = read("a.tmx", written.encode(), document.options)
    assert [s.target for s in again.segments][2:] == ["Black & wolf", "黒い狼", "owl", ""]


def test_a_new_language_may_be_asked_for() -> None:
    data = memory(unit(("ko", "여우")) + unit(("ko", "늑대")))
    document = read("a.tmx", data, {"target_language": "de"})
    assert [(s.variant, s.target) for s in document.segments] == [("de", ""), ("de", "")]
    written = document.write({0: "Fuchs"})
    assert written == data.replace(
        "여우</seg></tuv>".encode(), '여우</seg></tuv><tuv xml:lang="de"><seg>Fuchs</seg></tuv>'.encode()
    )
    assert not read("a.tmx", data).segments
    assert_contract("a.tmx", data, {"languages": ["de", "fr"]})


@pytest.mark.parametrize(
    ("options", "variants"),
    [
        ({"target_language": "en"}, ["en-US"]),
        ({"target_language": "fr"}, ["en-US", "ja"]),
        ({"languages": ["ja", "de"]}, ["ja", "de"]),
        ({"source_language": "ja"}, ["ko", "en-US"]),
    ],
)
def test_the_languages_chosen(options: dict[str, object], variants: list[str]) -> None:
    data = memory(unit(("ko", "여우"), ("en-US", "fox"), ("ja", "狐")))
    assert [s.variant for s in read("a.tmx", data, options).segments] == variants


def test_all_languages_as_the_source() -> None:
    data = memory(unit(("en", "fox"), ("ko", "여우")) + unit(("ko", "늑대"), ("en", "wolf")), "*all*")
    assert [(s.source, s.target) for s in read("a.tmx", data).segments] == [("fox", "여우"), ("wolf", "늑대")]
    chosen = read("a.tmx", data, {"source_language": "ko-KR"})
    assert [(s.source, s.target) for s in chosen.segments] == [("여우", "fox"), ("늑대", "wolf")]


def test_two_texts_of_one_language_are_two_segments() -> None:
    data = memory(unit(("ko", "여우"), ("en", "fox"), ("en", "vixen"), attributes=' tuid="a"'))
    assert [(s.key, s.target) for s in read("a.tmx", data).segments] == [("a", "fox"), ("a#2", "vixen")]
    assert_contract("a.tmx", data)


def test_codes_that_overlap_stand_alone() -> None:
    overlapping = '<bpt i="1">a</bpt>x<bpt i="2">b</bpt>y<ept i="1">c</ept>z<ept i="2">d</ept>'
    document = read("a.tmx", memory(unit(("ko", overlapping), ("en", "t"))))
    assert document.segments[0].source == "⟦1⟧x⟦2/⟧y⟦/1⟧z⟦3/⟧"
    document.write({0: "⟦1⟧x⟦2/⟧y⟦/1⟧z⟦3/⟧"})
    with pytest.raises(FormatError, match="apart"):
        document.write({0: "only ⟦2/⟧"})
    with pytest.raises(FormatError, match="no token"):
        document.write({0: "⟦9/⟧"})


def test_inner_texts_of_codes_are_code() -> None:
    raw = '가<ph x="1">&lt;img alt="<sub>그림</sub>"/></ph>나<hi x="2">다</hi><it pos="end" x="3">&lt;/i></it>'
    document = read("a.tmx", memory(unit(("ko", raw), ("en", ""))))
    assert document.segments[0].source == "가⟦1/⟧나⟦2⟧다⟦/2⟧⟦3/⟧"
    written = document.write({0: "⟦3/⟧a⟦2⟧b⟦/2⟧ ⟦⟦"}).decode()
    assert '<seg><it pos="end" x="3">&lt;/i></it>a<hi x="2">b</hi> ⟦</seg>' in written


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp949"])
def test_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig").removesuffix("-le")
    head = HEAD.replace('"1.0"', f'"1.0" encoding="{declared}"')
    data = memory(unit(("ko", "여우"), ("en", "fox")), head=head).decode().encode(encoding)
    document = read("a.tmx", data)
    assert document.segments[0].source == "여우"
    assert_contract("a.tmx", data)


BAD = {
    "no tmx": (b"<tbx/>", "line 1, column 1"),
    "empty": (b"", "empty"),
    "ept first": (memory(unit(("ko", '<ept i="1">x</ept>'), ("en", "t"))), "closes no <bpt>"),
    "bpt open": (memory(unit(("ko", '<bpt i="1">x</bpt>'), ("en", "t"))), "never closed"),
    "no language": (memory("<tu><tuv><seg>x</seg></tuv></tu>"), "xml:lang"),
    "no seg": (memory('<tu><tuv xml:lang="ko"></tuv></tu>'), "without a <seg>"),
    "cut": (PROPS[:900], "line"),
    "entity": (b'<!DOCTYPE tmx [<!ENTITY a "b">]><tmx>&a;</tmx>', "refused"),
    "deep": (b"<tmx>" + b"<a>" * 300 + b"</a>" * 300 + b"</tmx>", "deeper"),
    "bare &": (memory(unit(("ko", "a & b"), ("en", "t"))), "bare &"),
    "two segs": (memory('<tu><tuv xml:lang="ko"><seg>x</seg><seg>y</seg></tuv></tu>'), "second <seg>"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_name_the_place(name: str) -> None:
    data, said = BAD[name]
    with pytest.raises(FormatError, match=said):
        read("a.tmx", data)


def test_an_undefined_entity_locks_its_segment() -> None:
    data = b'<!DOCTYPE tmx SYSTEM "http://example.invalid/tmx14.dtd">' + memory(
        unit(("ko", "여우"), ("en", "a &nbsp; b"))
    ).removeprefix(b'<?xml version="1.0"?>')
    document = read("a.tmx", data)
    assert document.segments[0].locked
    with pytest.raises(FormatError, match="locked"):
        document.write({0: "x"})


def test_what_the_dialog_shows() -> None:
    told = inspect("a.tmx", PROPS, limit=2)
    assert [(c.title, c.role) for c in told.tables[0].columns] == [
        ("ko-KR", "source"),
        ("en", "target"),
        ("ja", "target"),
    ]
    assert told.tables[0].rows[1] == ["검은 & 늑대", "", ""]
    assert told.variants == ["en", "ja"] and told.total_segments == 6 and len(told.segments) == 2


TEXT = st.text(
    st.one_of(st.sampled_from("<>&\"' \n\t가⟦⟧ab]\r"), st.characters(blacklist_categories=("Cs", "Cc"))), max_size=10
).filter(lambda text: not set(text) & set("\ufffe\uffff"))
CODE = st.sampled_from(
    ['<ph x="1">{0}</ph>', "<ph/>", "<hi>x</hi>", '<bpt i="1">a</bpt>b<ept i="1"/>', "<ut>u</ut>", "<!--c-->"]
)


@st.composite
def memories(draw: st.DrawFn) -> bytes:
    units = []
    for number in range(draw(st.integers(1, 4))):
        texts = []
        for language in draw(st.lists(st.sampled_from(["ko", "en", "ja", "EN"]), min_size=1, max_size=4)):
            escaped = draw(TEXT).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            texts.append((language, escaped + (draw(CODE) if draw(st.booleans()) else "")))
        units.append(unit(*texts, attributes=f' tuid="{number // 2}"'))
    return memory(draw(st.sampled_from(["", "\n", "\r\n  "])).join(units))


@settings(max_examples=120, deadline=None)
@given(memories(), TEXT)
def test_generated_memories_keep_the_contract(data: bytes, typed: str) -> None:
    count = assert_contract("a.tmx", data, slack=300)
    document = read("a.tmx", data)
    for position in range(count):
        text = typed.replace("⟦", "⟦⟦")
        again = read("a.tmx", document.write({position: text}), document.options)
        assert again.segments[position].target == text


SCRAPS = [
    b"<tu>",
    b"</tu>",
    b"<seg>",
    b"</seg>",
    b"<tuv>",
    b"&x;",
    b"<ph>",
    b"</ph>",
    b"\0",
    b"\xff",
    b"<![CDATA[",
    b"]]>",
]


def test_damaged_memories_are_refused_or_keep_the_contract() -> None:
    chance = random.Random(7)
    for _ in range(500):
        data = bytearray(PROPS)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data))
            if chance.random() < 0.5:
                del data[at : at + chance.randint(1, 30)]
            else:
                data[at:at] = chance.choice(SCRAPS)
        try:
            document = read("a.tmx", bytes(data))
        except FormatError as error:
            assert error.place or error.message
            continue
        assert document.write({}) == bytes(data)
        for position, segment in enumerate(document.segments):
            if not segment.locked:
                again = read("a.tmx", document.write({position: "Zq"}), document.options).segments
                assert again[position].target == "Zq" and len(again) == len(document.segments)
