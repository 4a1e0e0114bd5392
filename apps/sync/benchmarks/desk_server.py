"""A linked desktop's own server as a process, with the loop that syncs: `python -m` this module, a data folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from apps.ldm.benchmarks.live.server import ended

WAIT_SECONDS = 60.0


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
def desk(folder: Path) -> Iterator[Desk]:
    """A desktop over an empty folder, ended with the block."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("POSTGRES_", "REDIS_"))}
    process = subprocess.Popen(  # noqa: S603 (this interpreter, this module)
        [sys.executable, "-m", __name__, str(folder)],
        env=kept | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.BASE_DIR,
    )
    with ended(process):
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith("{"):
            raise RuntimeError("The desktop did not start.")
        told = json.loads(line)
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{told['port']}/api/v1/",
            headers={"Authorization": f"Bearer OFFLINE_MODE_{told['secret']}"},
            timeout=WAIT_SECONDS,
            trust_env=False,
        )
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
    from daphne.server import Server  # type: ignore[import-untyped]

    from apps.accounts.services.local_person import local_person
    from apps.sync.client import loop
    from locanext_project import desktop_gate, workspaces
    from locanext_project.asgi import application

    with workspaces.use(workspaces.OFFLINE):
        call_command("migrate", verbosity=0)
        local_person()
    server = Server(application, endpoints=["tcp:port=0:interface=127.0.0.1"], verbosity=0)
    parent = os.getppid()

    def tell() -> None:
        while not server.listening_addresses:
            time.sleep(0.02)
        loop.start()
        told = {"port": server.listening_addresses[0][1], "secret": desktop_gate.secret()}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        # Who started it may have been killed: it does not stay behind.
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=tell, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
