"""The program behind Daphne on a free loopback port, as a process of its own: `python -m` this module."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import global_settings, settings

READY = "listening on "
STOP_SECONDS = 10
SESSION_COOKIE = global_settings.SESSION_COOKIE_NAME
CSRF_COOKIE = global_settings.CSRF_COOKIE_NAME
"""Its servers speak plain HTTP on loopback, where cookies have their plain names, whatever this process is set to."""


@dataclass(frozen=True, slots=True)
class Site:
    """Ports of pages and API, and of sockets; and the processor seconds that its processes have taken, by name."""

    http: int
    sockets: int
    processor: Callable[[], dict[str, float]]


@contextmanager
def started() -> Iterator[int]:
    """A server on the database of this process; its port."""
    with measured() as site:
        yield site.http


def environment(**more: str) -> dict[str, str]:
    """The variables under which a server of a benchmark runs."""
    ours = {
        "DATABASE_TYPE": settings.DATABASE_TYPE,
        "LOCANEXT_DATA": str(settings.DATA_DIR),
        "HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1",
        "ALLOWED_NETWORKS": "",
    }
    return os.environ | ours | more


@contextmanager
def measured(**more: str) -> Iterator[Site]:
    """The same, with its processor time; `more` are variables of its environment."""
    process = subprocess.Popen(  # noqa: S603 (this interpreter, this module)
        [sys.executable, "-m", __name__],
        env=environment(**more),
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.BASE_DIR,
    )
    with ended(process):
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith(READY):
            raise RuntimeError("The server did not start.")
        port = int(line.removeprefix(READY))
        yield Site(port, port, lambda: {"daphne": processor_seconds(process.pid)})


@contextmanager
def ended(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Ends the process with the block, by force after some seconds."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def processor_seconds(pid: int) -> float:
    """User and system time of a process; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Serve until the process is told to end."""
    from daphne.server import Server  # type: ignore[import-untyped]

    from locanext_project.asgi import application

    server = Server(application, endpoints=["tcp:port=0:interface=127.0.0.1"], verbosity=0)

    parent = os.getppid()

    def tell() -> None:
        while not server.listening_addresses:
            time.sleep(0.02)
        sys.stdout.write(f"{READY}{server.listening_addresses[0][1]}\n")
        sys.stdout.flush()
        # Who started it may have been killed: it does not stay behind.
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=tell, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
