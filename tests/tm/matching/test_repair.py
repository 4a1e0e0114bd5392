"""Repairs: sentences from the match and from memory, marks and capitals at the edges."""

from __future__ import annotations

import pytest

from apps.tm.matching.edges import edged
from apps.tm.matching.repair import glued, slotted


def test_a_sentence_is_added_from_memory() -> None:
    done = glued("Open it. Wait. Go.", "Open it. Go.", "Öffne es. Geh.", {"Wait.": "Warte."})
    assert done is not None
    assert (done.source, done.target) == ("Open it. Wait. Go.", "Öffne es. Warte. Geh.")
    assert [repair.kind for repair in done.repairs] == ["sentence"]


def test_a_sentence_is_exchanged_and_the_gap_is_the_languages_own() -> None:
    done = glued("Open it. Run!", "Open it. Go.", "開けろ。行け。", {"Run!": "走れ！"})
    assert done is not None
    assert done.target == "開けろ。走れ！"


def test_a_sentence_that_the_row_has_no_more_is_dropped() -> None:
    done = glued("First words.\n\nLast words.", "First words.\n\nMiddle.\n\nLast words.", "처음.\n\n중간.\n\n끝.", {})
    assert done is not None
    assert done.target == "처음.\n\n끝."


def test_nothing_is_dropped_while_the_row_says_something_unknown() -> None:
    query = "First words. A very different thing stands here now."
    assert glued(query, "First words. Old. Older.", "처음. 옛것. 더 옛것.", {}) is None


def test_a_changed_sentence_stays_as_the_entry_has_it() -> None:
    query = "You open the old gate. Wait. Fine."
    done = glued(query, "You open the gate. Fine.", "문을 연다. 좋아.", {"Wait.": "기다려."})
    assert done is not None
    assert done.target == "문을 연다. 기다려. 좋아."
    assert done.source == "You open the gate. Wait. Fine."


def test_slots_are_repaired_after_sentences() -> None:
    done = glued("Gain 5 gold. Wait.", "Gain 3 gold.", "3 골드를 얻는다.", {"Wait.": "기다려."})
    assert done is not None
    assert done.target == "5 골드를 얻는다. 기다려."
    assert {repair.kind for repair in done.repairs} == {"sentence", "number"}


def test_a_code_is_never_lost_with_a_sentence() -> None:
    assert glued("Take {0}.", "Take {0}. Give {1}.", "{0} 받아. {1} 줘.", {}) is not None
    assert glued("Take {0}. Wait {1}.", "Take {0}. Sit.", "{0} 받아. 앉아.", {"Wait {1}.": "기다려."}) is None


@pytest.mark.parametrize(
    ("query", "source", "target", "expected"),
    [
        ("Loading", "Loading...", "Lade...", "Lade"),
        ("Loading", "Loading...", "ロード中…", "ロード中"),
        ("Loading...", "Loading", "로딩 중", "로딩 중..."),
        ("Amulet?", "Amulet", "魔除け", "魔除け？"),
        ("Stop!", "Stop?", "멈춰?", "멈춰!"),
        ("Save", "save", "sichern", "Sichern"),
    ],
)
def test_edges(query: str, source: str, target: str, expected: str) -> None:
    done = edged(query, source, target)
    assert done is not None
    assert (done.source, done.target) == (query, expected)


@pytest.mark.parametrize(
    ("query", "source", "target"),
    [
        ("Loading", "Loading...", "Lade"),  # the target has no such mark
        ("Yes.", "Yes", "네"),  # full stops are the translator's own
        ("Stop!", "Halt?", "멈춰?"),  # more than the edge differs
        ("save", "Save", "Sichern"),  # a noun would lose its capital
        ("Save", "save", "저장"),
    ],
)
def test_edges_that_are_not_certain(query: str, source: str, target: str) -> None:
    assert edged(query, source, target) is None


def test_breaks_are_spelled_as_in_the_row() -> None:
    done = slotted("One\\nTwo 2", "One\nTwo 3", "하나\n둘 3")
    assert done is not None
    assert done.target == "하나\\n둘 2"
