"""A Redis of its own for a benchmark or a test."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from apps.ldm.benchmarks.processes import ended, wait_for_port
from locanext_project.launch import free_port


def redis_program() -> str | None:
    """The system's Redis server, where there is one."""
    return shutil.which("redis-server")


@contextmanager
def redis() -> Iterator[str]:
    """The address of an empty one, until the block ends. Raises RuntimeError where this machine has none."""
    program = redis_program()
    if program is None:
        raise RuntimeError("There is no redis-server on this machine, and REDIS_URL names none.")
    port = free_port("127.0.0.1", 0)
    with TemporaryDirectory(prefix="locanext-redis-") as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
        with ended(process):
            wait_for_port(port, process)
            yield f"redis://127.0.0.1:{port}/0"
