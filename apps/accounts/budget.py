"""How often a repeated refusal is written down, so that nobody fills the audit log by knocking."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

MAX_KEYS = 1000


class Budget:
    """Allows `count` events per key in `seconds`, in this process."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count = count
        self.seconds = seconds
        self._lock = threading.Lock()
        self._spent: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, key: str) -> bool:
        """Whether one more event of `key` may be written."""
        now = time.monotonic()
        with self._lock:
            since, spent = self._spent.pop(key, (now, 0))
            if now - since > self.seconds:
                since, spent = now, 0
            self._spent[key] = (since, spent + 1)
            if len(self._spent) > MAX_KEYS:
                self._spent.popitem(last=False)
        return spent < self.count
