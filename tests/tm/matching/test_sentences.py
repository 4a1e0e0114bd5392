"""Sentences and lines: cut without loss, paired with their translations, hashed for the index of parts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.tm.matching.normalise import text_hash
from apps.tm.matching.sentences import lines, part_hashes, part_target, respelled, sentences, units

_TEXT = st.text(alphabet='aB가。.!? \n\t\\n<br/>_"1', max_size=60)


@given(_TEXT)
def test_cutting_loses_nothing(text: str) -> None:
    for cut in (lines, sentences):
        assert "".join(part.text + part.gap for part in cut(text)) == text


@given(_TEXT, _TEXT)
def test_units_are_both_texts_again(source: str, target: str) -> None:
    found = units(source, target)
    assert "".join(unit.source.text + unit.source.gap for unit in found) == source
    assert "".join(unit.target.text + unit.target.gap for unit in found) == target


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three", ["One.", "Two!", "Three"]),
        ("霧が晴れた。門が開く。", ["霧が晴れた。", "門が開く。"]),
        ('He said "go." Then left.', ['He said "go."', "Then left."]),
        ("Costs 1.5 gold.", ["Costs 1.5 gold."]),
        ("A line\\nB line<br/>C", ["A line", "B line", "C"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [part.text for part in sentences(text)] == expected


def test_pairs_that_do_not_count_alike_stay_whole() -> None:
    assert len(units("One. Two.", "하나, 둘.")) == 1
    assert [unit.target.text for unit in units("One. Two.\nThree.", "하나, 둘.\n셋.")] == ["하나, 둘.", "셋."]


def test_parts_are_found_by_their_hash() -> None:
    source, target = "Open the gate. Wait.\nGo on.", "문을 열어라. 기다려라.\n계속 가라."
    hashes = part_hashes(source, target)
    assert text_hash("Wait.") in hashes
    assert text_hash("Open the gate. Wait.") in hashes
    assert part_target(source, target, "Wait.") == "기다려라."
    assert part_target(source, target, "Open the gate. Wait.") == "문을 열어라. 기다려라."
    assert part_target(source, target, "wait.") is None
    assert part_hashes("One sentence.", "한 문장.") == []


def test_breaks_take_the_spelling_of_the_query() -> None:
    assert respelled("a\\nb", "a\nb", "가\n나") == ("가\\n나", "\n", "\\n")
    assert respelled("a<br/>b", "a\nb", "가 \n나") == ("가 <br/>나", "\n", "<br/>")
    assert respelled("\n a", "a \\n", "\\n") == ("\n", "\\n", "\n")
    assert respelled("a<br/>b\nc", "a\nb\nc", "가\n나\n다") is None
    assert respelled("a", "a\nb", "가\n나") is None


@pytest.mark.parametrize(
    "text", ["." * 19_000, " " * 19_000, "!?" * 9_500, "\n" * 19_000, "。" * 19_000, "&lt;br " * 2_500]
)
def test_no_text_takes_long(text: str) -> None:
    begin = time.perf_counter()
    sentences(text)
    units(text, text)
    assert time.perf_counter() - begin < 3
