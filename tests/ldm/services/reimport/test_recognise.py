"""Recognising rows in a newer version: pure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from apps.ldm.services.reimport.recognise import Identity, recognise


def rows(*pairs: tuple[str, str]) -> list[Identity]:
    return [Identity(key, "", source) for key, source in pairs]


def test_a_unique_key_wins_over_the_source() -> None:
    found = recognise(rows(("A", "one"), ("B", "two")), rows(("B", "one"), ("A", "two")))
    assert found.old_of_new == [1, 0]
    assert found.by == ["key", "key"]


def test_renamed_keys_are_recognised_by_source_in_order() -> None:
    found = recognise(rows(("A", "x"), ("B", "x"), ("C", "y")), rows(("N1", "y"), ("N2", "x"), ("N3", "x")))
    assert found.old_of_new == [2, 0, 1]
    assert set(found.by) == {"source"}


def test_repeated_keys_go_by_key_and_source() -> None:
    old = rows(("K", "one"), ("K#2", "two"), ("K#3", "three"))
    new = rows(("K", "two"), ("K#2", "three"), ("K#3", "one"))
    assert recognise(old, new).old_of_new == [1, 2, 0]


def test_a_hash_that_is_part_of_the_key_is_no_repeat() -> None:
    found = recognise(rows(("item#2", "x")), rows(("item", "y"), ("item#2", "z")))
    # "item#2" of the newer version is its second "item"; the old file had the key itself.
    assert found.old_of_new.count(0) <= 1


def test_keys_made_from_positions_recognise_nothing() -> None:
    found = recognise(rows(("1", "a"), ("2", "b")), rows(("1", "b"), ("2", "c")), keys_mean_something=False)
    assert found.old_of_new == [1, None]
    assert found.gone == [0]


@given(
    st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz")), max_size=12),
    st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz")), max_size=12),
    st.sampled_from(["all", "key", "source"]),
)
def test_every_row_is_claimed_once_or_gone(old: list[tuple[str, str]], new: list[tuple[str, str]], rule: str) -> None:
    found = recognise(rows(*old), rows(*new), rule=rule)
    claimed = [position for position in found.old_of_new if position is not None]
    assert len(claimed) == len(set(claimed))
    assert sorted(claimed + found.gone) == list(range(len(old)))
    assert all(bool(how) == (position is not None) for how, position in zip(found.by, found.old_of_new, strict=True))


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=12))
def test_the_same_version_is_recognised_whole(pairs: list[tuple[str, str]]) -> None:
    same = rows(*((f"{key}{n}", f"{source}{n}") for n, (key, source) in enumerate(pairs)))
    found = recognise(same, same)
    assert found.old_of_new == list(range(len(same)))
    assert not found.gone
