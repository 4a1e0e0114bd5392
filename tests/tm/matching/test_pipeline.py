"""Proposals for a row: scores, kinds, context, order, and what must hold for any texts."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.tm.matching import ranking
from apps.tm.matching.pipeline import EntryText, MemoryStore, Proposal, Query, propose
from apps.tm.matching.slots import codes


def entry(number: int, source: str, target: str, key: str = "", **fields: Any) -> EntryText:
    return EntryText(number, fields.pop("memory_id", 1), key, source, target, **fields)


def found(query: Query | str, entries: Sequence[EntryText], **options: Any) -> list[Proposal]:
    query = Query(query) if isinstance(query, str) else query
    return propose(query, MemoryStore(entries), **options).proposals


def first(query: Query | str, entries: Sequence[EntryText], **options: Any) -> Proposal:
    return found(query, entries, **options)[0]


# ---- exact and context ----
NEIGHBOURED = {"previous": "A", "next": "B"}


@pytest.mark.parametrize(
    ("query", "fields", "score", "kind"),
    [
        (Query("Go"), {}, 100, "exact"),
        (Query("Go", "k"), {"key": "k"}, 101, "context"),
        (Query("Go", "", "A", "B"), NEIGHBOURED, 101, "context"),
        (Query("Go", "k", "A", "B"), {"key": "k", **NEIGHBOURED}, 102, "context"),
        (Query("Go", "", "A", "C"), NEIGHBOURED, 100, "exact"),
        (Query("Go", "", "", ""), {"previous": "", "next": ""}, 101, "context"),
        (Query("Go", "", None, None), {}, 100, "exact"),
        (Query("Go", "", "", ""), {}, 100, "exact"),
        (Query("Go", ""), {"key": ""}, 100, "exact"),
        (Query("Go", "k"), {"key": "k", "penalty": 5}, 96, "context"),
        (Query("Go"), {"penalty": 1}, 99, "exact"),
    ],
)
def test_equal_sources(query: Query, fields: dict[str, Any], score: int, kind: str) -> None:
    best = first(query, [entry(1, "Go", "Geh", **fields)])
    assert (best.score, best.kind, best.target, best.repairs) == (score, kind, "Geh", ())
    assert best.parts.penalty == fields.get("penalty", 0)


@pytest.mark.parametrize("source", ["go", "Go ", "GO", "Go\n", "G o", "Go.", "Gо"])
def test_a_hundred_means_an_equal_source(source: str) -> None:
    same = {"key": "k", **NEIGHBOURED}
    best = first(Query("Go", "k", "A", "B"), [entry(1, source, "Geh", **same)], threshold=1)
    assert best.score <= 99


def test_a_row_that_is_repaired_to_be_equal_is_at_most_99() -> None:
    best = first(Query("Deal 15 damage", "k"), [entry(1, "Deal 10 damage", "10 Schaden", "k")])
    assert (best.kind, best.score, best.target) == ("repaired", 99, "15 Schaden")
    assert [(repair.kind, repair.before, repair.after) for repair in best.repairs] == [("number", "10", "15")]
    assert best.parts.numbers == 0
    assert best.parts.punctuation == 100


# ---- order ----
def test_the_key_decides_between_equal_sources_then_the_neighbours() -> None:
    entries = [
        entry(1, "Go", "eins", "a"),
        entry(2, "Go", "zwei", "b", previous="A"),
        entry(3, "Go", "drei", "c"),
    ]
    assert first(Query("Go", "c"), entries).target == "drei"
    assert first(Query("Go", "d", previous="A", next="Z"), entries).target == "zwei"


def test_a_likelier_key_comes_first() -> None:
    entries = [entry(1, "Go", "eins", "menu.quit.title"), entry(2, "Go", "zwei", "shop.enter.title")]
    assert first(Query("Go", "shop.leave.title"), entries).target == "zwei"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"confirmed": True, "rank": 3}, {"confirmed": False}),
        ({"rank": 0}, {"rank": 1, "changed": 9.0}),
        ({"changed": 2.0}, {"changed": 1.0}),
        ({"penalty": 0, "rank": 2}, {"penalty": 1}),
    ],
)
def test_confirmed_then_nearer_then_newer(better: dict[str, Any], worse: dict[str, Any]) -> None:
    entries = [entry(1, "Go", "worse", **worse), entry(2, "Go", "better", **better)]
    assert [one.target for one in found("Go", entries)] == ["better", "worse"]


def test_equal_targets_are_grouped_and_the_best_is_kept() -> None:
    entries = [entry(1, "Go", "Geh", memory_id=1, penalty=9), entry(2, "Go", "Geh", memory_id=2), entry(3, "Go", "Los")]
    proposals = found("Go", entries)
    assert [(one.target, one.score, one.entry.memory_id) for one in proposals] == [("Geh", 100, 2), ("Los", 100, 1)]


def test_a_penalty_takes_points_off_a_fuzzy_match_too() -> None:
    entries = [entry(1, "Open the old gate now", "Tor")]
    free = first("Open the old gates now", entries)
    assert (
        first("Open the old gates now", [entry(1, "Open the old gate now", "Tor", penalty=10)]).score == free.score - 10
    )


def test_limit_and_threshold() -> None:
    entries = [entry(n, f"Open the old gate {'x' * n}", f"Tor {n}") for n in range(1, 9)]
    assert len(found("Open the old gate", entries, limit=3)) == 3
    assert found("Open the old gate", entries, limit=0) == []
    assert all(one.score >= 90 for one in found("Open the old gate", entries, threshold=90))


# ---- earlier translation ----
def test_the_earlier_translation_is_of_its_own_kind_whatever_its_score() -> None:
    entries = [entry(1, "Something altogether different", "Alt", "k")]
    result = propose(Query("Now it reads like this", "k"), MemoryStore(entries))
    assert result.proposals == []
    assert result.earlier is not None
    assert (result.earlier.kind, result.earlier.target) == ("earlier", "Alt")
    assert result.earlier.score < 75


def test_no_earlier_translation_without_key_or_with_the_same_source() -> None:
    store = MemoryStore([entry(1, "Go", "Geh", "k"), entry(2, "Stop", "Halt")])
    assert propose(Query("Go", "k"), store).earlier is None
    assert propose(Query("Walk"), store).earlier is None
    known = propose(Query("Walk", "new key", old_source="Stop"), store).earlier
    assert known is not None
    assert known.target == "Halt"


# ---- sentences and lines ----
def test_the_unrepaired_match_is_kept_beside_a_sentence_repair() -> None:
    entries = [entry(1, "Open the gate. Go on.", "Öffne das Tor. Weiter."), entry(2, "Wait here.", "Warte hier.")]
    proposals = found("Open the gate. Wait here. Go on.", entries)
    assert [one.target for one in proposals[:2]] == ["Öffne das Tor. Warte hier. Weiter.", "Öffne das Tor. Weiter."]
    assert (proposals[0].kind, proposals[0].entry.entry_id) == ("repaired", 1)
    assert proposals[1].kind == "fuzzy"


def test_sentences_are_glued_when_memories_know_all_of_them() -> None:
    sources = {
        "Wait here a bit.": "Warte etwas.",
        "Go on, then.": "Dann weiter.",
        "Mind the old gap.": "Achtung, Spalt.",
    }
    entries = [entry(n, source, target) for n, (source, target) in enumerate(sources.items())]
    best = first(" ".join(sources), entries)
    assert (best.kind, best.score, best.target) == ("repaired", 99, " ".join(sources.values()))
    assert found("Wait here a bit. Mind the old gap. And then something that nobody knows at all.", entries) == []


def test_lines_are_glued_when_all_of_them_are_known() -> None:
    entries = [entry(1, "안녕", "Hello"), entry(2, "가자", "Let's go"), entry(3, "하나\n어서 와", "One\nWelcome")]
    result = propose(Query("▶안녕\\n▶가자\\n▶어서 와"), MemoryStore(entries))
    assert (result.proposals[0].kind, result.proposals[0].target) == ("line", "▶Hello\\n▶Let's go\\n▶Welcome")
    assert result.proposals[0].score < 100
    assert [(one.target, one.line) for one in result.lines] == [
        ("▶Hello", (1, 3)),
        ("▶Let's go", (2, 3)),
        ("▶Welcome", (3, 3)),
    ]


def test_single_lines_are_proposed_when_some_are_known() -> None:
    result = propose(Query("안녕<br/>뭐라고"), MemoryStore([entry(1, "안녕", "Hello")]))
    assert result.proposals == []
    assert [(one.target, one.line, one.kind) for one in result.lines] == [("Hello", (1, 2), "line")]
    assert result.lines[0].score == 99


# ---- what holds for any texts ----
def test_texts_of_every_kind_give_an_answer() -> None:
    texts = ["", " ", "\n", "a", "{}", "%d", "<b></b>", "x" * 100_000, "{" * 3_000, ". " * 50_000, "\ud800", "\x00"]
    store = MemoryStore([entry(n, text, text, "k") for n, text in enumerate(texts)])
    begin = time.perf_counter()
    for text in texts:
        result = propose(Query(text, "k", text, text, old_source=text), store, threshold=0)
        if text.strip():
            assert result.proposals[0].target == text
    assert time.perf_counter() - begin < 20


_WORDS = [
    "open",
    "gate",
    "the",
    "Wait.",
    "Go!",
    "{0}",
    "{1}",
    "%d",
    "7",
    "12",
    "<b>",
    "</b>",
    "가자",
    "문을",
    "。",
    "\n",
    "\\n",
]
_SOURCE = st.lists(st.sampled_from(_WORDS), max_size=7).map(" ".join)
_ENTRY = st.builds(
    lambda source, target, key, penalty, rank, confirmed: (source, target, key, penalty, rank, confirmed),
    _SOURCE,
    _SOURCE,
    st.sampled_from(["", "a", "b"]),
    st.sampled_from([0, 0, 5]),
    st.integers(0, 2),
    st.booleans(),
)


def _entries(drawn: list[tuple[str, str, str, int, int, bool]]) -> list[EntryText]:
    return [
        EntryText(n, rank + 1, key, source, target, penalty=penalty, rank=rank, confirmed=confirmed)
        for n, (source, target, key, penalty, rank, confirmed) in enumerate(drawn)
    ]


@settings(deadline=None, max_examples=150)
@given(_SOURCE, st.sampled_from(["", "a"]), st.lists(_ENTRY, max_size=8), st.randoms(use_true_random=False))
def test_properties(source: str, key: str, drawn: list[Any], rng: random.Random) -> None:
    entries = _entries(drawn)
    query = Query(source, key)
    result = propose(query, MemoryStore(entries), threshold=30)
    everything = [*result.proposals, *result.lines, *([result.earlier] if result.earlier else [])]

    scores = [one.score for one in result.proposals]
    assert scores == sorted(scores, reverse=True)
    assert len({one.target for one in result.proposals}) == len(result.proposals)
    for one in everything:
        equal = one.entry.source == source and one.kind in ("exact", "context")
        assert (one.score + one.entry.penalty >= 100) == equal
        assert 0 <= one.score <= 102
        if one.entry.source == source and one.line is None and one.kind != "line":
            assert equal
        consistent = codes(one.entry.source) == codes(one.entry.target)
        if one.kind == "repaired" and consistent:
            assert codes(one.target) == codes(source)

    rng.shuffle(entries)
    assert propose(query, MemoryStore(entries), threshold=30) == result
    if result.proposals and result.proposals[0].score >= 100:
        quick = propose(query, MemoryStore(entries), threshold=30, stop_at_exact=True)
        assert quick.proposals[0] == result.proposals[0]
        assert quick.earlier == result.earlier


# ---- the score ----
def test_percent_rises_with_the_raw_figure_and_the_cut_is_75() -> None:
    figures = [n / 500 for n in range(600)]
    shown = [ranking.percent(figure) for figure in figures]
    assert shown == sorted(shown)
    assert ranking.whole(ranking.percent(ranking.CUT)) == 75
    assert ranking.whole(ranking.percent(ranking.CUT - 1e-6)) == 74
    assert max(shown) == 99


def test_the_parts_say_what_agrees() -> None:
    entries = [entry(1, "Deal {0} fire damage!", "{0} Feuerschaden!")]
    parts = first("Deal {0} cold damage!", entries, threshold=50).parts
    assert (parts.codes, parts.numbers, parts.punctuation, parts.context) == (100, 100, 100, 0)
    assert 0 < parts.words < 100
