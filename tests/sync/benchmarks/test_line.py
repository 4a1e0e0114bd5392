"""The way whose network the benchmark takes away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from apps.sync.benchmarks.line import line


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a program that says everything back."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                return
            with one:
                while data := one.recv(1024):
                    one.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    yield int(listener.getsockname()[1])
    listener.close()


def test_it_lets_through_then_swallows_then_is_gone(echo: int) -> None:
    with line(echo) as way:
        with socket.create_connection(("127.0.0.1", way.port), timeout=5) as caller:
            caller.sendall(b"hello")
            assert caller.recv(1024) == b"hello"
            way.swallow()
            caller.settimeout(0.2)
            caller.sendall(b"anybody?")
            with pytest.raises(TimeoutError):
                caller.recv(1024)
            way.vanish()
            caller.settimeout(5)
            assert caller.recv(1024) == b""
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", way.port), timeout=5)
