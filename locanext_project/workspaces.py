"""Which database a piece of work touches. The only place that knows.

A workspace is complete in itself: rows, memories, audit, tasks, settings and people. On a node
with one alias there is only one. On a node with two (a desktop in the LAN set-up) every query
must know its workspace: the router refuses to guess.

`transaction.atomic()` and `transaction.on_commit()` ignore routers; use `atomic` and `on_commit`
of this module. Threads and executors do not inherit the context; use `submit`.
"""

from __future__ import annotations

import contextvars
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import connections, models, transaction

P = ParamSpec("P")
T = TypeVar("T")

SERVER = "server"
OFFLINE = "offline"
WORKSPACES = (SERVER, OFFLINE)
OFFLINE_ALIAS = "offline"
SCOPE_KEY = "locanext.workspace"
"""Where a desktop's gate writes the workspace of a request: no header of a client can have this name."""

_current: contextvars.ContextVar[str | None] = contextvars.ContextVar("locanext_workspace", default=None)


class WorkspaceUnknown(RuntimeError):
    """A query ran without a workspace on a node that has two."""


def current() -> str | None:
    """The workspace of this context, or None where none was set."""
    return _current.get()


def alias() -> str:
    """The database alias of this context. Raises WorkspaceUnknown rather than guess."""
    workspace = _current.get()
    if workspace is None:
        if OFFLINE_ALIAS not in settings.DATABASES:
            return "default"
        raise WorkspaceUnknown("This node has two databases and no workspace was set for this work.")
    return alias_of(workspace)


def alias_of(workspace: str) -> str:
    """The alias that holds a workspace on this node."""
    if workspace == OFFLINE and OFFLINE_ALIAS in settings.DATABASES:
        return OFFLINE_ALIAS
    if workspace in WORKSPACES:
        return "default"
    raise ValueError(f"There is no workspace {workspace!r}.")


def home() -> str:
    """The workspace of work that names none: a desktop's own database is the offline one, always."""
    return OFFLINE if settings.DATABASE_ROLES["default"] == "desktop" else SERVER


def of_request(known: Mapping[str, Any]) -> str:
    """The workspace of a request or a socket, from its ASGI scope (WSGI: its environment)."""
    return str(known.get(SCOPE_KEY) or home())


def alias_of_id(primary_key: int) -> str:
    """The alias that holds an entity: ids below zero were born offline and live there only."""
    if primary_key < 0 and OFFLINE_ALIAS in settings.DATABASES:
        return OFFLINE_ALIAS
    return alias()


@contextmanager
def use(workspace: str) -> Iterator[None]:
    """Work in a workspace until the block ends; nested blocks restore the outer one."""
    alias_of(workspace)
    token = _current.set(workspace)
    try:
        yield
    finally:
        _current.reset(token)


_turns: defaultdict[str, Any] = defaultdict(threading.RLock)
TURN_SECONDS = 20.0


class _Atomic(transaction.Atomic):
    """A transaction. On SQLite the threads of a process take turns.

    SQLite has one writer, and who waits for it asks again and again with growing pauses: of many
    threads some get it at once and some after ten seconds. A lock of our own lets them in as they
    came. Other processes, and statements outside of transactions, wait in SQLite's way.
    """

    def __init__(self, using: str, savepoint: bool, durable: bool) -> None:
        super().__init__(using, savepoint, durable)
        self._turn: list[bool] = []

    def __enter__(self) -> None:
        connection = connections[self.using or "default"]
        outermost = connection.vendor == "sqlite" and not connection.in_atomic_block
        # Without its turn after so long it asks SQLite all the same.
        self._turn.append(outermost and _turns[connection.alias].acquire(timeout=TURN_SECONDS))
        try:
            super().__enter__()
        except BaseException:
            self._end_turn()
            raise

    def __exit__(self, *error: Any) -> None:
        try:
            super().__exit__(*error)
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._turn.pop():
            _turns[self.using or "default"].release()


def atomic(using: str | None = None, *, durable: bool = False, savepoint: bool = True) -> transaction.Atomic:
    """A transaction on the workspace's database. Without `savepoint` an error inside ends the outer one as well."""
    return _Atomic(using or alias(), savepoint, durable)


def on_commit(callback: Callable[[], object], using: str | None = None) -> None:
    """Run `callback` in this context after the workspace's transaction commits."""
    context = contextvars.copy_context()
    transaction.on_commit(lambda: context.run(callback), using=using or alias())


def submit(executor: Executor, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Run `function` on an executor with this context's workspace."""
    context = contextvars.copy_context()
    return executor.submit(lambda: context.run(function, *args, **kwargs))


class WorkspaceRouter:
    """The instance's own database first, then the context, and never a guess."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        return self._choose(hints)

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        return self._choose(hints)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        return True

    @staticmethod
    def _choose(hints: dict[str, Any]) -> str:
        instance = hints.get("instance")
        if instance is not None and instance._state.db:
            return str(instance._state.db)
        return alias()
