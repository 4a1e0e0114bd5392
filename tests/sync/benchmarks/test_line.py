"""The way whose network benchmarks and tests take away."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from apps.sync.benchmarks.line import Line, line_to


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


def call(way: Line) -> socket.socket:
    return socket.create_connection(("127.0.0.1", way.port), timeout=5)


def says_back(caller: socket.socket) -> bytes:
    caller.sendall(b"hello")
    return caller.recv(1024)


def test_it_lets_through_then_swallows_then_is_gone(echo: int) -> None:
    with line_to(echo) as way:
        with call(way) as caller:
            assert says_back(caller) == b"hello"
            way.swallow()
            caller.settimeout(0.2)
            caller.sendall(b"anybody?")
            with pytest.raises(TimeoutError):
                caller.recv(1024)
            way.vanish()
            caller.settimeout(5)
            assert caller.recv(1024) == b""
        with pytest.raises(OSError, match="refused"):
            call(way)


def test_it_is_cut_and_mended(echo: int) -> None:
    with line_to(echo) as way:
        with call(way) as caller:
            assert says_back(caller) == b"hello"
            assert (way.taken, way.is_quiet()) == (1, False)
            way.cut()
            assert caller.recv(1024) == b""
        with call(way) as caller:
            assert caller.recv(1024) == b"", "it is taken, and closed"
        end = time.monotonic() + 5
        while not way.is_quiet():
            assert time.monotonic() < end
            time.sleep(0.01)
        way.mend()
        with call(way) as caller:
            assert says_back(caller) == b"hello"
        assert way.taken == 3


def test_nobody_at_its_end_closes_it(echo: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = int(free.getsockname()[1])
    with line_to(nobody) as way, call(way) as caller:
        assert caller.recv(1024) == b""
