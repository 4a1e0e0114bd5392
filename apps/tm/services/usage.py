"""How memories serve: look-ups and what became of their best matches, summed by day and nameless.

Look-ups are counted in this process and written now and then, so that none waits for the database;
what was not written when a process is killed is lost, which only makes the sums a little smaller.
"""

from __future__ import annotations

import atexit
import contextlib
import datetime
import logging
import threading
from bisect import bisect_left
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, close_old_connections, connections
from django.db.models import F
from django.utils import timezone

from apps.tm.models import LookupDay, MatchDay, Memory
from apps.tm.models.usage import BANDS, OUTCOMES, STEPS_MS
from locanext_project import workspaces

FLUSH_AFTER = 200
logger = logging.getLogger(__name__)
_Place = tuple[str | None, int, datetime.date]


@dataclass(slots=True)
class _Sum:
    """Look-ups of one memory on one day that are not written yet."""

    lookups: int = 0
    hits: int = 0
    times: list[int] = field(default_factory=lambda: [0] * (len(STEPS_MS) + 1))


class _Buffer:
    """The sums of this process. Recording takes microseconds under a lock nobody holds for long."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: dict[_Place, _Sum] = {}
        self._waiting = 0
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, workspace: str | None, memory_ids: Collection[int], ms: float, hits: Collection[int]) -> None:
        step, day = bisect_left(STEPS_MS, ms), timezone.now().date()
        with self._lock:
            for memory_id in memory_ids:
                place = self._sums.setdefault((workspace, memory_id, day), _Sum())
                place.lookups += 1
                place.hits += memory_id in hits
                place.times[step] += 1
            self._waiting += 1
            self._start()
            if self._waiting >= FLUSH_AFTER:
                self._wake.set()

    def take(self) -> dict[_Place, _Sum]:
        with self._lock:
            taken, self._sums, self._waiting = self._sums, {}, 0
            self._wake.clear()
        return taken

    def _start(self) -> None:
        """The writing thread, from the first look-up on. Without an interval nothing is written by itself."""
        if self._thread is None and settings.USAGE_FLUSH_SECONDS > 0:
            self._thread = threading.Thread(target=self._run, name="usage", daemon=True)
            self._thread.start()
            atexit.register(flush)

    def _run(self) -> None:
        while True:
            self._wake.wait(settings.USAGE_FLUSH_SECONDS)
            flush()


_buffer = _Buffer()


def record_lookup(memory_ids: Collection[int], ms: float, hits: Collection[int]) -> None:
    """Count a look-up in these memories that took `ms`; `hits` are those whose best match scored 75 or more."""
    if memory_ids:
        _buffer.add(workspaces.current(), memory_ids, ms, hits)


def flush() -> int:
    """Write what was counted; returns the days of memories written. Never raises: sums are not worth an error."""
    taken = _buffer.take()
    written = 0
    for workspace in {place[0] for place in taken}:
        mine = {place[1:]: total for place, total in taken.items() if place[0] == workspace}
        try:
            with workspaces.use(workspace) if workspace else contextlib.nullcontext():
                written += _write(mine)
        except Exception:
            logger.warning("The counts of look-ups could not be written.", exc_info=True)
    return written


def _write(sums: dict[tuple[int, datetime.date], _Sum]) -> int:
    with _own_connection(), workspaces.atomic():
        known = set(Memory.objects.filter(pk__in={pk for pk, _ in sums}).values_list("pk", flat=True))
        for (memory_id, day), total in sorted(sums.items(), key=lambda item: item[0]):
            if memory_id not in known:
                continue
            kept, made = LookupDay.objects.select_for_update().get_or_create(
                memory_id=memory_id,
                day=day,
                defaults={"lookups": total.lookups, "hits": total.hits, "times": total.times},
            )
            if not made:
                kept.lookups += total.lookups
                kept.hits += total.hits
                before = kept.times if len(kept.times) == len(total.times) else [0] * len(total.times)
                kept.times = [a + b for a, b in zip(before, total.times, strict=True)]
                kept.save(update_fields=["lookups", "hits", "times"])
        return len(known)


@contextmanager
def _own_connection() -> Iterator[None]:
    """The writing thread gives its connection back; a caller in a request keeps the request's."""
    own = threading.current_thread() is _buffer._thread
    if own:
        close_old_connections()
    try:
        yield
    finally:
        if own:
            connections[workspaces.alias()].close()


def band_of(kind: str, score: int | None) -> str | None:
    """The band a match counts in; None for scores below all bands."""
    if kind in ("semantic", "earlier"):
        return kind
    if score is None or score < 50:
        return None
    for least, band in ((101, "context"), (100, "100"), (95, "95-99"), (85, "85-94"), (75, "75-84")):
        if score >= least:
            return band
    return "50-74"


def record_match(*, memory_id: int, band: str, outcome: str) -> None:
    """Count what became of the best match of a row. Call inside the save's transaction, after all other locks.

    Raises ValueError for an unknown band or outcome.
    """
    if band not in BANDS or outcome not in OUTCOMES:
        raise ValueError(f"There is no band {band!r} with the outcome {outcome!r}.")
    place = {"memory_id": memory_id, "day": timezone.now().date(), "band": band}
    if MatchDay.objects.filter(**place).update(**{outcome: F(outcome) + 1}):
        return
    try:
        with workspaces.atomic():
            MatchDay.objects.create(**place, **{outcome: 1})
    except IntegrityError:
        # Another save made the day's row between the two.
        MatchDay.objects.filter(**place).update(**{outcome: F(outcome) + 1})
