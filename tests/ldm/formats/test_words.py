"""Counts of words and characters."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ldm.formats.words import count_characters, count_words

COUNTED = [
    ("", 0),
    ("   \n", 0),
    ("Hello, world!", 2),
    ("don't well-known 3.5 1,000", 4),
    ("... - ! — …", 0),
    ("a\nb\tc\u00a0d", 4),
    ("검은 여우가 숲에서 잠든다.", 4),
    ("HP회복 물약", 2),
    ("漢字とkana", 4),
    ("使用HP药水。", 5),
    ("Hello。World", 2),
    ("サーバー", 4),
    ("ﾊﾝｶｸ", 4),
    ("「炎」の剣・改", 4),
    ("𠮷野", 2),
    ("Größe Ñandú ёлка", 3),
    ("{0} {name} {{x}} ${y}", 0),
    ("검은 여우가 {0}개", 3),
    ("%s님의 %1$d번째 검", 3),
    ("%d%% off", 1),
    ("50% damage", 2),
    ("100% sure", 2),
    ("%(count)d items %@ %,d %.2f %5.1f", 1),
    ("<color=#ff0000>빨간</color> 검", 2),
    ("one<br/>two<BR>three", 3),
    ("He<b>ll</b>o", 1),
    ("line one\\nline two", 4),
    ("a < b and c > d", 5),
    ("⟦1⟧Open⟦/1⟧ ⟦2/⟧ now", 2),
    ("<0>click</0> here", 2),
    ("{count, plural, one {one dog} other {{count} dogs}} left", 4),
    ("_highlight_ me", 2),
    ("สวัสดี ครับ", 2),
]


@pytest.mark.parametrize(("text", "words"), COUNTED)
def test_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_languages_without_spaces() -> None:
    assert count_words("สวัสดีครับ", "th") == 2
    assert count_words("สวัสดีครับ HP 10", "th") == 4
    assert count_words("漢字", "ja") == count_words("漢字", "zh-CN") == 2
    assert count_words("여우 굴", "ko-KR") == 2


@pytest.mark.parametrize(
    ("text", "all_of_them", "without_spaces"),
    [("검은 여우", 5, 4), ("a {0} b", 4, 2), ("one<br>two\nthree", 11, 11), ("%s", 0, 0), ("50%", 3, 3), ("", 0, 0)],
)
def test_characters(text: str, all_of_them: int, without_spaces: int) -> None:
    assert count_characters(text) == all_of_them
    assert count_characters(text, spaces=False) == without_spaces


@given(st.text(max_size=60))
def test_never_more_words_than_characters(text: str) -> None:
    assert 0 <= count_words(text) <= len(text)
    assert 0 <= count_characters(text, spaces=False) <= count_characters(text) <= len(text)


def test_long_and_hostile_texts_are_quick() -> None:
    start = time.perf_counter()
    for text in ("{" * 50_000, "<" * 50_000, "%" * 50_000, "{a, plural, " * 5_000, "\\" * 50_000, "a " * 50_000):
        count_words(text)
        count_characters(text)
    assert time.perf_counter() - start < 5
