"""The way from a desktop to its server: it lets through, swallows everything, is cut and mended, or is not there."""

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
        self._whole, self._swallows = True, False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._taken = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow(self) -> None:
        """Whatever is said from now on arrives nowhere, and nobody is told."""
        self._swallows = True

    def cut(self) -> None:
        """As when somebody pulls the cable: what is open closes, and what comes is closed."""
        with self._lock:
            self._whole, lost = False, set(self._open)
        for one in lost:
            _hang_up(one)

    def mend(self) -> None:
        """Everything gets through again."""
        self._whole, self._swallows = True, False

    def vanish(self) -> None:
        """For good: close what is open, and refuse what comes."""
        # A thread that waits in accept() would keep the port.
        _hang_up(self._listener)
        self._listener.close()
        self.cut()

    @property
    def taken(self) -> int:
        """How many connections were opened through it so far."""
        return self._taken

    def is_quiet(self) -> bool:
        """Whether nothing is open on it."""
        return not self._open

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
            try:
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            with far:
                self._carry_both(near, far)

    def _carry_both(self, near: socket.socket, far: socket.socket) -> None:
        with self._lock:
            if not self._whole:
                return
            self._open |= {near, far}
        back = threading.Thread(target=self._pour, args=(far, near), daemon=True)
        back.start()
        self._pour(near, far)
        back.join()
        with self._lock:
            self._open -= {near, far}

    def _pour(self, source: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                if not self._swallows:
                    to.sendall(data)
        with contextlib.suppress(OSError):
            to.shutdown(socket.SHUT_WR)


def _hang_up(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(to: int) -> Iterator[Line]:
    """A line that lets through, gone with the block."""
    found = Line(to)
    try:
        yield found
    finally:
        found.vanish()
