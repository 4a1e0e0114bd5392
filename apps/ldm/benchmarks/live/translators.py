"""The simulated people: edits over HTTP at a steady rate, and sockets that note when each change arrives."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from apps.ldm.benchmarks.live.server import CSRF_COOKIE, SESSION_COOKIE

CSRF = "b" * 32
HOST = "127.0.0.1"


@dataclass(slots=True)
class Place:
    """Where the server is, which file it is about, and the logins of the people."""

    http: int
    sockets: int
    file_id: int
    keys: list[str]

    def headers(self, person: int) -> dict[str, str]:
        """What somebody's browser sends."""
        cookies = f"{SESSION_COOKIE}={self.keys[person]}; {CSRF_COOKIE}={CSRF}"
        return {"Cookie": cookies, "X-CSRFToken": CSRF, "Content-Type": "application/json"}


@dataclass(slots=True)
class Sent:
    """Edits that were saved: by revision, when they were sent and when the answer came (time.monotonic)."""

    begun: dict[int, float] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)
    failed: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    """Seconds of processor time that the server took, fan-out included."""
    client: float = 0.0
    """The same of this process: the people are simulated on the server's machine, and take their share of it."""


class Editors:
    """Threads with a connection each that save `rate` edits a second on rows of their own."""

    def __init__(self, place: Place, rows: Sequence[tuple[int, int]], rate: float, seconds: float) -> None:
        self.sent = Sent()
        self._place = place
        self._rows = list(rows)
        self._rate = rate
        self._count = int(rate * seconds)
        self._next = itertools.count()
        self._lock = threading.Lock()
        self._failure = ""

    def run(self, threads: int) -> Sent:
        """Save them all, and return what was saved."""
        self._begin = time.monotonic()
        workers = [threading.Thread(target=self._work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.sent.seconds = time.monotonic() - self._begin
        if self.sent.failed and not self.sent.begun:
            raise RuntimeError(f"No edit was saved: {self._failure}")
        return self.sent

    def _work(self) -> None:
        connection = http.client.HTTPConnection(HOST, self._place.http, timeout=60)
        while (number := next(self._next)) < self._count:
            due = self._begin + number / self._rate
            time.sleep(max(0.0, due - time.monotonic()))
            self._save(connection, number)
        connection.close()

    def _save(self, connection: http.client.HTTPConnection, number: int) -> None:
        at = number % len(self._rows)
        row_id, text_rev = self._rows[at]
        body = json.dumps({"target": f"edit {number} of the benchmark", "text_rev": text_rev})
        begun = time.monotonic()
        headers = self._place.headers(number % len(self._place.keys))
        connection.request("PATCH", f"/api/v1/rows/{row_id}", body, headers)
        response = connection.getresponse()
        answer = response.read()
        done = time.monotonic()
        with self._lock:
            if response.status != 200:
                self.sent.failed += 1
                self._failure = f"{response.status} {answer[:200]!r}"
                return
            row = json.loads(answer)["row"]
            self._rows[at] = (row_id, row["text_rev"])
            self.sent.begun[row["rev"]] = begun
            self.sent.answered[row["rev"]] = done


@dataclass(slots=True)
class Received:
    """What one socket got: when each revision was there, and how."""

    revision: int = 0
    at: dict[int, float] = field(default_factory=dict)
    frames: int = 0
    hints: int = 0
    fetched: int = 0
    resyncs: int = 0
    closed: bool = False


class Audience:
    """Sockets on one file. Use from one event loop."""

    def __init__(self, place: Place) -> None:
        self.received: list[Received] = []
        self._place = place
        self._sockets: list[ClientConnection] = []
        self._listeners: list[asyncio.Task[None]] = []
        self._last: tuple[str, dict[str, Any]] = ("", {})

    async def open(self) -> None:
        """Every person opens a socket and joins; ten at a time."""
        gate = asyncio.Semaphore(10)

        async def one(person: int) -> None:
            async with gate:
                await self._open(person)

        await asyncio.gather(*(one(person) for person in range(len(self._place.keys))))

    async def _open(self, person: int) -> None:
        origin = f"http://{HOST}:{self._place.sockets}"
        headers = {"Cookie": self._place.headers(person)["Cookie"]}
        address = f"ws://{HOST}:{self._place.sockets}/ws/files/{self._place.file_id}/"
        socket = await connect(address, origin=origin, additional_headers=headers, compression=None)  # type: ignore[arg-type]
        await socket.send(json.dumps({"type": "join", "file": self._place.file_id, "since": 0}))
        while (frame := json.loads(await socket.recv()))["type"] != "joined":
            pass
        received = Received(frame["revision"])
        self._sockets.append(socket)
        self.received.append(received)
        self._listeners.append(asyncio.create_task(self._listen(socket, received, person)))

    async def _listen(self, socket: ClientConnection, received: Received, person: int) -> None:
        async for text in socket:
            # Every socket gets the same text: parsed once, as the browsers are not what is measured.
            if text != self._last[0]:
                self._last = (str(text), json.loads(text))
            frame = self._last[1]
            received.frames += 1
            if frame["type"] == "changes" and frame["from"] <= received.revision + 1:
                now = time.monotonic()
                for revision in range(received.revision + 1, frame["to"] + 1):
                    received.at[revision] = now
                received.revision = max(received.revision, frame["to"])
            elif frame["type"] in ("changes", "hint", "resync"):
                received.hints += frame["type"] == "hint"
                received.resyncs += frame["type"] == "resync"
                await self._fetch(received, person)
        received.closed = True

    async def _fetch(self, received: Received, person: int) -> None:
        answer = await asyncio.to_thread(self._changes, received.revision, person)
        now = time.monotonic()
        for revision in range(received.revision + 1, answer["revision"] + 1):
            received.at[revision] = now
            received.fetched += 1
        received.revision = max(received.revision, answer["revision"])

    def _changes(self, since: int, person: int) -> dict[str, Any]:
        connection = http.client.HTTPConnection(HOST, self._place.http, timeout=60)
        path = f"/api/v1/files/{self._place.file_id}/changes?since={since}"
        connection.request("GET", path, headers=self._place.headers(person))
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return dict(answer)

    async def close(self) -> None:
        """Everybody goes."""
        await asyncio.gather(*(socket.close() for socket in self._sockets))
        await asyncio.gather(*self._listeners, return_exceptions=True)
