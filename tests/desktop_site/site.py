"""A running desktop: its server and its worker as processes, with data of their own, and a client of its API."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from apps.ldm.benchmarks.processes import child, ended
from tests.conftest import ROOT

SERVE = "tests.desktop_site.serve"


class DesktopSite:
    """`address` is what the window would open; `call` speaks to the API with the launch secret.

    `services`: what the launcher starts beside the pages runs too, the loop of sync first of all.
    """

    def __init__(self, folder: Path, *, services: bool = False) -> None:
        self._services = services
        self.secret = secrets.token_hex(32)
        self.trace = folder / "connections.txt"
        self.trace.write_text("", encoding="utf-8")
        self._data = folder / "data"
        self._data.mkdir()
        with ExitStack() as stack:
            self.port = stack.enter_context(child(SERVE, *self._given("server"), environment=self._environment())).port
            worker = [sys.executable, "-m", SERVE, *self._given("worker")]
            process = subprocess.Popen(worker, env=self._environment(), cwd=ROOT)  # noqa: S603 (our own module)
            stack.enter_context(ended(process))
            self._processes = stack.pop_all()
        self.address = f"http://127.0.0.1:{self.port}"

    def _given(self, role: str) -> tuple[str, str, str]:
        return role, str(self._data), str(self.trace)

    def _environment(self) -> dict[str, str]:
        # Nothing of the test's own settings: a desktop finds its own.
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("POSTGRES_", "LOCANEXT_"))}
        kept.pop("DATABASE_URL", None)
        kept.pop("STATIC_ROOT", None)
        services = "1" if self._services else ""
        return kept | {"LOCANEXT_LAUNCH_SECRET": self.secret, "DESKTOP_SITE_SERVICES": services}

    def stop(self) -> None:
        """End both processes."""
        self._processes.close()

    def cookie(self) -> dict[str, Any]:
        """What the start address leaves in the window."""
        name = f"locanext_launch_{self.port}"
        return {"name": name, "value": self.secret, "url": self.address, "httpOnly": True, "sameSite": "Strict"}

    def fetch(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        """Status and body of an answer."""
        given = {"Authorization": f"Bearer OFFLINE_MODE_{self.secret}", "Content-Type": "application/json"} | headers
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}{path}", data, given, method=method)  # noqa: S310 (our own server)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of a good answer of the API."""
        status, data = self.fetch(method, f"/api/v1/{path}", body)
        assert status < 300, (path, status, data[:300])
        return json.loads(data) if data else None

    def connections(self) -> list[str]:
        """What went out of the processes so far."""
        return self.trace.read_text(encoding="utf-8").splitlines()


def until(check: Any, seconds: float = 20.0) -> Any:
    """The first true answer of `check`; fails when none comes in time."""
    end = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return answer
