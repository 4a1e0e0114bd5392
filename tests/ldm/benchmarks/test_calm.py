"""Waiting for a server that still does something of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from apps.ldm.benchmarks.calm import BUSY, until_calm

LOOK = 0.01


def at_work(looks: list[float]) -> Callable[[], dict[str, float]]:
    """The clock of two processes, one of which is at work in each look for this share of a second of a second."""
    taken = 0.0

    def steps() -> Iterator[float]:
        yield 0.0
        yield from looks
        while True:
            yield 0.0

    step = steps()

    def read() -> dict[str, float]:
        nonlocal taken
        # A look may take longer than it should on a busy machine; what is busy here is so by far.
        taken += next(step) * 100
        return {"one": taken, "other": 7.0}

    return read


@pytest.mark.parametrize(
    ("looks", "number"),
    [([], 2), ([1.0] * 5, 7), ([1.0, 0.0, 1.0], 5)],
    ids=["calm at once", "compiling", "still between two parts of its start"],
)
def test_it_ends_after_two_calm_looks(looks: list[float], number: int) -> None:
    read, said, calls = at_work(looks), list[str](), 0

    def counted() -> dict[str, float]:
        nonlocal calls
        calls += 1
        return read()

    assert until_calm(counted, said.append, look=LOOK)
    assert calls == number + 1
    assert said == ["The server was calm after 0 s"]


def test_it_does_not_wait_for_ever() -> None:
    said = list[str]()
    assert not until_calm(at_work([BUSY] * 10_000), said.append, look=LOOK, longest=0.1)
    assert "still at work after 0 s" in said[0]
