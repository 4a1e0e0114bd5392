"""How many frames a socket may send: a bucket that refills."""

from __future__ import annotations

import time

PER_SECOND = 20.0
BURST = 100.0
PATIENCE = 100
"""So many frames above the budget are answered with a word; then the socket is closed."""


class FrameBudget:
    """Frames of one socket."""

    def __init__(self) -> None:
        self._left = BURST
        self._at = time.monotonic()
        self._over = 0

    def spend(self) -> bool:
        """Whether one more frame is within the budget."""
        now = time.monotonic()
        self._left = min(BURST, self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            self._over += 1
            return False
        self._left -= 1
        return True

    @property
    def exhausted(self) -> bool:
        """Whether the socket goes on in spite of what it was told."""
        return self._over > PATIENCE
