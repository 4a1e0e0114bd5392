"""Who wins: causality whatever the clocks say, then the later one by age."""

from __future__ import annotations

import pytest

from apps.sync.server.decide import Present, decide, time_of

THEIRS = Present(target="Bonjour", status=2, text_rev=7, edited_at=1000.0, last_op="op-t")


def verdict(present: Present = THEIRS, **change: object) -> tuple[str, bool]:
    edit = {"op": "op-m", "base_rev": 3, "after": (), "target": "Hello", "status": 2, "at": 500.0} | change
    found = decide(present, **edit)  # type: ignore[arg-type]
    return found.outcome, found.concurrent


@pytest.mark.parametrize("at", [-1e6, 500.0, 1e9])
def test_an_edit_that_saw_the_present_text_wins_whatever_the_clocks_say(at: float) -> None:
    assert verdict(base_rev=7, at=at) == ("applied", False)


@pytest.mark.parametrize("at", [-1e6, 500.0, 1e9])
def test_an_edit_that_replaces_an_own_one_wins_too(at: float) -> None:
    assert verdict(after=("op-x", "op-t"), at=at) == ("applied", False)


def test_of_concurrent_edits_the_later_wins() -> None:
    assert verdict(at=1000.1) == ("applied", True)
    assert verdict(at=999.9) == ("lost", True)


def test_at_the_same_instant_the_ids_decide_alike_everywhere() -> None:
    assert verdict(op="op-z", at=1000.0) == ("applied", True)
    assert verdict(op="op-a", at=1000.0) == ("lost", True)


def test_an_import_is_older_than_any_edit() -> None:
    assert verdict(Present("Salut", 1, 7, None, ""), at=-5.0) == ("applied", True)


def test_the_same_text_and_status_changes_nothing() -> None:
    assert verdict(target="Bonjour", at=1e9) == ("noop", False)
    assert verdict(target="Bonjour", status=3, at=1e9) == ("applied", True)


NEW = Present(target="", status=0, text_rev=7, edited_at=1000.0, last_op="op-t")
SAID = {"target": "", "status": 0, "blank": True}


def test_a_flag_alone_is_applied_to_the_text_it_was_said_of_and_to_no_other() -> None:
    assert verdict(NEW, **SAID, flag_only=True, at=1.0) == ("applied", False)
    assert verdict(NEW, **SAID | {"blank": False}, flag_only=True) == ("noop", False)
    assert verdict(THEIRS, **SAID, flag_only=True, at=1e9) == ("noop", False)
    assert verdict(THEIRS, **SAID, flag_only=True, base_rev=7) == ("noop", False)


def test_a_flag_goes_with_the_text_that_wins_and_no_conflict_is_made_of_equal_texts() -> None:
    assert verdict(NEW, **SAID, base_rev=7, at=1.0) == ("applied", False)
    assert verdict(NEW, **SAID, at=1000.1) == ("applied", False)
    assert verdict(NEW, **SAID, at=999.9) == ("noop", False)
    assert verdict(NEW, **SAID | {"blank": None}, base_rev=7) == ("noop", False)


def test_an_empty_last_edit_is_in_no_chain() -> None:
    assert verdict(Present("Salut", 1, 7, 1000.0, ""), after=("",), at=1.0) == ("lost", True)


@pytest.mark.parametrize("skew", [-1e6, 0.0, 1e6])
def test_the_age_of_an_edit_does_not_depend_on_the_clock(skew: float) -> None:
    assert time_of(server_now=2000.0, client_now=1500.0 + skew, edited_at=1400.0 + skew) == 1900.0


def test_a_clock_that_was_set_back_never_makes_an_edit_future() -> None:
    assert time_of(server_now=2000.0, client_now=100.0, edited_at=900.0) == 2000.0
