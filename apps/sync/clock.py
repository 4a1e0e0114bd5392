"""The clock of sync: the one place where its time comes from."""

from __future__ import annotations

import time


def now() -> float:
    """Seconds since 1970."""
    return time.time()
