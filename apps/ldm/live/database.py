"""Database work of sockets: in threads of its own, in a named workspace, with the connection given back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections
from django.utils import translation

from locanext_project import workspaces

P = ParamSpec("P")
T = TypeVar("T")
THREADS = 4

_executor = ThreadPoolExecutor(THREADS, thread_name_prefix="live-database")
_lock = threading.Lock()
_running = 0


async def run(workspace: str, language: str | None, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in a workspace; refusals come in `language` (None: the program's own)."""

    def job() -> T:
        global _running
        close_old_connections()
        try:
            with workspaces.use(workspace), translation.override(language):
                return work(*args, **kwargs)
        finally:
            close_old_connections()
            with _lock:
                _running -= 1

    global _running
    with _lock:
        _running += 1
    return await asyncio.wrap_future(_executor.submit(job))


def busy() -> int:
    """How many jobs are waiting or at work."""
    return _running
