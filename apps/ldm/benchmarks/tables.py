"""Measuring and showing: best of several runs, peak memory, a table on the screen, JSON for machines."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measure:
    """One line: a figure, and the ratio it is held against."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    """How many times the baseline named in `against`."""
    against: str = ""
    goal: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Table:
    """The lines of one benchmark."""

    title: str
    lines: list[Measure] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        ratio: float | None = None,
        against: str = "",
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Add a line; the goal is for the ratio where there is one, else for the value."""
        judged = value if ratio is None else ratio
        goal, met = "", None
        if at_most is not None:
            goal, met = f"≤ {at_most:g}", judged <= at_most
        elif at_least is not None:
            goal, met = f"≥ {at_least:g}", judged >= at_least
        self.lines.append(Measure(name, value, unit, ratio, against, goal, met))

    def show(self) -> str:
        """The table as text."""
        rows = [("", "figure", "unit", "ratio", "against", "goal", "")]
        for line in self.lines:
            rows.append(
                (
                    line.name,
                    f"{line.value:,.3f}" if line.value < 100 else f"{line.value:,.0f}",
                    line.unit,
                    "" if line.ratio is None else f"{line.ratio:.2f}",
                    line.against,
                    line.goal,
                    "" if line.met is None else ("met" if line.met else "MISSED"),
                )
            )
        widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
        body = "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
        return f"{self.title}\n{body}"

    def data(self) -> dict[str, object]:
        """The table for --json."""
        return {"title": self.title, "lines": [asdict(line) for line in self.lines]}


def seconds(work: Callable[[], T], repeat: int = 1) -> tuple[float, T]:
    """The best of `repeat` runs in seconds, and the last result."""
    best, result = float("inf"), None
    for _ in range(repeat):
        gc.collect()
        begin = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - begin)
    return best, result  # type: ignore[return-value]


def resident_mb() -> float:
    """This process's resident memory in MB; 0 where the system does not tell."""
    try:
        fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0.0
    return int(fields[1]) * 4096 / 1e6


class Peak:
    """The highest resident memory above that at the start, sampled every 5 ms, in MB."""

    def __enter__(self) -> Peak:
        gc.collect()
        self.base = resident_mb()
        self.highest = self.base
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.005):
            self.highest = max(self.highest, resident_mb())

    @property
    def megabytes(self) -> float:
        """What the block needed."""
        return self.highest - self.base


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
