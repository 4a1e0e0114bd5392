"""Processes beside a benchmark or a test: what one tells once it is there, what it is asked, and how it ends.

Both sides speak lines of JSON: the child's first says what it is, every other one answers a line of its parent's.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

from locanext_project.children import BASE_DIR

STOP_SECONDS = 10
START_SECONDS = 60
PIECE = 65536


class Child:
    """A process that was started here, as `child` gives it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    @cached_property
    def told(self) -> dict[str, Any]:
        """What it said of itself, waited for. Raises RuntimeError where it ended instead."""
        return dict(self._hear())

    @property
    def port(self) -> int:
        """Where it listens, of one that serves."""
        return int(self.told["port"])

    def ask(self, words: Any = None) -> Any:
        """Its answer to some JSON. Raises RuntimeError where it has ended."""
        _ = self.told  # its first line answers nothing
        if self._process.stdin is None:
            raise RuntimeError("A process has no pipes.")
        self._process.stdin.write(f"{json.dumps(words)}\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"A process ended: {self._process.args!r}")
        return json.loads(line)


@contextmanager
def child(module: str, *arguments: str, environment: Mapping[str, str]) -> Iterator[Child]:
    """`python -m module …`, which calls `serve` or `answer_parent`; ended with the block. It is not waited for."""
    process = subprocess.Popen(  # noqa: S603 (this interpreter, our own module)
        [sys.executable, "-m", module, *arguments],
        env=dict(environment),
        cwd=BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with ended(process):
            yield Child(process)
    finally:
        for pipe in (process.stdin, process.stdout):
            # What was asked of one that had ended is still to be written.
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


@contextmanager
def ended(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Ends the process with the block, by force after some seconds."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_port(port: int, process: subprocess.Popen[Any]) -> None:
    """Until a process listens on a loopback port. Raises RuntimeError where it ended, or does not within a minute."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"A server did not start: {process.args!r}")


# ---- inside a child ----
def answer_parent(told: Mapping[str, Any], answer: Callable[[Any], Any]) -> None:
    """Tell what this process is, and answer until nobody asks any more, as when the parent was killed."""
    _say(dict(told))
    for line in _lines():
        _say(answer(json.loads(line)))


def serve(
    told: Callable[[], Mapping[str, Any]] = dict,
    answer: Callable[[Any], Any] = lambda _: None,
    *,
    gently: bool = True,
) -> None:
    """Serve the program on a free loopback port until the process is ended, or its parent is gone.

    `told` is called once the port is open, and what it gives is told beside the port; `answer` runs in a thread of its
    own. `gently`: SIGTERM lets what runs come to its end.
    """
    from daphne.server import Server  # type: ignore[import-untyped]

    from locanext_project.asgi import application

    server = Server(application, endpoints=["tcp:port=0:interface=127.0.0.1"], signal_handlers=gently, verbosity=0)

    def follow() -> None:
        # Whatever fails in here, nobody waits for this process in vain.
        try:
            while not server.listening_addresses:
                time.sleep(0.02)
            answer_parent({"port": server.listening_addresses[0][1]} | dict(told()), answer)
        finally:
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
    server.run()


def _say(words: Any) -> None:
    sys.stdout.write(f"{json.dumps(words)}\n")
    sys.stdout.flush()


def _lines() -> Iterator[bytes]:
    """Standard input, unbuffered: a thread that waits in a buffered reader keeps the interpreter from ending."""
    left = b""
    while piece := os.read(0, PIECE):
        *lines, left = (left + piece).split(b"\n")
        yield from lines
