"""Waiting until a server that has just started is at rest: while it still compiles, nothing can be measured."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK = 1.0
"""Seconds between two looks at the processor time."""
BUSY = 0.15
"""Processor seconds a second from which a server is at work; one that idles takes a hundredth."""
LOOKS = 2
"""So many calm looks on end: between two parts of its start a server may stand still."""
LONGEST = 90.0


def until_calm(
    processor: Callable[[], dict[str, float]],
    say: Callable[[str], None],
    *,
    after: float = 0.0,
    look: float = LOOK,
    longest: float = LONGEST,
) -> bool:
    """Whether processes, by their processor seconds so far, came to rest within `longest` seconds; says what it took.

    `after`: seconds after which the server begins something of its own, so that calm before is none.
    """
    begin, calm = time.monotonic(), 0
    time.sleep(after)
    at, before = time.monotonic(), sum(processor().values())
    while calm < LOOKS:
        if time.monotonic() - begin >= longest:
            say(f"The server is still at work after {longest:.0f} s: it takes some of the time that is measured")
            return False
        time.sleep(look)
        now, taken = time.monotonic(), sum(processor().values())
        calm = calm + 1 if taken - before < BUSY * (now - at) else 0
        at, before = now, taken
    say(f"The server was calm after {time.monotonic() - begin:.0f} s")
    return True
