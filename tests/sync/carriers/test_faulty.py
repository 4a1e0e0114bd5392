"""The faulty carrier does what it is told, and nothing else."""

from __future__ import annotations

from typing import Any, cast

import pytest

from apps.sync.carriers.faulty import DELAYED, DOUBLED, FINE, LOST, UNANSWERED, FaultyPeer
from apps.sync.protocol import PAGE_ROWS, Caller, Refused, SyncPeer, Unreachable

CALLER = Caller(client="c", now=0.0)
CALLS: dict[str, tuple[Any, ...]] = {
    "hello": (CALLER,),
    "tree": ("", 7, ["project:1"], ["file:2"]),
    "path": (1,),
    "snapshot": (1, "t", 9),
    "changes": (1, 2, 3, "e", 9),
    "push": (CALLER, []),
    "original": (1,),
    "blob": (1, "s", 0),
    "put_blob": ("s", 0, 1, b"x"),
    "create": (CALLER, "k", {}),
    "memories": (1,),
    "entries": (1, "t", None, 9),
    "conflicts": (1, ("an op",)),
    "resolve": (CALLER, "o", "kept"),
}


class Heard:
    """A peer that answers every call with its name and arguments."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any) -> Any:
            self.calls.append((name, *args))
            return name, args

        return call


def faulty(heard: Heard, fault: str, **more: Any) -> FaultyPeer:
    return FaultyPeer(cast(SyncPeer, heard), fault=lambda call: fault, **more)


@pytest.mark.parametrize("name", CALLS)
def test_every_call_goes_through_as_it_is(name: str) -> None:
    heard = Heard()
    assert getattr(faulty(heard, FINE), name)(*CALLS[name]) == (name, CALLS[name])


def test_a_lost_request_is_never_made() -> None:
    heard = Heard()
    with pytest.raises(Unreachable):
        faulty(heard, LOST).path(1)
    assert heard.calls == []


def test_an_unanswered_request_is_made_and_a_doubled_one_twice() -> None:
    heard, told = Heard(), list[str]()
    with pytest.raises(Unreachable):
        faulty(heard, UNANSWERED, on_the_way=told.append).path(1)
    faulty(heard, DOUBLED, on_the_way=told.append).path(2)
    assert heard.calls == [("path", 1), ("path", 2), ("path", 2)]
    assert told == ["path", "path"]


def test_a_delayed_request_is_made_when_somebody_lets_it() -> None:
    heard, late = Heard(), list[Any]()
    with pytest.raises(Unreachable):
        faulty(heard, DELAYED, later=late.append).path(1)
    assert heard.calls == []
    late.pop()()
    assert heard.calls == [("path", 1)]


def test_a_refusal_is_one() -> None:
    with pytest.raises(Refused) as refusal:
        faulty(Heard(), "login").path(1)
    assert refusal.value.reason == "login"


def test_hints_may_be_missed() -> None:
    class Hints(Heard):
        def subscribe(self, file_ids: list[int]) -> list[tuple[int, int]]:
            return [(one, 5) for one in file_ids]

    words = iter([FINE, LOST, FINE])
    peer = FaultyPeer(cast(SyncPeer, Hints()), fault=lambda call: next(words))
    assert list(peer.subscribe([1, 2, 3])) == [(1, 5), (3, 5)]


def test_pages_are_as_small_as_wished() -> None:
    heard = Heard()
    faulty(heard, FINE, rows=2).snapshot(1, "", PAGE_ROWS)
    assert heard.calls == [("snapshot", 1, "", 2)]
