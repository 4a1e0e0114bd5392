"""The way from a desktop to its server: it lets through, swallows everything, or is not there."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PIECE = 65536


class Line:
    """A port that leads to another."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._swallows = False
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow(self) -> None:
        """Whatever is said from now on arrives nowhere, and nobody is told."""
        self._swallows = True

    def vanish(self) -> None:
        """Close what is open, and refuse what comes."""
        # A thread that waits in accept() would keep the port.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            self._open += [near, far]
            for source, to in ((near, far), (far, near)):
                threading.Thread(target=self._pour, args=(source, to), daemon=True).start()

    def _pour(self, source: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                if not self._swallows:
                    to.sendall(data)
        with contextlib.suppress(OSError):
            to.shutdown(socket.SHUT_RDWR)


@contextmanager
def line(to: int) -> Iterator[Line]:
    """A line that lets through, gone with the block."""
    found = Line(to)
    try:
        yield found
    finally:
        found.vanish()
