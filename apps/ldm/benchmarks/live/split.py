"""The server as it is deployed for a team: granian for pages and API, Daphne for sockets, Redis between them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from apps.ldm.benchmarks.live.server import Site, ended, environment, measured, processor_seconds

START_SECONDS = 60
HTTP_WORKERS = {"sqlite": 1, "postgresql": 2}
"""SQLite has one writer: the threads of one process take turns, processes would wait for each other in naps."""
THREADS = 8


def redis_program() -> str | None:
    """The system's Redis server, where there is one."""
    return shutil.which("redis-server")


@contextmanager
def measured_split() -> Iterator[Site]:
    """The processes of compose.yaml on the database of this process. Raises RuntimeError where Redis is missing."""
    with ExitStack() as stack:
        url = os.environ.get("REDIS_URL") or stack.enter_context(_redis())
        sockets = stack.enter_context(measured(REDIS_URL=url))
        port = _free_port()
        command = [
            str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", str(HTTP_WORKERS[settings.DATABASE_TYPE]),
            "--blocking-threads", str(THREADS), "--backpressure", str(4 * THREADS), "--no-ws", "--log-level", "warning",
            "locanext_project.wsgi:application",
        ]  # fmt: skip
        process = subprocess.Popen(command, env=environment(REDIS_URL=url), cwd=settings.BASE_DIR)  # noqa: S603
        stack.enter_context(ended(process))
        _wait_for(port, process)
        yield Site(port, sockets.sockets, lambda: sockets.processor() | {"granian": _with_children(process.pid)})


@contextmanager
def _redis() -> Iterator[str]:
    program = redis_program()
    if program is None:
        raise RuntimeError("The layout “split” needs REDIS_URL or a redis-server on this machine.")
    port = _free_port()
    with TemporaryDirectory(prefix="locanext-bench-redis-") as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
        with ended(process):
            _wait_for(port, process)
            yield f"redis://127.0.0.1:{port}/0"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("A server of the benchmark did not start.")


def _with_children(pid: int) -> float:
    """Processor seconds of a process and of the workers it has now."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return 0.0
    return processor_seconds(pid) + sum(processor_seconds(int(child)) for child in children)
