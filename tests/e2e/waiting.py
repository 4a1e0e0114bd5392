"""Waiting for what a browser does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(check: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first true answer of `check`; fails when none comes in time."""
    end = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.03)
    return answer
