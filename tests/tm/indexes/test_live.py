"""A base with changes answers as an index built from what is there now."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.tm.indexes.building import Text
from apps.tm.indexes.live import PER_MASK, Change, LiveIndex
from apps.tm.matching.normalise import normalise, text_hash
from apps.tm.matching.sentences import part_hashes
from apps.tm.matching.slots import masked
from tests.tm.indexes.builders import base_of, text

SOURCES = (
    "Open the gate",
    "open the GATE",
    "Open the gates",
    "Close the gate",
    "Take 3 apples",
    "Take 5 apples",
    "Take {0} apples",
    "성문을 열어라",
    "성문을 닫아라",
    "Hello there. Open the gate",
    "Hello there. Go away!",
    "First line\nSecond line",
)
SOURCE = st.sampled_from(SOURCES)
ENTRY = st.tuples(st.integers(1, 9), SOURCE, st.sampled_from(["문. 예", "x", "하나\n둘"]))
CHANGE = st.one_of(ENTRY, st.tuples(st.integers(1, 9), st.none(), st.none()))


def changed(pk: int, source: str | None, target: str | None) -> Change:
    if source is None:
        return Change(pk, 0, "", "", "", True)
    return Change(pk, text_hash(source), source, target or "", f"key {pk}", False)


@settings(max_examples=60, deadline=None)
@given(st.lists(ENTRY, max_size=8, unique_by=lambda one: one[0]), st.lists(CHANGE, max_size=14))
def test_changes_on_a_base_are_a_new_base(
    before: list[tuple[int, str, str]], changes: list[tuple[int, str | None, str | None]]
) -> None:
    now: dict[int, Text] = {pk: text(pk, source, target, f"key {pk}") for pk, source, target in before}
    live = LiveIndex(base_of(list(now.values())))
    for pk, source, target in changes:
        live.apply([changed(pk, source, target)])
        if source is None:
            now.pop(pk, None)
        else:
            now[pk] = text(pk, source, target or "", f"key {pk}")
    fresh = LiveIndex(base_of(list(now.values())))
    assert len(live) == len(fresh) == len(now)
    hashes = {text_hash(source) for source in SOURCES}
    assert {one: live.count(one) for one in hashes} == {one: fresh.count(one) for one in hashes}
    for wanted in ("gate", "open", "성문", "key 3", "문", "line"):
        assert set(live.find(wanted)) == set(fresh.find(wanted))
        assert len(list(live.find(wanted))) == len(set(live.find(wanted)))
    assert set(live.find("key 3", ["key"])) == {pk for pk in now if pk == 3}
    for source in SOURCES:
        query = normalise(source)
        assert sorted(live.nearest(query, 0.5, 20)) == sorted(fresh.nearest(query, 0.5, 20))
        if (mask := masked(source)) is not None:
            found = live.nearest_masked(mask, 0.5, 20)
            assert sorted(found) == sorted(fresh.nearest_masked(mask, 0.5, 20))
    parts = {part for one in now.values() for part in part_hashes(one.source, one.target)}
    holders = {part: {pk for pk, one in now.items() if part in part_hashes(one.source, one.target)} for part in parts}
    for part, ids in live.parts(sorted(parts)).items():
        assert set(ids) & holders[part]


def test_an_entry_that_comes_twice_counts_once() -> None:
    live = LiveIndex(base_of([]))
    one = changed(1, "Open the gate", "x")
    live.apply([one, one])
    live.apply([one])
    assert live.count(text_hash("Open the gate")) == 1 and list(live.find("gate")) == [1]
    live.apply([changed(1, None, None)])
    assert live.nearest("open the gate", 0.5, 5) == [] and list(live.find("gate")) == []


def test_of_one_mask_only_some_sources_are_answered() -> None:
    live = LiveIndex(base_of([text(n, f"Take {n} apples") for n in range(1, 50)]))
    mask = masked("Take 99 apples")
    assert mask is not None
    assert len(live.nearest_masked(mask, 0.5, 20)) == PER_MASK
    live.apply([changed(100, "Take 100 apples", "x")])
    assert live.nearest_masked(mask, 0.5, 20)[0] == (text_hash("Take 100 apples"), 1.0)


def test_a_base_is_shared_and_not_changed_by_hiding() -> None:
    base = base_of([text(1, "Open the gate")])
    live = LiveIndex(base)
    live.apply([changed(1, None, None)])
    assert list(live.find("gate")) == []
    assert base.entries == 1 and list(base.texts["source"].find("gate")) == [0]
    assert replace(base, revision=2).revision == 2
