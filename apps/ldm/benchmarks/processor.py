"""What processes have taken of the processor so far, and what they would have taken."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

NANOSECONDS = 1_000_000_000


def processor_seconds(pids: Iterable[int]) -> float:
    """User and system time of processes; 0 where the system does not tell."""
    return sum(map(_taken, pids))


def wanted_seconds(pids: Iterable[int]) -> float:
    """The time that their present threads were running or waited for their turn; 0 where the system does not tell.

    A thread that is at work wants a second a second, also on a machine that has none for it.
    """
    return sum(map(_wanted, pids))


def family(pid: int) -> list[int]:
    """A process and the workers it has now; itself where the system does not tell."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        children = []
    return [pid, *map(int, children)]


def _taken(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wanted(pid: int) -> float:
    total = 0
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            running, waiting, _ = (thread / "schedstat").read_text(encoding="ascii").split()
            total += int(running) + int(waiting)
    except OSError:
        # A system that counts no waiting, or a thread that ended meanwhile.
        return _taken(pid)
    return total / NANOSECONDS
