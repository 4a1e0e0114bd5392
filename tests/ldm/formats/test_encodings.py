"""Strict decoding: marks, guesses, names that are no encodings, and characters that come back as others."""

from __future__ import annotations

import codecs

import pytest

from apps.ldm.formats import FormatError, read
from apps.ldm.formats.encodings import decode, holds

ROWS = "key,source,target\nk1,소금 여우,salt fox\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_marks(mark: bytes, encoding: str) -> None:
    data = mark + ROWS.encode(encoding)
    document = read("a.csv", data)
    assert document.encoding == encoding
    assert document.segments[0].source == "소금 여우"
    assert document.write({0: "é"}) == mark + ROWS.replace("salt fox", "é").encode(encoding)
    xml = '<r><LocStr StringId="a" StrOrigin="여우" Str="x"/></r>'
    assert read("a.xml", mark + xml.encode(encoding)).write({0: "é"}) == mark + xml.replace('"x"', '"é"').encode(
        encoding
    )


def test_a_stray_zero_byte_is_no_utf_16() -> None:
    text = decode(b"key,source,target\nk1,a,b\0\n")
    assert (text.encoding, text.text[-2:]) == ("utf-8", "\0\n")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["key\tvalue\n", "소금 여우\t검은 늑대\n소금\t여우\n", "日本\t語\n"])
def test_utf_16_without_a_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).encoding == encoding


@pytest.mark.parametrize("name", ["hex", "idna", "utf-7", "unicode_escape", "raw_unicode_escape", "nonsense", "\0"])
def test_names_that_are_no_encodings_of_files(name: str) -> None:
    with pytest.raises(FormatError):
        decode(b"abc", forced=name)


def test_the_mark_may_be_asked_for_and_absent() -> None:
    assert decode(b"abc", forced="utf-8-sig").encoding == "utf-8"


@pytest.mark.parametrize(("encoding", "character"), [("shift_jis", "¥"), ("cp932", "〜"), ("euc_kr", "\u3164")])
def test_a_character_that_would_come_back_as_another_is_refused(encoding: str, character: str) -> None:
    """Python encodes these without an error, as the bytes of some other character."""
    assert not holds(character, encoding)
    data = ROWS.replace("소금 여우", "x").encode(encoding)
    with pytest.raises(FormatError, match="line 2.*U\\+") as caught:
        read("a.csv", data, {"encoding": encoding}).write({0: f"a{character}"})
    assert caught.value.place == "line 2"
    escaped = read("a.json", b'{"a": "x"}', {"encoding": encoding}).write({0: character})
    assert escaped == b'{"a": "\\u%04x"}' % ord(character)
    escaped = read("a.properties", b"a=x", {"encoding": encoding}).write({0: character})
    assert read("a.properties", escaped, {"encoding": encoding}).segments[0].target == character


def test_a_catalogue_that_says_euc_kr_and_means_cp949() -> None:
    text = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=EUC-KR\\n"\n\nmsgid "a"\nmsgstr "똠방"\n'
    document = read("ko.po", text.encode("cp949"))
    assert (document.encoding, document.segments[0].target) == ("cp949", "똠방")
    assert any("cp949" in warning.text for warning in document.warnings)
    assert document.write({0: "펲시"}) == text.replace("똠방", "펲시").encode("cp949")
