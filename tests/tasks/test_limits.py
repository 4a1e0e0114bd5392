"""Limits of memory and time, in force inside the block and gone after it."""

from __future__ import annotations

import signal
import sys
import threading
import time

import pytest

from apps.tasks import services
from apps.tasks.limits import limited
from locanext_project.errors import TooLarge

resource = pytest.importorskip("resource")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited on Linux only")


def state():
    return resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM), signal.getitimer(0)


@linux
def test_memory_ends_with_a_sentence_and_without_a_trace():
    before = state()
    with pytest.raises(TooLarge, match="needs more than 64 MB") as refusal, limited(memory_mb=64, seconds=10):
        bytearray(200 * 1024 * 1024)
    assert refusal.value.details == {"limit_mb": 64}
    assert refusal.value.__context__.__traceback__ is None, "it would keep the frames that hold the memory"
    assert state() == before
    assert len(bytearray(200 * 1024 * 1024)) == 200 * 1024 * 1024


@linux
def test_what_fits_is_let_through():
    with limited(memory_mb=200, seconds=10):
        assert len(bytearray(50 * 1024 * 1024)) == 50 * 1024 * 1024


def test_time_is_not_swallowed_by_a_parser():
    before = state()
    begin = time.monotonic()
    with pytest.raises(TooLarge, match="takes longer than 0.1 seconds"), limited(memory_mb=1024, seconds=0.1):
        while True:
            try:
                time.sleep(0.01)
            except Exception:  # noqa: BLE001, S110 (what careless parsers do)
                pass
    assert time.monotonic() - begin < 2
    assert state() == before


def test_the_outer_limit_goes_on_after_an_inner_one():
    begin = time.monotonic()
    with pytest.raises(TooLarge, match="0.3 seconds"), limited(memory_mb=1024, seconds=0.3):
        with limited(memory_mb=1024, seconds=5):
            time.sleep(0.05)
        time.sleep(5)
    assert 0.2 < time.monotonic() - begin < 2


def test_another_thread_runs_without_the_alarm():
    found = []

    def work():
        with limited(memory_mb=1024, seconds=0.01):
            time.sleep(0.05)
            found.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(5)
    assert found == ["done"]


def test_other_errors_pass_unchanged():
    with pytest.raises(KeyError), limited(memory_mb=1024, seconds=1):
        raise KeyError


@linux
def test_a_task_that_parses_uploads_fails_at_the_limit(person, settings):
    settings.PARSE_MEMORY_MB = 64
    run = services.run_here(actor=person, kind="tests.greedy", args={"megabytes": 300})
    assert (run.status, run.error) == ("failed", "This file needs more than 64 MB to read.")
    settings.PARSE_MEMORY_MB = 1024
    run = services.run_here(actor=person, kind="tests.greedy", args={"megabytes": 300})
    assert run.result == {"bytes": 300 * 1024 * 1024}
