"""A linked desktop's own server as a process, with the loop that syncs: `python -m` this module, a data folder."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from apps.ldm.benchmarks.calm import until_calm
from apps.ldm.benchmarks.live.server import processor_seconds
from apps.ldm.benchmarks.processes import child, serve

WAIT_SECONDS = 60.0
COMPILES_AFTER = 6.0
"""A desktop begins to compile the search some seconds after its start."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A running desktop, as a program that knows its launch secret sees it."""

    client: httpx.Client

    def get(self, path: str) -> Any:
        """GET /api/v1/…"""
        return self.client.get(path).raise_for_status().json()

    def post(self, path: str, data: Any) -> Any:
        """POST /api/v1/…"""
        return self.client.post(path, json=data).raise_for_status().json()

    def link(self, url: str, username: str, password: str, file_id: int) -> None:
        """Log in to a server, and have a file of it here whole. Raises TimeoutError."""
        self.post("link/server", {"server_url": url})
        self.post("link/login", {"username": username, "password": password})
        self.post("link/open", {"file_id": file_id})
        end = time.monotonic() + WAIT_SECONDS
        while not self.get(f"link/files?ids={file_id}")[0]["whole"]:
            if time.monotonic() > end:
                raise TimeoutError("The file was not mirrored in time.")
            time.sleep(0.05)


@contextmanager
def desk(folder: Path, say: Callable[[str], None]) -> Iterator[Desk]:
    """A desktop over an empty folder, that has come to rest; ended with the block."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("POSTGRES_", "REDIS_"))}
    kept["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with child(__name__, str(folder), environment=kept) as running:
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{running.port}/api/v1/",
            headers={"Authorization": f"Bearer OFFLINE_MODE_{running.told['secret']}"},
            timeout=WAIT_SECONDS,
            trust_env=False,
        )
        until_calm(lambda: {"desktop": processor_seconds(running.pid)}, say, after=COMPILES_AFTER)
        with client:
            yield Desk(client)


def main() -> None:
    """Make the database, serve and sync until the process is told to end."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="locanext_project.settings.desktop", DATABASE_TYPE="sqlite",
        LOCANEXT_DATA=sys.argv[1], LOCANEXT_ENV_FILE="none",
    )  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    from apps.accounts.services.local_person import local_person
    from apps.sync.client import loop
    from locanext_project import desktop_gate, workspaces

    with workspaces.use(workspaces.OFFLINE):
        call_command("migrate", verbosity=0)
        local_person()

    def told() -> dict[str, str]:
        loop.start()
        return {"secret": desktop_gate.secret()}

    serve(told)


if __name__ == "__main__":
    main()
