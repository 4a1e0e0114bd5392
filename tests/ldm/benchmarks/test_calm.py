"""Waiting for a server that still does something of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from subprocess import PIPE

import pytest

from apps.ldm.benchmarks.calm import BUSY, until_calm
from apps.ldm.benchmarks.processes import ended
from apps.ldm.benchmarks.processor import family, processor_seconds, wanted_seconds

LOOK = 0.01


def at_work(looks: list[float]) -> Callable[[], float]:
    """What a server wanted so far that is at work in each look for such a share of the time."""
    so_far = 0.0

    def steps() -> Iterator[float]:
        yield 0.0
        yield from looks
        while True:
            yield 0.0

    step = steps()

    def read() -> float:
        nonlocal so_far
        # A look may take longer than it should on a busy machine: what is busy here is so by far.
        so_far += next(step) * 100
        return so_far

    return read


@pytest.mark.parametrize(
    ("looks", "number"),
    [([], 2), ([1.0] * 5, 7), ([1.0, 0.0, 1.0], 5), ([1.0, -1.0], 4)],
    ids=["calm at once", "compiling", "still between two parts of its start", "a thread ended"],
)
def test_it_ends_after_two_calm_looks(looks: list[float], number: int) -> None:
    read, said, calls = at_work(looks), list[str](), 0

    def counted() -> float:
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


def test_a_process_that_is_at_work_wants_the_processor_and_one_that_waits_does_not() -> None:
    turning, waiting = (
        subprocess.Popen([sys.executable, "-c", f"print(flush=True)\n{code}"], stdin=PIPE, stdout=PIPE)
        for code in ("while True: pass", "input()")
    )
    with turning, waiting, ended(turning), ended(waiting):
        for one in (turning, waiting):
            assert one.stdout is not None
            one.stdout.readline()
        before = [wanted_seconds([one.pid]) for one in (turning, waiting)]
        time.sleep(0.4)
        more, none = (wanted_seconds([one.pid]) - was for one, was in zip((turning, waiting), before, strict=True))
        assert more > 0.3 > 0.1 > none
        assert processor_seconds([turning.pid]) > 0
        assert family(turning.pid) == [turning.pid]
