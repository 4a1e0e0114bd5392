"""Database work of sockets: in threads of its own, in a named workspace, each connection given back or kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections
from django.utils import translation

from locanext_project import kept_connections, workspaces

P = ParamSpec("P")
T = TypeVar("T")
THREADS = 4

_executor = ThreadPoolExecutor(
    THREADS, thread_name_prefix="live-database", initializer=kept_connections.keep_in_this_thread
)
_lock = threading.Lock()
_running = 0


async def run(workspace: str, language: str | None, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in a workspace; refusals come in `language` (None: the program's own)."""

    def job() -> T:
        close_old_connections()
        try:
            with workspaces.use(workspace), translation.override(language):
                return work(*args, **kwargs)
        finally:
            close_old_connections()

    _count(1)
    future = _executor.submit(job)
    # Of the future, not of the job: one that is cancelled while it waits for a thread never runs.
    future.add_done_callback(lambda _done: _count(-1))
    return await asyncio.wrap_future(future)


def _count(change: int) -> None:
    global _running
    with _lock:
        _running += change


def busy() -> int:
    """How many jobs are waiting or at work."""
    return _running
