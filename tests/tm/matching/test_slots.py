"""Codes and numbers as slots: found, masked, and written into targets only where that is certain."""

from __future__ import annotations

import pytest

from apps.tm.matching.slots import CODE, NUMBER, codes, masked, numbers, slots, substitute


@pytest.mark.parametrize(
    "text",
    [
        "{0}",
        "{{name}}",
        "${hero}",
        "{ItemID:1}",
        "{AudioVoice(X)}",
        "{a{b}c}",
        "%d",
        "%1$s",
        "%,d",
        "%.2f",
        "%%",
        "%(count)d",
        "%NAME%",
        "<b>",
        "</color>",
        "<color=#204d42ff>",
        "<PAColor0xffe9bd23>",
        "<PAOldColor>",
        "<Scale:1.2>",
        "[color=red]",
        "[/b]",
        "&nbsp;",
        "&#39;",
        "$NAME$",
        "@@PH1@@",
    ],
)
def test_every_shape_of_code_is_one_slot(text: str) -> None:
    found = slots(f"가나 {text} 다라")
    assert [(slot.text, slot.kind) for slot in found] == [(text, "code")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50% damage", ["50"]),
        ("레벨3 검", ["3"]),
        ("1,000.5 and 20", ["1,000.5", "20"]),
        ("_+2:_ _1.5 charges_", ["2", "1.5"]),
        ("１２ゴールド", ["１２"]),
        ("abc123 x1.5", []),
        ("item_3", []),
    ],
)
def test_numbers(text: str, expected: list[str]) -> None:
    assert [slot.text for slot in slots(text) if slot.kind == "number"] == expected


@pytest.mark.parametrize("text", ["{a 가나", "a < b", "100 % sure", "<br/>", "a\nb", "5 > 3"])
def test_what_is_no_code(text: str) -> None:
    assert not codes(text)


def test_masks_are_equal_where_only_slots_differ() -> None:
    assert masked("Deal %1$d Damage to 3 foes") == f"deal {CODE} damage to {NUMBER} foes"
    assert masked("Deal {0} damage to 12 foes") == masked("deal %d  damage to 3 foes")
    assert masked("Deal damage") is None


@pytest.mark.parametrize(
    ("query", "source", "target", "expected"),
    [
        ("Deals 15 damage", "Deals 10 damage", "10의 피해를 준다", "15의 피해를 준다"),
        ("{1} and {2}", "{0} and {2}", "{2}와 {0}", "{2}와 {1}"),
        ("5 of 9", "1 of 2", "2 중 1", "9 중 5"),
        ("2 and 3", "1 and 1", "1, 1", "2, 3"),
        ("Costs 2,500", "Costs 1,000", "Kostet 1.000", "Kostet 2.500"),
        ("Costs 0.5", "Costs 1.5", "Kostet 1,5", "Kostet 0,5"),
        ("Costs 2,500", "Costs 1,000", "1000が必要", "2500が必要"),
        ("8 turns", "6 turns", "６ターン", "８ターン"),
        ("Hit %s now", "Hit %d now", "Triff jetzt %d", "Triff jetzt %s"),
    ],
)
def test_substitution(query: str, source: str, target: str, expected: str) -> None:
    done = substitute(query, source, target)
    assert done is not None
    assert (done.source, done.target) == (query, expected)
    assert done.repairs


@pytest.mark.parametrize(
    ("query", "source", "target"),
    [
        ("2 wolves", "3 wolves", "Drei Wölfe"),  # in words
        ("2 of 5", "3 of 5", "3 von 3, 5"),  # once in the source, twice in the target
        ("1 then 2", "3 then 3", "3 und 3 und 4"),  # which one is which
        ("Costs 2,500", "Costs 100", "Kostet 100"),  # how the target groups is unknown
        ("{1} gains {2}", "{0} gains gold", "{0} erhält Gold"),  # a code would be lost
        ("Gold for you", "{0} for you", "{0} für dich"),  # a code would be left over
        ("15% at +1 or 25% at +2", "10% at +1, 20% at +2, or 30% at +3", "10 % bei +1, 20 % bei +2, 30 % bei +3"),
        ("same 1", "same 1", "gleich 1"),
    ],
)
def test_nothing_is_written_that_is_not_certain(query: str, source: str, target: str) -> None:
    assert substitute(query, source, target) is None


def test_numbers_are_compared_without_separators() -> None:
    assert numbers("1,000 and ２") == numbers("1.000 / 2")
