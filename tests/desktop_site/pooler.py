"""A pooler before PostgreSQL."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from apps.ldm.benchmarks.processes import ended, wait_for_port
from locanext_project.launch import free_port

POOLER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
ACCOUNTS = ("postgres", "nobody")


@contextmanager
def pooled(options: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The address of a PostgreSQL database through PgBouncer; the database's own where PgBouncer is not installed."""
    address = {name: str(options[name]) for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
    if POOLER is None:
        yield address
        return
    port = free_port("127.0.0.1", 0)
    # Not below pytest's folder: another account reads it.
    folder = Path(tempfile.mkdtemp(prefix="locanext-pgbouncer-"))
    folder.chmod(0o755)
    settings = folder / "pgbouncer.ini"
    where = f"host={address['HOST']} port={address['PORT']} user={address['USER']} password={address['PASSWORD']}"
    settings.write_text(
        f"[databases]\n{address['NAME']} = {where} dbname={address['NAME']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\npool_mode = transaction\n"
        "unix_socket_dir =\nlogfile = /dev/null\ndefault_pool_size = 10\n"
    )
    process = subprocess.Popen([POOLER, "-q", str(settings)], **_as_somebody())
    with ended(process):
        wait_for_port(port, process)
        yield address | {"HOST": "127.0.0.1", "PORT": str(port)}
    shutil.rmtree(folder)


def _as_somebody() -> dict[str, Any]:
    """PgBouncer refuses to run as root."""
    import os

    if os.name != "posix" or os.getuid() != 0:
        return {}
    import pwd

    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            return {"user": pwd.getpwnam(name).pw_uid}
    return {}
