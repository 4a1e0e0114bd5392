"""Words and their weights."""

from __future__ import annotations

import pytest

from apps.tm.matching.normalise import normalise
from apps.tm.matching.ranking import overlap
from apps.tm.matching.words import WordWeights, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open the _gate_, now", ["open", "the", "gate", "now"]),
        ("검을 든다", ["검을", "든다"]),
        ("門が開く", ["門が", "が開", "開く"]),
        ("第3章", ["第", "3", "章"]),
        ("...!?", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_rare_words_weigh_more_and_unknown_ones_as_rare_ones() -> None:
    weights = WordWeights.build(["the gate", "the tower", "the moat", "the gate"])
    assert weights.weight("the") < weights.weight("gate") < weights.weight("moat") == weights.weight("never seen")


def test_weights_of_several_memories_add_up() -> None:
    one, other = ["the gate", "the gate"], ["the tower", "the tower", "a gate", "a gate"]
    together = WordWeights.build([*one, *other])
    merged = WordWeights.merged([WordWeights.build(one), WordWeights.build(other)])
    for word in ("the", "gate", "tower", "a", "x"):
        assert merged.weight(word) == pytest.approx(together.weight(word))
    assert WordWeights.merged([]).weight("x") > 0


def test_overlap() -> None:
    weights = WordWeights.build([normalise(text) for text in ("The red gate", "The blue gate", "The tower")])
    assert overlap("the red gate", "the red gate", weights) == pytest.approx(1.0)
    assert overlap("the red gate", "a moat", weights) == 0.0
    assert overlap("...", "...", weights) == 1.0
    assert overlap("...", "!", weights) == 0.0
