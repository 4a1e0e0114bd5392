"""Units of memories: TMX as a stream, tables through the formats, languages, broken files, flat memory."""

from __future__ import annotations

import io
import random
import resource
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from apps.ldm.formats import FormatError
from apps.ldm.formats.units import Unit, inspect_units, read_units
from apps.ldm.formats.units_writer import write_tmx

from .contract import shared_data
from .test_tmx import PROPS, memory, unit

SHARED = shared_data()


def texts(
    name: str, data: bytes, source: str = "ko", target: str = "en", **options: object
) -> list[tuple[str, str, str]]:
    return [
        (u.key, u.source, u.target)
        for u in read_units(name, data, source_language=source, target_language=target, options=options)
    ]


def test_a_unit_with_everything() -> None:
    reader = read_units("a.tmx", PROPS, source_language="ko", target_language="en")
    assert list(reader) == [
        Unit(
            "ITEM_FOX",
            "소금 <b>여우</b> {0}",
            "Salt <b>fox</b> {0}",
            "늑대",
            "",
            "여왕",
            "shown in the shop",
            "lee",
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
            True,
            "line 9",
        )
    ]
    assert reader.languages == {"ko-KR": 3, "en": 2, "ja": 1}
    assert reader.skipped == 1
    assert [(w.place, w.text) for w in reader.warnings] == [
        ("line 25", "the target is empty"),
        ("file", "1 units have no text in ko or en: left out"),
    ]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("en-US", "fr", "fr Bonjour tout le monde !"),
        ("EN", "fr-CA", "fr_CA Bonjour le monde !"),
        ("en-us", "es-AR", "(es_AR) ¡Hola Mundo!"),
        ("en", "es-MX", "¡Hola Mundo!"),
        ("de-DE", "en", "Hello World!"),
    ],
)
def test_languages_by_subtag_and_region(source: str, target: str, expected: str) -> None:
    spoken = (
        ("EN-US", "Hello World!"),
        ("ES", "¡Hola Mundo!"),
        ("ES-AR", "(es_AR) ¡Hola Mundo!"),
        ("FR-CA", "fr_CA Bonjour le monde !"),
    )
    data = memory(unit(*spoken, ("FR", "fr Bonjour tout le monde !"), ("DE", "Hallo")), "EN-US")
    assert [target for _, _, target in texts("a.tmx", data, source, target)] == [expected]


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("ko", "de", "no text in de; the file has: ko-KR, en, ja"),
        ("zh", "en", "no text in zh"),
        ("ko", "en-GB", None),
        ("ko-KP", "en", "no text in ko-KP"),
        ("ko", "ko", "one language"),
        ("", "", "several target languages: ko-KR, en, ja"),
    ],
)
def test_languages_that_the_file_lacks(source: str, target: str, said: str | None) -> None:
    if said is None:
        assert texts("a.tmx", PROPS, source, target)
        return
    with pytest.raises(FormatError, match=said):
        texts("a.tmx", PROPS, source, target)


def test_languages_from_the_file() -> None:
    data = memory(unit(("en", "fox"), ("ko", "여우")))
    assert texts("a.tmx", data, "", "") == [("", "여우", "fox")]
    with pytest.raises(FormatError, match="choose one"):
        texts("a.tmx", memory(unit(("en", "fox"), ("ko", "여우")), "*all*"), "", "")


def test_every_text_of_the_target_is_a_unit() -> None:
    data = memory(unit(("ko", "여우"), ("en", "fox"), ("en", "vixen"), ("en-GB", "Fox")))
    assert [target for _, _, target in texts("a.tmx", data)] == ["fox", "vixen"]


def test_a_tuid_gives_way_to_a_string_id_and_comes_before_a_context_id() -> None:
    body = (
        '<tu{}><prop type="{}">K</prop><tuv xml:lang="ko"><seg>a</seg></tuv><tuv xml:lang="en"><seg>b</seg></tuv></tu>'
    )
    for attribute, prop, key in [
        (' tuid="t"', "x-string-id", "K"),
        (' tuid="t"', "x-context-id", "t"),
        ("", "x-context-id", "K"),
        (' tuid="t"', "x-other", "t"),
        ("", "x-other", ""),
    ]:
        assert texts("a.tmx", memory(body.format(attribute, prop)))[0][0] == key


LONG = "가나다라마 " * 20_000


def test_long_segments() -> None:
    assert texts("a.tmx", memory(unit(("ko", LONG), ("en", LONG[::-1])))) == [("", LONG, LONG[::-1])]
    assert texts("a.tsv", f"source\ttarget\n{LONG}\t{LONG}\n".encode()) == [("", LONG, LONG)]


GAME = "".join(f"{i}\tA\tB\tC\tD\t원문 {i}\t{'' if i == 2 else f'text {i}'}\tx\ty\n" for i in range(1, 5))


def test_game_text_keeps_its_string_id_and_neighbours() -> None:
    reader = read_units("a.txt", GAME.encode(), source_language="ko", target_language="en")
    found = list(reader)
    assert [(u.key, u.source, u.previous, u.next) for u in found] == [
        ("1 A B C D", "원문 1", "", "원문 2"),
        ("3 A B C D", "원문 3", "원문 2", "원문 4"),
        ("4 A B C D", "원문 4", "원문 3", ""),
    ]
    assert reader.skipped == 1
    assert ("line 2", "the target is empty") in [(w.place, w.text) for w in reader.warnings]


def test_neighbours_may_be_left_out() -> None:
    options = {"neighbours": False}
    reader = read_units("a.txt", GAME.encode(), source_language="ko", target_language="en", options=options)
    assert {(u.previous, u.next) for u in reader} == {(None, None)}
    assert inspect_units("a.txt", GAME.encode(), options).units[0].next is None
    with pytest.raises(FormatError, match="neighbours"):
        texts("a.txt", GAME.encode(), neighbours="no")


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ("StringID", "Korean", "English", "Japanese", "Speaker"),
        ("A", "여우", "fox", "狐", "여왕"),
        (None, "늑대", "wolf", "", ""),
        ("A", "곰", "bear", "熊", ""),
    ):
        sheet.append(row)
    second = book.create_sheet("Two")
    for row in (("StringID", "Korean", "English"), ("A", "달", "moon")):
        second.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


LOCSTR = '<r><LocStr StringId="A" StrOrigin="여우" Str="fox"/><LocStr StringId="A" StrOrigin="곰" Str="bear"/></r>'


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.xml", LOCSTR, [("A", "여우", "fox"), ("A", "곰", "bear")]),
        ("a.csv", "source,target\n여우,fox\n곰,bear\n", [("", "여우", "fox"), ("", "곰", "bear")]),
        ("a.csv", "key,source,target\nA,여우,fox\nA,곰,bear\n", [("A", "여우", "fox"), ("A", "곰", "bear")]),
        ("a.po", 'msgctxt "c"\nmsgid "여우"\nmsgstr "fox"\n', [("c␄여우", "여우", "fox")]),
        ("a.xlsx", workbook(), [("A", "여우", "fox"), ("", "늑대", "wolf"), ("A", "곰", "bear"), ("A", "달", "moon")]),
    ],
)
def test_string_ids_of_every_format(name: str, data: str | bytes, expected: list[tuple[str, str, str]]) -> None:
    """Defect 22: XML and TXT lost the StringId of a memory's units."""
    assert texts(name, data if isinstance(data, bytes) else data.encode()) == expected


def test_the_wanted_column_of_several() -> None:
    assert [t for _, _, t in texts("a.xlsx", workbook(), "ko", "ja")] == ["狐", "熊"]
    found = list(read_units("a.xlsx", workbook(), source_language="ko", target_language="en"))
    assert [u.speaker for u in found] == ["여왕", "", "", ""]
    assert [u.previous for u in found] == ["", "여우", "늑대", ""]
    with pytest.raises(FormatError, match="no text in fr.*has: en, ja"):
        texts("a.xlsx", workbook(), "ko", "fr")


def test_a_file_of_one_language_needs_its_source() -> None:
    with pytest.raises(FormatError, match="one language only"):
        texts("a.json", b'{"a": "fox", "b": "bear"}')
    origin = {"filename": "ko.json", "data": '{"a": "여우", "b": "곰"}'.encode()}
    assert texts("a.json", b'{"a": "fox", "b": "bear"}', source_file=origin) == [
        ("/a", "여우", "fox"),
        ("/b", "곰", "bear"),
    ]


def test_columns_may_be_mapped() -> None:
    data = "fox;여우;K\nbear;곰;L\n".encode()
    chosen = {"0": "target", "1": "source", "2": "key"}
    assert texts("a.csv", data, columns=chosen, header=False) == [("K", "여우", "fox"), ("L", "곰", "bear")]


@pytest.mark.parametrize("cut", [1, 200, 700, 1200, len(PROPS) // 2, len(PROPS) - 4])
def test_cut_memories_name_the_place(cut: int) -> None:
    with pytest.raises(FormatError, match=r"line \d+, column \d+"):
        texts("a.tmx", PROPS[:cut])


BAD = {
    "entities": (b'<!DOCTYPE tmx [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><tmx>&c;</tmx>', "refused"),
    "parameter entity": (b'<!DOCTYPE tmx [<!ENTITY % a "b">]><tmx/>', "refused"),
    "deep": (memory("<tu>" + "<a>" * 100_000), "deeper than 200"),
    "deep codes": (memory(unit(("ko", "<ph>" * 5_000 + "</ph>" * 5_000), ("en", "x"))), "deeper than 200"),
    "units in units": (memory("<tu>" * 5), "inside another"),
    "texts in texts": (memory('<tu><tuv xml:lang="ko"><tuv xml:lang="ko">'), "directly in"),
    "no tmx": (b"<x/>", "root element"),
    "empty": (b"", "empty"),
    "nothing": (memory(""), "no text in ko; the file has: none"),
    "no language": (memory("<tu><tuv><seg>a</seg></tuv></tu>"), "xml:lang"),
    "no seg": (memory('<tu><tuv xml:lang="ko"/></tu>'), "without a <seg>"),
    "two segs": (memory('<tu><tuv xml:lang="ko"><seg/><seg/></tuv></tu>'), "not the only one"),
    "loose seg": (memory("<seg>x</seg>"), "<seg>"),
    "codes": (memory(unit(("ko", '<bpt i="1"/>x'), ("en", "x"))), r"line 1, column \d+: .*never closed"),
    "control": (memory(unit(("ko", "a\x08"), ("en", "x"))), "line 1"),
    "utf-8": (PROPS[:900] + b"\xff" + PROPS[900:], r"line \d+, column"),
    "utf-16": (PROPS.decode().replace("UTF-8", "UTF-16").encode("utf-16")[:-1], "utf-16|line"),
    "encoding": (b'<?xml version="1.0" encoding="nonsense"?><tmx/>', "unknown encoding"),
    "codec": (b'<?xml version="1.0" encoding="rot13"?><tmx/>', "not an encoding"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_memories(name: str) -> None:
    data, said = BAD[name]
    with pytest.raises(FormatError, match=said):
        texts("a.tmx", data)


def test_units_with_unmatched_codes_may_be_left_out() -> None:
    data = memory(unit(("ko", '<ept i="1"/>x'), ("en", "x")) + unit(("ko", "여우"), ("en", "fox")))
    reader = read_units("a.tmx", data, source_language="ko", target_language="en", options={"skip_broken": True})
    assert [u.source for u in reader] == ["여우"]
    assert reader.skipped == 1 and "closes no <bpt>" in reader.warnings[0].text


def test_an_undefined_entity_stays_as_it_is_written() -> None:
    data = b'<!DOCTYPE tmx SYSTEM "file:///etc/passwd">' + memory(unit(("ko", "a&nbsp;b"), ("en", "x")))[21:]
    assert texts("a.tmx", data) == [("", "a&nbsp;b", "x")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp949", "euc-kr"])
def test_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig").removesuffix("-be")
    text = PROPS.decode().replace("UTF-8", declared).replace("塩の狐", "x" * 300_000)
    assert [
        u.source for u in read_units("a.tmx", text.encode(encoding), source_language="ko", target_language="en")
    ] == ["소금 <b>여우</b> {0}"]


def test_what_the_dialog_shows() -> None:
    told = inspect_units("a.tmx", PROPS)
    assert (told.format, told.encoding, told.languages) == ("tmx", "utf-8", {"ko-KR": 3, "en": 2, "ja": 1})
    assert (told.source_language, told.target_language) == ("ko", "en")
    assert [u.key for u in told.units] == ["ITEM_FOX"] and told.warnings
    table = inspect_units("a.txt", GAME.encode(), {"source_language": "ko", "target_language": "en"})
    assert table.columns[0].columns[5].role == "source" and len(table.units) == 3
    book = inspect_units("a.xlsx", workbook(), {"source_language": "ko"})
    assert book.languages == {"en": 4, "ja": 3} and book.target_language == "en"


SCRAPS = [
    b"<tu>",
    b"</tu>",
    b"<seg>",
    b"</tuv>",
    b"&x;",
    b"<bpt>",
    b"\0",
    b"\xff\xfe",
    b"<![CDATA[",
    b"<!DOCTYPE a [",
    b'"',
]
SOUND = {"a.tmx": PROPS, "b.tmx": PROPS.decode().encode("utf-16"), "a.txt": GAME.encode(), "a.xlsx": workbook(),
         "a.po": b'msgid "a"\nmsgstr "b"\n', "a.xml": b'<r><LocStr StringId="A" StrOrigin="x" Str="y"/></r>',
         "a.csv": b'key,source,target\r\nk1,"a ""b""",c\r\n', "a.json": b'{"a": "b"}'}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_damaged_files_raise_nothing_else(name: str) -> None:
    chance = random.Random(name)
    for _ in range(120 if name == "a.xlsx" else 400):
        data = bytearray(SOUND[name])
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data) or 1)
            kind = chance.random()
            if kind < 0.4:
                del data[at : at + chance.randint(1, 40)]
            elif kind < 0.7:
                data[at:at] = chance.choice(SCRAPS)
            else:
                data[at : at + 1] = bytes([chance.randrange(256)])
        for call in (
            lambda d: list(read_units(name, d, source_language="ko", target_language="en")),
            lambda d: inspect_units(name, d),
        ):
            try:
                call(bytes(data))
            except FormatError:
                continue


@pytest.mark.skipif(SHARED is None, reason="no shared data")
def test_real_memories() -> None:
    assert SHARED is not None
    counts: dict[str, int] = {}
    for path in sorted((SHARED / "formats" / "tmx").glob("*.tmx")):
        try:
            target = inspect_units(path.name, path.read_bytes()).target_language
            counts[path.stem] = len(list(read_units(path.name, path.read_bytes(), target_language=target)))
        except FormatError as error:
            assert path.stem == "omegat-invalid" and error.place.startswith("line 12, column")
    assert counts == {
        "kit-1a-utf16": 2, "kit-1i-japanese": 1, "kit-1l-bom": 1, "kit-2a-utf16-inline": 7, "omegat-en-ca": 259,
        "omegat-multiple-tuv": 2, "omegat-smp": 1,
    }  # fmt: skip
    spd = (SHARED / "spd" / "v3.3.6.tsv").read_bytes()
    units = list(read_units("v3.3.6.tsv", spd, source_language="ko", target_language="en"))
    assert len(units) > 4_800 and all(u.key for u in units)


def made(count: int) -> Iterator[Unit]:
    for number in range(count):
        yield Unit(
            f"str_{number}",
            f"소금 여우 {number} 가 <b>왕국</b>을 떠난다",
            f"The salt fox {number} leaves",
            f"앞 {number}",
            f"뒤 {number}",
            note="n",
        )


def test_memory_does_not_grow_with_the_file() -> None:
    stream = io.BytesIO()
    write_tmx(stream, made(20_000), source_language="ko", target_language="en")
    data = stream.getvalue()
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_units("a.tmx", data, source_language="ko", target_language="en"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000 and len(data) > 6_000_000
    assert peak < 3_000_000


@pytest.mark.slow
def test_a_million_units(tmp_path: Path) -> None:
    path = tmp_path / "million.tmx"
    with path.open("wb") as stream:
        assert write_tmx(stream, made(1_000_000), source_language="ko", target_language="en").units == 1_000_000
    data = path.read_bytes()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    assert sum(1 for _ in read_units("a.tmx", data, source_language="ko", target_language="en")) == 1_000_000
    took = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(f"1,000,000 units, {len(data) >> 20} MB: {took:.1f} s of CPU, {grown} MB more memory")  # noqa: T201
    assert took <= 20 and grown < 50
