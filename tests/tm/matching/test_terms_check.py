"""Findings of the check of terms, and candidates of terms."""

from __future__ import annotations

import pytest

from apps.tm.matching.candidates import CandidateRules, candidate_key, collect, is_candidate
from apps.tm.matching.term_check import Finding, check
from apps.tm.matching.terms import TermEntry, TermIndex

HARBOUR = [
    TermEntry(1, "항구거리", "Harbor Street"),
    TermEntry(2, "항구거리", "Harbour Street", "admitted"),
    TermEntry(3, "항구거리", "Port Road", "forbidden"),
    TermEntry(4, "여우", "fox"),
    TermEntry(5, "등대", ""),
]


def findings(source: str, target: str, terms: list[TermEntry] = HARBOUR, languages: str = "ko en") -> list[Finding]:
    spoken, written = languages.split()
    return check(source, target, [TermIndex.build(terms, spoken)], written)


def kinds(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.kind, one.term.target) for one in found]


@pytest.mark.parametrize(
    "target", ["Harbor Street", "the Harbour Streets", "on HARBOR\nSTREET", "Harbor <b>Street</b>"]
)
def test_a_translation_in_any_form_is_enough(target: str) -> None:
    assert findings("항구거리에서", target) == []


def test_a_missing_translation_has_its_place_in_the_source() -> None:
    (found,) = findings("그 항구거리에서", "in the port")
    assert (found.kind, found.start, found.end) == ("missing", 2, 6)
    assert found.expected == ("Harbor Street", "Harbour Street")


def test_a_forbidden_translation_has_its_place_in_the_target() -> None:
    found = findings("항구거리에서", "The Port Roads of Harbor Street")
    assert kinds(found) == [("forbidden", "Port Road")]
    assert (found[0].start, found[0].end) == (4, 14)
    assert kinds(findings("항구거리에서", "the port road")) == [
        ("missing", "Harbor Street"),
        ("forbidden", "Port Road"),
    ]
    assert findings("바다에서", "the port road") == []


def test_a_forbidden_word_within_an_allowed_one_is_allowed() -> None:
    terms = [TermEntry(1, "검", "short sword"), TermEntry(2, "검", "sword", "forbidden")]
    assert findings("검을", "a short sword", terms) == []
    assert kinds(findings("검을", "a short sword, a sword", terms)) == [("forbidden", "sword")]


def test_what_says_nothing() -> None:
    assert findings("항구거리", "") == []
    assert findings("등대에서", "in the lighthouse") == []
    assert findings("", "fox") == []


def test_variants_make_no_false_findings() -> None:
    """Wish 20 of the peers' users: a check that knows only the dictionary form is wrong where the form changes."""
    assert findings("여우들은", "The foxes") == []
    assert findings("the sword", "검을", [TermEntry(1, "sword", "검")], "en ko") == []
    assert findings("the key", "Eisenschlüssel", [TermEntry(1, "key", "Schlüssel")], "en de") == []
    assert (
        findings("dark energy", "сила темной энергии", [TermEntry(1, "dark energy", "тёмная энергия")], "en ru") == []
    )
    assert kinds(findings("the sword", "검색", [TermEntry(1, "sword", "검")], "en ko")) == [("missing", "검")]


def test_the_nearest_base_says_it_first() -> None:
    near = TermIndex.build([TermEntry(1, "fox", "여우")], "en", 1)
    far = TermIndex.build([TermEntry(2, "fox", "폭스")], "en", 2)
    (found,) = check("a fox", "늑대", [near, far], "ko")
    assert found.expected == ("여우", "폭스") and found.term.term_id == 1


# ---- candidates ----
@pytest.mark.parametrize("text", ["검", "Salt Fox", "a" * 21, "소금 여우", "Yes, sir"])
def test_what_may_be_a_candidate(text: str) -> None:
    assert is_candidate(text, CandidateRules())


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a" * 22,
        "Go!",
        "가자.",
        "정말?",
        "그리고…",
        "行け。",
        "行け！",
        "Go!”",
        "(Go.)",
        "two\nlines",
        "123",
        "?!",
        "{0}개",
        "<b>fox</b>",
        "%s fox",
        "fox\\n",
    ],
)
def test_what_may_not(text: str) -> None:
    assert not is_candidate(text, CandidateRules())


def test_the_options_of_candidates() -> None:
    assert is_candidate("Go!", CandidateRules(sentences=True))
    assert is_candidate("a" * 30, CandidateRules(max_length=30))
    assert not is_candidate("abc", CandidateRules(max_length=2))


ROWS = [
    ("Fox", "여우"),
    ("fox", "폭스"),
    ("Fox", "여우"),
    ("foxes", "여우들"),
    ("The salt fox runs.", ""),
    ("Salt Fox", "소금여우"),
    ("Once", "한 번"),
    ("A box of FOXES, foxes.", ""),
    ("Sword", ""),
    ("Swordfish swim.", ""),
    ("A wolf. A wolf!", ""),
    ("wolf", "늑대"),
]


def test_candidates_by_frequency_with_suggestion_and_example() -> None:
    found = collect(lambda: iter(ROWS), "en", CandidateRules())
    assert [(one.source, one.occurrences, one.suggestion) for one in found] == [
        ("Fox", 7, "여우"),
        ("wolf", 2, "늑대"),
        ("Salt Fox", 2, "소금여우"),
    ]
    assert found[0].example == "The salt fox runs."
    assert found[1].example == "A wolf. A wolf!"


def test_the_least_number_of_occurrences() -> None:
    assert [one.source for one in collect(lambda: ROWS, "en", CandidateRules(min_occurrences=3))] == ["Fox"]
    assert len(collect(lambda: ROWS, "en", CandidateRules(min_occurrences=1))) == 5


def test_known_sources_are_no_candidates_in_any_form() -> None:
    assert [one.source for one in collect(lambda: ROWS, "en", CandidateRules(), ["foxes", "SALT FOX"])] == ["wolf"]
    assert candidate_key("Foxes", "en") == candidate_key("fox", "en") != candidate_key("fix", "en")


def test_korean_candidates_count_before_particles_only() -> None:
    rows = [("검", "sword"), ("검을 들어라.", ""), ("검색하기", "search"), ("검색하기", "")]
    found = collect(lambda: rows, "ko", CandidateRules())
    assert [(one.source, one.occurrences) for one in found] == [("검", 2), ("검색하기", 2)]
