"""The program behind Daphne on a free loopback port, as a process of its own: `python -m` this module."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import global_settings, settings

from apps.ldm.benchmarks import processes
from apps.ldm.benchmarks.calm import until_calm

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
def started(say: Callable[[str], None], **more: str) -> Iterator[int]:
    """A server on the database of this process, that has come to rest; its port. `more` are variables for it."""
    with measured(**more) as site:
        until_calm(site.processor, say)
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
    """The same just started, with its processor time; `more` are variables of its environment."""
    with processes.child(__name__, environment=environment(**more)) as daphne:
        yield Site(daphne.port, daphne.port, lambda: {"daphne": processor_seconds(daphne.pid)})


def processor_seconds(pid: int) -> float:
    """User and system time of a process; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    processes.serve()
