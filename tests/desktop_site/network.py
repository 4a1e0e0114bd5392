"""The network between desktops and their server: a line that can be cut and mended, and a pooler before PostgreSQL."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

POOLER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
ACCOUNTS = ("postgres", "nobody")


class Line:
    """A port that leads to another. Cut, it closes what is open and takes nothing new."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._whole = True
        self._taken = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """As when somebody pulls the cable."""
        with self._lock:
            self._whole, lost, self._open = False, self._open, set()
        for one in lost:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Everything gets through again."""
        self._whole = True

    @property
    def taken(self) -> int:
        """How many connections were opened through it so far."""
        return self._taken

    def is_quiet(self) -> bool:
        """Whether nothing is open on it."""
        return not self._open

    def close(self) -> None:
        """The end of the line."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._taken += 1
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near:
            if not self._whole:
                return
            with socket.create_connection(("127.0.0.1", self._to)) as far:
                with self._lock:
                    # It may have been cut while this one was being opened: what `cut` does not know it cannot close.
                    if not self._whole:
                        return
                    self._open |= {near, far}
                back = threading.Thread(target=_pour, args=(far, near), daemon=True)
                back.start()
                _pour(near, far)
                back.join()
                with self._lock:
                    self._open -= {near, far}


def _pour(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            to.sendall(data)
    with contextlib.suppress(OSError):
        to.shutdown(socket.SHUT_WR)


@contextmanager
def pooled(options: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The address of a PostgreSQL database through PgBouncer; the database's own where PgBouncer is not installed."""
    address = {name: str(options[name]) for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
    if POOLER is None:
        yield address
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
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
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < end, "PgBouncer did not start"
            time.sleep(0.05)
    yield address | {"HOST": "127.0.0.1", "PORT": str(port)}
    process.terminate()
    process.wait(10)
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
