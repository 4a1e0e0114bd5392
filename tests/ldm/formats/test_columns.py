"""Which column is what: by the header's words, by content, by the options."""

from __future__ import annotations

import pytest

from apps.ldm.formats.column_guess import guess_layout
from apps.ldm.formats.column_words import language_of, meaning, same_language
from apps.ldm.formats.columns import KeyCounter, length_limit

Rows = list[list[str]]


def roles(rows: Rows, **more: object) -> dict[int, str]:
    layout = guess_layout(rows, **more)  # type: ignore[arg-type]
    return {index: role.role + (f" {role.language}" if role.language else "") for index, role in layout.columns.items()}


@pytest.mark.parametrize(
    ("title", "role", "language"),
    [
        ("StringID", "key", ""), ("String Key", "key", ""), ("키", "key", ""), ("StrOrigin", "source", ""),
        ("원문", "source", ""), ("Original Text", "source", ""), ("번역", "target", ""), ("Str", "target", ""),
        ("KR", "", "ko"), ("한국어", "", "ko"), ("ENG", "", "en"), ("SChinese", "", "zh-Hans"), ("pt_BR", "", "pt-BR"),
        ("zh-hant-tw", "", "zh-Hant-TW"), ("Text_KR", "", "ko"),
        ("text_de", "", "de"), ("Target (English)", "target", "en"),
        ("Source [ko]", "source", "ko"), ("비고", "comment", ""), ("MEMO1", "comment", ""),
        ("Max Length", "max_length", ""),
        ("NPC", "speaker", ""), ("화자", "speaker", ""), ("Context", "context", ""), ("Banana", "", ""),
        ("To", "", ""), ("The key to the door", "", ""),
    ],
)  # fmt: skip
def test_words(title: str, role: str, language: str) -> None:
    found = meaning(title)
    assert (found.role, found.language) == (role, language)


@pytest.mark.parametrize(
    ("rows", "header", "expected"),
    [
        ([["", "English", "Japanese", "Korean"], ["a_1", "one", "一", ""], ["a_2", "two", "", ""]], 0,
         {0: "key", 1: "source en", 2: "target ja", 3: "target ko"}),
        ([["Key", "EN", "KR"], ["a", "one", "하나"], ["b", "two", "둘"]], 0,
         {0: "key", 1: "target en", 2: "source ko"}),
        ([["원문", "번역", "비고"], ["하나", "one", "n"]], 0, {0: "source", 1: "target", 2: "comment"}),
        ([["불꽃의 검", "Flame"], ["얼음", "Ice"]], None, {0: "source", 1: "target"}),
        ([["불꽃의 검"], ["얼음"]], None, {0: "source", 1: "target"}),
        ([["1001", "불꽃", ""], ["1002", "얼음", ""]], None, {0: "key", 1: "source", 2: "target"}),
        ([["ITEM_A", "Flame sword of doom", "Flammenschwert"], ["ITEM_B", "Ice wand", "Eisstab"]], None,
         {0: "key", 1: "source", 2: "target"}),
        ([["Original", "Context"], ["안녕", "menu"]], 0, {0: "source", 1: "context", 2: "target"}),
        ([["A title"], ["", "key", "en"], ["", "k.a", "text"]], 1, {1: "key", 2: "source en", 3: "target"}),
        ([["keys", "en", "id"], ["K", "Hello", "Halo"]], 0, {0: "key", 1: "source en", 2: "target id"}),
        ([["Nr", "Spruch"], ["1", "Hallo Welt"], ["2", "Na so was"]], 0, {0: "key", 1: "source", 2: "target"}),
        ([["1", "2"], ["3", "4"]], None, {}),
        ([], None, {}),
    ],
)  # fmt: skip
def test_layouts(rows: Rows, header: int | None, expected: dict[int, str]) -> None:
    assert roles(rows) == expected
    assert guess_layout(rows).header_row == header


def test_languages_asked_for_are_preferred() -> None:
    rows = [["key", "en", "ko", "de", "fr"], ["a", "one", "하나", "eins", "un"]]
    assert roles(rows, source_language="en", target_language="de") == {0: "key", 1: "source en", 3: "target de"}
    assert roles(rows, source_language="French")[4] == "source fr"
    assert roles([["하나", "eins"]], source_language="ko", target_language="de") == {0: "source ko", 1: "target de"}


def test_header_can_be_forced() -> None:
    rows = [["Key", "원문", "번역"], ["a", "하나", "one"]]
    assert guess_layout(rows, header=False).header_row is None
    assert guess_layout([["하나", "one"], ["둘", "two"]], header=True).header_row == 0


def test_codes_and_limits() -> None:
    assert (language_of("zh_CN"), language_of("ID"), language_of("nothing")) == ("zh-CN", "id", "")
    assert same_language("pt", "pt-BR") and same_language("Japanese", "ja") and not same_language("", "")
    assert [length_limit(t) for t in ("20", " 20.0 ", "20.5", "0", "-1", "", "many", "٣")] == [
        20, 20, None, None, None, None, None, None,
    ]  # fmt: skip
    keys = KeyCounter()
    assert [keys.distinct(k) for k in ("a", "a", "a", "a#2")] == ["a", "a#2", "a#3", "a#2#2"]


def test_a_description_is_the_text_where_there_is_no_other() -> None:
    layout = guess_layout([["이름", "설명"], ["여우", "빨간 여우"], ["늑대", "검은 늑대"]])
    assert {index: role.role for index, role in layout.columns.items()} == {0: "key", 1: "source", 2: "target"}
    layout = guess_layout([["id", "name", "description"], ["a1", "Fox", "A red one"], ["a2", "Owl", "A wise one"]])
    assert {index: role.role for index, role in layout.columns.items()}[1] == "source"
