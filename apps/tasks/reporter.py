"""Writes a run's progress and heartbeat, and learns of cancel requests, while the task works."""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from apps.tasks import stopping
from apps.tasks.errors import TaskCancelled, WorkerStopped
from apps.tasks.models import Status, TaskRun
from apps.tasks.text import clean

logger = logging.getLogger(__name__)

WRITE_SECONDS = 0.3
HEARTBEAT_SECONDS = 10.0
LOG_LINES = 200
STEP_LENGTH = 300
OnProgress = Callable[[int, "int | None", str], None]


class Reporter:
    """The state of one run in memory, and the thread that brings it to the database.

    The thread has its own connection: a task's open transaction neither hides the progress nor is
    ended by it. A run that starts inside a transaction (a test's, usually) writes from its own
    thread instead: no other connection could see the row.
    """

    def __init__(self, run: TaskRun, alias: str, on_progress: OnProgress | None = None) -> None:
        self._pk = run.pk
        self._worker = run.worker
        self._alias = alias
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._values: dict[str, Any] = {}
        self._done, self._total, self._step = run.done, run.total, run.step
        self._log: list[str] = []
        self._left_out = 0
        self._counts: dict[str, int] = {}
        self._written_at = 0.0
        self._cancelled = False
        self._inline = connections[alias].in_atomic_block
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    # ---- what the task says ----
    def progress(self, done: int, total: int | None, step: str | None) -> None:
        """Take note of progress; the rate is measured anew where the step or the total changes."""
        with self._lock:
            new_step = self._step if step is None else clean(step)[:STEP_LENGTH]
            new_total = self._total if total is None else total
            if new_step != self._step or new_total != self._total or done < self._done:
                start = done if new_step == self._step else 0
                self._values |= {"measured_at": timezone.now(), "measured_from": start}
            self._done, self._total, self._step = done, new_total, new_step
            self._values |= {"done": done, "total": new_total, "step": new_step}
        if self._on_progress is not None:
            self._on_progress(done, new_total, new_step)

    def note(self, text: str) -> None:
        """Add a line to the log; past LOG_LINES the oldest of the second half go."""
        with self._lock:
            self._log.append(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {clean(text)[:1000]}")
            if len(self._log) > LOG_LINES:
                del self._log[LOG_LINES // 2]
                self._left_out += 1
            self._values["result"] = self._notes()

    def counts(self, values: Mapping[str, int]) -> None:
        """Set figures by name."""
        with self._lock:
            self._counts |= {clean(str(name)): int(value) for name, value in values.items()}
            self._values["result"] = self._notes()

    def check(self) -> None:
        """Raise TaskCancelled or WorkerStopped where that was asked for."""
        if self._inline:
            self._exchange()
        if self._cancelled:
            raise TaskCancelled
        if stopping.overdue():
            raise WorkerStopped

    # ---- what is kept ----
    def notes(self) -> dict[str, Any]:
        """{"log": [...], "counts": {...}, "log_left_out": n}, without what is empty."""
        with self._lock:
            return self._notes()

    def _notes(self) -> dict[str, Any]:
        found = {"log": list(self._log), "counts": dict(self._counts), "log_left_out": self._left_out}
        return {name: value for name, value in found.items() if value}

    def pending(self) -> dict[str, Any]:
        """The fields nobody wrote yet; whoever asks writes them."""
        with self._lock:
            values, self._values = self._values, {}
        return values

    # ---- the thread ----
    def __enter__(self) -> Reporter:
        if not self._inline:
            context = contextvars.copy_context()
            self._thread = threading.Thread(target=lambda: context.run(self._loop), name="task-reporter", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        if self._thread is not None:
            self._thread.join()

    def _loop(self) -> None:
        try:
            while not self._end.wait(WRITE_SECONDS):
                self._exchange()
        finally:
            connections[self._alias].close()

    def _exchange(self) -> None:
        """Write what changed, or a sign of life when it is time; then look for a cancel request."""
        now = time.monotonic()
        mine = TaskRun.objects.using(self._alias).filter(pk=self._pk, worker=self._worker, status=Status.RUNNING)
        values: dict[str, Any] = {}
        try:
            if now - self._written_at >= WRITE_SECONDS:
                values = self.pending()
                if values or now - self._written_at >= HEARTBEAT_SECONDS:
                    mine.update(heartbeat_at=timezone.now(), **values)
                    self._written_at = now
            if TaskRun.objects.using(self._alias).filter(pk=self._pk, cancel_requested_at__isnull=False).exists():
                self._cancelled = True
        except (DatabaseError, InterfaceError):
            if self._inline:
                raise
            # The work goes on; the next exchange tries again with a new connection.
            logger.warning("The progress of task %s could not be written.", self._pk, exc_info=True)
            with self._lock:
                self._values = values | self._values
            connections[self._alias].close()
