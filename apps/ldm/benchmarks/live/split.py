"""The server as it is deployed for a team: granian for pages and API, Daphne for sockets, Redis between them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from apps.ldm.benchmarks.live.redis_server import redis
from apps.ldm.benchmarks.live.server import Site, environment, measured, processor_seconds
from apps.ldm.benchmarks.processes import ended, wait_for_port
from locanext_project.launch import free_port

HTTP_WORKERS = {"sqlite": 1, "postgresql": 2}
"""SQLite has one writer: the threads of one process take turns, processes would wait for each other in naps."""
THREADS = 8


@contextmanager
def measured_split() -> Iterator[Site]:
    """The processes of compose.yaml on the database of this process. Raises RuntimeError where Redis is missing."""
    with ExitStack() as stack:
        url = os.environ.get("REDIS_URL") or stack.enter_context(redis())
        sockets = stack.enter_context(measured(REDIS_URL=url))
        port = free_port("127.0.0.1", 0)
        command = [
            str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", str(HTTP_WORKERS[settings.DATABASE_TYPE]),
            "--blocking-threads", str(THREADS), "--backpressure", str(4 * THREADS), "--no-ws", "--log-level", "warning",
            "locanext_project.wsgi:application",
        ]  # fmt: skip
        process = subprocess.Popen(command, env=environment(REDIS_URL=url), cwd=settings.BASE_DIR)  # noqa: S603
        stack.enter_context(ended(process))
        wait_for_port(port, process)
        yield Site(port, sockets.sockets, lambda: sockets.processor() | {"granian": _with_children(process.pid)})


def _with_children(pid: int) -> float:
    """Processor seconds of a process and of the workers it has now."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return 0.0
    return processor_seconds(pid) + sum(processor_seconds(int(child)) for child in children)
