"""Encodings of XML files, errors with their place, limits and declarations that are refused."""

from __future__ import annotations

import codecs

import pytest

from apps.ldm.formats import FormatError, inspect, read

from .contract import assert_contract, differing

KOREAN = "한글 똠방각하가"
TEXTS = {
    "utf-8": KOREAN, "utf-16-le": KOREAN, "utf-16-be": KOREAN, "euc-kr": "한글 텍스트", "cp949": KOREAN,
    "shift_jis": "日本語テキスト ｱ", "cp932": "日本語①", "gbk": "简体中文", "gb18030": "简体中文🎲", "big5": "繁體中文",
    "windows-1252": "café “quoted” €", "windows-1251": "Привет", "windows-1254": "İstanbul", "iso-8859-1": "café",
    "us-ascii": "plain",
}  # fmt: skip


def file_in(encoding: str, text: str, declared: str | None = None) -> str:
    head = f'<?xml version="1.0" encoding="{declared or encoding}"?>\r\n'
    first = f'<LocStr StringId="A" StrOrigin="{text}" Str="{text}"/>'
    return head + f'<L>\r\n  {first}\r\n  <LocStr StringId="B" StrOrigin="{text}"/>\r\n</L>'


@pytest.mark.parametrize("encoding", TEXTS)
def test_declared_encodings(encoding: str) -> None:
    data = file_in(encoding, TEXTS[encoding]).encode(encoding)
    if encoding.startswith("utf-16"):
        data = file_in(encoding, TEXTS[encoding], "utf-16").encode(encoding)
    document = read("a.xml", data)
    assert document.segments[0].source == TEXTS[encoding]
    assert assert_contract("a.xml", data, slack=200) == 2
    # What the encoding lacks is written as a reference, and nothing else changes.
    for text in ("한글 🎲 ☃ é ¥ ~ \\ – €", TEXTS[encoding]):
        written = document.write({1: text})
        assert read("a.xml", written).segments[1].target == text
        start, end, _ = differing(data, written)
        assert start == end


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_marks_win_over_declarations(mark: bytes, encoding: str) -> None:
    data = mark + file_in("euc-kr", KOREAN).encode(encoding)
    document = read("a.xml", data)
    assert document.encoding == encoding
    assert assert_contract("a.xml", data) == 2
    assert document.write({0: "🎲"}).startswith(mark)


def test_wide_files_without_a_mark_or_with_a_false_declaration() -> None:
    assert read("a.xml", file_in("utf-16", KOREAN).encode("utf-16-le")).encoding == "utf-16-le"
    false = file_in("utf-16", KOREAN).encode("utf-8")
    document = read("a.xml", false)
    assert document.encoding == "utf-8" and document.warnings
    assert document.write({}) == false


def test_names_that_mean_a_larger_encoding() -> None:
    data = file_in("euc-kr", KOREAN).encode("cp949")
    document = read("a.xml", data)
    assert document.encoding == "cp949" and "cp949" in document.warnings[0].text
    assert assert_contract("a.xml", data) == 2
    assert read("a.xml", file_in("shift_jis", "①").encode("cp932")).segments[0].target == "①"
    assert read("a.xml", file_in("x", "한글", "ks_c_5601-1987").encode("cp949")).segments[0].target == "한글"


def test_undeclared_korean_is_recognised() -> None:
    data = f"<L><LocStr StrOrigin='{KOREAN}' Str='x'/></L>".encode("cp949")
    document = read("a.xml", data)
    assert document.encoding == "cp949" and document.segments[0].source == KOREAN and document.warnings


def test_the_option_forces_an_encoding() -> None:
    data = file_in("utf-8", "한글").encode("cp949")
    with pytest.raises(FormatError, match=r"byte \d+.*not utf-8, as declared"):
        read("a.xml", data)
    document = read("a.xml", data, {"encoding": "cp949"})
    assert document.segments[0].source == "한글" and document.options["encoding"] == "cp949"


def test_cdata_takes_what_the_encoding_lacks_outside() -> None:
    data = '<?xml version="1.0" encoding="euc-kr"?><R><String Id="a"><![CDATA[<b>]]></String></R>'.encode("euc-kr")
    written = read("a.xml", data).write({0: "🎲 <i>"})
    assert b"<![CDATA[]]>&#127922;<![CDATA[ <i>]]>" in written
    assert read("a.xml", written).segments[0].target == "🎲 <i>"


def test_ascii_files_stay_ascii_where_they_refer_by_number() -> None:
    data = b'<?xml version="1.0" encoding="utf-8"?><L><LocStr StrOrigin="&#xAC00;" Str="x"/></L>'
    assert read("a.xml", data).write({0: "나"}).isascii()
    plain = data.replace(b"&#xAC00;", b"y")
    assert "나".encode() in read("a.xml", plain).write({0: "나"})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty"),
        (b"   ", "malformed"),
        (b"hello", "line 1, column 1"),
        (b"<L>\n<LocStr Str='a & b'/></L>", "line 2, column 16: a bare &"),
        ("<L>한글<b></L>".encode(), "line 1, column 11: malformed XML: mismatched tag"),
        ("<?xml version='1.0' encoding='euc-kr'?>\n<L>한글 & </L>".encode("euc-kr"), "line 2, column 7"),
        ("<L>\r한글\r<b></L>".encode(), "line 3, column 6"),
        (b"<L><LocStr Str='a<b'/></L>", "inside an attribute"),
        (b"<L><LocStr Str='a' Str='b'/></L>", "duplicate attribute"),
        (b"<L>\n<a>\x01</a></L>", r"line 2, column 4: the control character U\+0001"),
        (b"<L>\n<LocStr Str='x\x0by'/></L>", r"line 2, column 15: the control character U\+000B"),
        (b"<L>&#1;</L>", "line 1"),
        (b"<L>&nbsp;</L>", "undefined entity"),
        (b"<L></L><L/>", "line 1, column 8"),
        (b"<L>", "no element found|unclosed"),
        (b"<?xml version='1.0' encoding='rot13'?><L/>", "rot13"),
        (b"<?xml version='1.0' encoding='zlib'?><L/>", "zlib"),
        (b"<?xml version='1.0' encoding='no-such'?><L/>", "unknown encoding"),
        (b"\xff\xfe<\0L\0", "no element found|unclosed|malformed"),
        (b"\xff\xfe<\0L\0/", "byte"),
        (b"<?xml version='1.0' encoding='utf-8'?>\n<L>\xff</L>", "byte 42"),
        (b"\n<!DOCTYPE L [\n<!ENTITY a 'b'>]><L/>", "line 3.*entity 'a' is refused"),
        (b"<!DOCTYPE L [<!ENTITY % a 'b'>]><L/>", "parameter entity 'a' is refused"),
        (b"<" * 5000, "line 1"),
        (b"PK\x03\x04" + bytes(40), "control|malformed|byte"),
    ],
)
def test_errors_name_their_place(data: bytes, message: str) -> None:
    for call in (read, inspect):
        with pytest.raises(FormatError, match=message):
            call("a.xml", data)


def test_billion_laughs_is_refused_at_once() -> None:
    lines = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(9))
    with pytest.raises(FormatError, match="refused"):
        read("a.xml", f'<!DOCTYPE L [<!ENTITY e0 "x">{lines}]><L><LocStr Str="&e9;"/></L>'.encode())


def test_external_declarations_are_accepted_and_never_fetched() -> None:
    data = (
        b'<!DOCTYPE L SYSTEM "file:///etc/passwd" [<!ENTITY x SYSTEM "file:///etc/passwd"><!ELEMENT L ANY>]>'
        b'<L><String Id="a">see &x; there</String><String Id="b">y</String></L>'
    )
    document = read("a.xml", data)
    assert [s.locked for s in document.segments] == [True, False]
    assert "root:" not in document.segments[0].target
    assert document.warnings
    assert assert_contract("a.xml", data) == 2


def test_a_tag_within_the_doctype_is_none() -> None:
    data = b"<!DOCTYPE L SYSTEM \"<LocStr Str='no'/>\" [<!-- <LocStr Str='no'/> -->]><L><LocStr Str='yes'/></L>"
    assert [s.target for s in read("a.xml", data).segments] == ["yes"]


def test_depth_and_number_of_elements_are_limited() -> None:
    def nested(depth: int) -> bytes:
        return b"<a>" * (depth - 1) + b"<LocStr Str='x'/>" + b"</a>" * (depth - 1)

    assert len(read("a.xml", nested(200)).segments) == 1
    with pytest.raises(FormatError, match="deeper than 200"):
        read("a.xml", nested(201))
    with pytest.raises(FormatError, match="deeper than 5"):
        read("a.xml", nested(6), {"max_depth": 5})
    with pytest.raises(FormatError, match="more than 3 elements"):
        read("a.xml", b"<L>" + b"<LocStr Str='x'></LocStr>" * 3 + b"</L>", {"max_elements": 3})
    assert len(read("a.xml", b"<L>" + b"<LocStr Str='x'></LocStr>" * 3 + b"</L>", {"max_elements": 4}).segments) == 3
