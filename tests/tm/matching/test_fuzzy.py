"""The fuzzy index against brute force: what is found, its order, additions, removals, hostile texts."""

from __future__ import annotations

import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from apps.tm.matching import FuzzyIndex, Match
from apps.tm.matching.engine import Engine, engine_named
from tests.tm.matching.corpora import brute_force, edited, invented

ENGINES = ("numba", "numpy")
# Few letters make many near matches and ties; the others are where code points go wrong.
LETTERS = "ab \0\n\U0001f600\ud800\udc00가각한é"
TEXTS = st.text(alphabet=LETTERS, max_size=12) | st.text(alphabet="ab", min_size=60, max_size=135) | st.text(max_size=8)
THRESHOLDS = st.sampled_from([0.0, 0.3, 0.5, 0.75, 0.9, 1.0]) | st.floats(0, 1)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "numba":
        pytest.importorskip("numba")
    return engine_named(request.param)


def check(index: FuzzyIndex, entries: dict[int, str], text: str, threshold: float = 0.75, limit: int = 5) -> None:
    assert index.search(text, threshold, limit) == brute_force(entries, text, threshold, limit)


@pytest.mark.parametrize("name", ENGINES)
@settings(max_examples=150, deadline=None)
@given(sources=st.lists(TEXTS, max_size=25), text=TEXTS, threshold=THRESHOLDS, limit=st.integers(1, 30))
def test_equal_to_brute_force(name: str, sources: list[str], text: str, threshold: float, limit: int) -> None:
    if name == "numba":
        pytest.importorskip("numba")
    index = FuzzyIndex.build(sources, engine_named(name))
    entries = dict(enumerate(sources))
    for query in (text, *sources[:3]):
        check(index, entries, query, threshold, limit)


@pytest.mark.parametrize("letters", ["ab", "abcdefgh ", "가나다라마바사아자", "a\U0001f600\ud800\udc00b"])
def test_long_texts_across_every_block_boundary(engine: Engine, letters: str) -> None:
    rng = random.Random(len(letters))
    lengths = (1, 2, 63, 64, 65, 127, 128, 129, 192, 193, 300)
    sources = ["".join(rng.choices(letters, k=length)) for length in lengths for _ in range(6)]
    sources += [edited(rng, text, rng.randrange(1 + len(text) // 3), letters) for text in sources]
    index, entries = FuzzyIndex.build(sources, engine), dict(enumerate(sources))
    for text in rng.sample(sources, 40):
        query = edited(rng, text, rng.randrange(1 + len(text) // 4), letters)
        for threshold, limit in ((0.0, 3), (0.6, 500), (0.75, 5), (0.95, 5)):
            check(index, entries, query, threshold, limit)


class ChangingIndex(RuleBasedStateMachine):
    """An index that is added to and removed from, beside a plain dictionary."""

    @initialize(sources=st.lists(TEXTS, max_size=8))
    def build(self, sources: list[str]) -> None:
        self.index = FuzzyIndex.build(sources)
        self.entries = dict(enumerate(sources))
        self.next = len(sources)

    @rule(text=TEXTS, copies=st.sampled_from([1, 1, 3, 70, 150]))
    def add(self, text: str, copies: int) -> None:
        for _ in range(copies):
            assert self.index.add(text) == self.next
            self.entries[self.next] = text
            self.next += 1

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(-2, self.next + 1))
        if index in self.entries:
            self.index.remove(index)
            del self.entries[index]
        with pytest.raises(KeyError):
            self.index.remove(index)

    @rule(text=TEXTS, threshold=THRESHOLDS, limit=st.integers(1, 400))
    def search(self, text: str, threshold: float, limit: int) -> None:
        check(self.index, self.entries, text, threshold, limit)

    @invariant()
    def counts(self) -> None:
        assert len(self.index) == len(self.entries)


def test_additions_and_removals_in_any_order() -> None:
    run_state_machine_as_test(ChangingIndex, settings=settings(max_examples=40, stateful_step_count=15, deadline=None))


def test_many_additions_and_removals(engine: Engine) -> None:
    rng = random.Random(4)
    texts = invented(1_500, seed=4)
    index, entries = FuzzyIndex.build(texts[:500], engine), dict(enumerate(texts[:500]))
    for number, text in enumerate(texts[500:], start=500):
        assert index.add(text) == number
        entries[number] = text
        if rng.random() < 0.3:
            gone = rng.choice(list(entries))
            index.remove(gone)
            del entries[gone]
    # What was removed before its text became part of a segment is not counted any more.
    assert 700 <= index.tail <= 1_000 and len(index) == len(entries)
    for query in rng.sample(texts, 40):
        check(index, entries, edited(rng, query, rng.randrange(4), "abc가나"), 0.75, 5)


def test_an_added_entry_is_found_at_once_and_a_removed_one_never(engine: Engine) -> None:
    index = FuzzyIndex.build(["the gate", "the bridge"], engine)
    assert index.search("the lantern") == []
    assert index.add("the lantern") == 2
    assert index.search("the lantern") == [Match(2, 1.0)]
    index.remove(2)
    assert index.search("the lantern") == []
    assert index.add("the lantern") == 3


@pytest.mark.parametrize("index", [-1, 2, 10**9])
def test_removing_what_is_not_there(index: int) -> None:
    with pytest.raises(KeyError):
        FuzzyIndex.build(["a", "b"]).remove(index)


def test_identical_sources_come_back_by_number(engine: Engine) -> None:
    index = FuzzyIndex.build(["the same text"] * 20_000, engine)
    assert [match.index for match in index.search("the same text")] == [0, 1, 2, 3, 4]
    assert index.search("the same test", limit=2) == [Match(0, 1 - 1 / 13), Match(1, 1 - 1 / 13)]
    index.remove(1)
    assert [match.index for match in index.search("the same text")] == [0, 2, 3, 4, 5]


def test_ties_between_lengths_go_to_the_lower_number(engine: Engine) -> None:
    # One edit of four and two of eight: the same score from another length, seen in another order.
    sources = ["abcdefxx", "abcd" * 2, "abcdefgh", "xbcdefgh"]
    check(FuzzyIndex.build(sources, engine), dict(enumerate(sources)), "abcdefgx", 0.5, 2)
    sources = ["12345678", "1234567890", "1234567"]
    check(FuzzyIndex.build(sources, engine), dict(enumerate(sources)), "123456789", 0.0, 3)


def test_empty_texts_and_empty_indexes(engine: Engine) -> None:
    empty = FuzzyIndex.build([], engine)
    assert empty.search("a") == empty.search("") == [] and len(empty) == 0
    assert empty.add("") == 0 and empty.search("") == [Match(0, 1.0)]
    index = FuzzyIndex.build(["", "a", ""], engine)
    assert index.search("") == [Match(0, 1.0), Match(2, 1.0)]
    assert index.search("", 0.0) == [Match(0, 1.0), Match(2, 1.0), Match(1, 0.0)]
    assert index.search("a") == [Match(1, 1.0)]
    assert index.search("a", limit=0) == [] == index.search("a", limit=-1)
    assert index.search_many([]) == []


def test_texts_of_a_hundred_thousand_characters(engine: Engine) -> None:
    rng = random.Random(9)
    # Every character another one: the worst case for tables per character.
    long = "".join(map(chr, rng.sample(range(0x20, 0xD800), 50_000))) * 2
    near = long[:700] + "x" + long[900:60_000] + "\U0001f600" + long[60_000:]
    index = FuzzyIndex.build([long, near, "a" * 100_000, "short", "b" * 90_000], engine)
    assert index.search(long) == [Match(0, 1.0), Match(1, 1 - 201 / 100_000)]
    assert index.search("a" * 99_999) == [Match(2, 1 - 1 / 100_000)]
    assert index.search("z" * 100_000) == []
    assert index.search("short") == [Match(3, 1.0)]
    # Beyond and within what the compiled scan takes itself.
    for length in (16_384, 16_385):
        body = "ab" * (length // 2)
        entries = {0: body + "c", 1: body[: length - 900]}
        check(FuzzyIndex.build(list(entries.values()), engine), entries, body)


def test_one_wide_character_changes_no_other_answer(engine: Engine) -> None:
    texts = invented(300, seed=2)
    narrow, wide = FuzzyIndex.build(texts, engine), FuzzyIndex.build([*texts, "\U0010ffff"], engine)
    for text in texts[::10]:
        assert narrow.search(text + "\U0001f600") == wide.search(text + "\U0001f600")
    assert wide.search("\U0010ffff") == [Match(300, 1.0)]


def test_surrogates_are_characters_of_their_own(engine: Engine) -> None:
    sources = ["\ud83d\ude00", "\U0001f600", "\ud83d"]
    check(FuzzyIndex.build(sources, engine), dict(enumerate(sources)), "\U0001f600", 0.0, 3)
    check(FuzzyIndex.build(sources, engine), dict(enumerate(sources)), "\ud83d", 0.0, 3)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_the_scale_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        FuzzyIndex.build(["a"]).search("a", threshold)


def test_many_at_once_answer_as_one_by_one(engine: Engine) -> None:
    texts = invented(3_000, seed=5)
    index = FuzzyIndex.build(texts, engine)
    queries = [text[1:] for text in texts[::20]]
    assert index.search_many(queries, 0.7, 3) == [index.search(query, 0.7, 3) for query in queries]


def test_searching_while_others_add_and_remove() -> None:
    texts = invented(1_200, seed=6)
    index = FuzzyIndex.build(texts[:200])
    failures: list[object] = []

    def search() -> None:
        for _ in range(40):
            for number in range(0, 200, 40):
                if index.search(texts[number])[:1] != [Match(number, 1.0)]:
                    failures.append(number)

    readers = [threading.Thread(target=search) for _ in range(2)]
    for reader in readers:
        reader.start()
    added = [index.add(text) for text in texts[200:]]
    for number in added[::2]:
        index.remove(number)
    for reader in readers:
        reader.join()
    assert not failures
    assert added == list(range(200, 1_200)) and len(index) == 700
