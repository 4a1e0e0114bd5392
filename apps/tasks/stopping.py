"""Whether the worker process was told to end, and how long ago."""

from __future__ import annotations

import time

# A running task may finish within this time. Whoever started the worker waits a little longer.
GRACE_SECONDS = 8.0
_asked_at: float | None = None


def ask() -> None:
    """The process was told to end."""
    global _asked_at
    if _asked_at is None:
        _asked_at = time.monotonic()


def withdraw() -> None:
    """Forget it: the worker ended and the process goes on (tests)."""
    global _asked_at
    _asked_at = None


def overdue() -> bool:
    """Whether a running task must end now, finished or not."""
    return _asked_at is not None and time.monotonic() - _asked_at > GRACE_SECONDS
