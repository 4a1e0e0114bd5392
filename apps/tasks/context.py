"""What a running task holds in its hands: progress, cancelling, notes and result files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from apps.tasks import files
from apps.tasks.models import TaskFile, TaskRun
from apps.tasks.reporter import Reporter
from locanext_project import workspaces


class Actor(Protocol):
    """Anybody in whose name something is done: a `User`, or `Owner` where the account is gone."""

    @property
    def pk(self) -> int: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Owner:
    """The owner of a run whose account does not exist in this workspace (any more)."""

    pk: int
    name: str


class TaskContext:
    """Handed to every task as its first argument.

    A task works in chunks: it reads or writes some rows, then calls `progress`. Both `progress`
    and `check_cancelled` raise TaskCancelled after a cancel request (and WorkerStopped when the
    worker must end), so that a transaction around the call rolls back. Let both pass.

    Progress is written by a connection of its own, at most every 0.3 s, and so is visible to
    others while a transaction of the task is open; on SQLite, where there is one writer, it waits
    for that transaction, as does everybody else who writes. Keep transactions short.
    """

    def __init__(self, run: TaskRun, reporter: Reporter) -> None:
        self.task_id: uuid.UUID = run.pk
        self.owner_id: int = run.owner_id
        self.owner_name: str = run.owner_name
        self._reporter = reporter
        self._actor: Actor | None = None

    @property
    def actor(self) -> Actor:
        """The owner as a person: the account itself, or an Owner where there is none."""
        if self._actor is None:
            from apps.accounts.models import User

            account = User.objects.filter(pk=self.owner_id).first()
            self._actor = account if account is not None else Owner(self.owner_id, self.owner_name)
        return self._actor

    def progress(self, done: int, total: int | None = None, step: str | None = None) -> None:
        """`done` of `total` in the present step; None leaves `total` or `step` as it is. Cheap: call it often."""
        self._reporter.progress(done, total, None if step is None else str(step))
        self._reporter.check()

    def check_cancelled(self) -> None:
        """Raise TaskCancelled when somebody asked for it, WorkerStopped when the worker must end."""
        self._reporter.check()

    def note(self, text: str) -> None:
        """A line of the run's log, with the time; the first 100 and the last 100 are kept."""
        self._reporter.note(str(text))

    def counts(self, values: Mapping[str, int]) -> None:
        """Figures so far, by name; what was given before under other names stays."""
        self._reporter.counts(values)

    def add_file(self, name: str, data: bytes | Iterable[bytes], content_type: str = "") -> TaskFile:
        """Keep a result file for the owner to download. An iterable is written piece by piece."""
        return files.store(self.task_id, name, data, content_type, alias=workspaces.alias())
