"""The simulated people: edits over HTTP at a steady rate, and sockets that note when each change arrives."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.ldm.benchmarks.live.lines import Frames, Line, open_frames
from apps.ldm.benchmarks.live.server import CSRF_COOKIE, SESSION_COOKIE

CSRF = "b" * 32
OK = 200
JOIN_SECONDS = 60.0


@dataclass(slots=True)
class Place:
    """Where the server is, which file it is about, and the logins of the people."""

    http: int
    sockets: int
    file_id: int
    keys: list[str]

    def cookies(self, person: int) -> str:
        """The line with which somebody's browser says who it is."""
        return f"Cookie: {SESSION_COOKIE}={self.keys[person]}; {CSRF_COOKIE}={CSRF}\r\n"

    def headers(self, person: int) -> str:
        """What it sends with a save."""
        return f"{self.cookies(person)}X-CSRFToken: {CSRF}\r\nContent-Type: application/json\r\n"


@dataclass(slots=True)
class Sent:
    """Edits that were saved: by revision, when they were sent and when the answer came (time.monotonic)."""

    begun: dict[int, float] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)
    failed: int = 0
    seconds: float = 0.0
    processor: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time that the processes of the server took, fan-out included."""
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
        line = Line(self._place.http)
        while (number := next(self._next)) < self._count:
            due = self._begin + number / self._rate
            time.sleep(max(0.0, due - time.monotonic()))
            self._save(line, number)
        line.close()

    def _save(self, line: Line, number: int) -> None:
        at = number % len(self._rows)
        row_id, text_rev = self._rows[at]
        body = json.dumps({"target": f"edit {number} of the benchmark", "text_rev": text_rev}).encode()
        begun = time.monotonic()
        headers = self._place.headers(number % len(self._place.keys))
        status, answer = line.ask("PATCH", f"/api/v1/rows/{row_id}", headers, body)
        done = time.monotonic()
        with self._lock:
            if status != OK:
                self.sent.failed += 1
                self._failure = f"{status} {answer[:200]!r}"
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
    fetching: bool = False
    """A fetch is under way."""
    again: bool = False
    """And another is wanted after it."""


class Audience:
    """Sockets on one file. Use from one event loop."""

    def __init__(self, place: Place) -> None:
        self.received: list[Received] = []
        self._place = place
        self._sockets: list[Frames] = []
        self._fetches: set[asyncio.Task[None]] = set()
        self._last: tuple[bytes, dict[str, Any]] = (b"", {})

    async def open(self) -> None:
        """Every person opens a socket and joins; ten at a time."""
        gate = asyncio.Semaphore(10)

        async def one(person: int) -> None:
            async with gate:
                await self._open(person)

        await asyncio.gather(*(one(person) for person in range(len(self._place.keys))))

    async def _open(self, person: int) -> None:
        received, joined = Received(), asyncio.Event()

        def take(text: bytes) -> None:
            # Every socket gets the same text: parsed once, as the browsers are not what is measured.
            if text != self._last[0]:
                self._last = (text, json.loads(text))
            if joined.is_set():
                self._take(received, person, self._last[1])
            elif self._last[1]["type"] == "joined":
                received.revision = self._last[1]["revision"]
                joined.set()

        path = f"/ws/files/{self._place.file_id}/"
        socket = await open_frames(self._place.sockets, path, self._place.cookies(person), take)
        socket.send(json.dumps({"type": "join", "file": self._place.file_id, "since": 0}))
        await asyncio.wait_for(joined.wait(), JOIN_SECONDS)
        self._sockets.append(socket)
        self.received.append(received)

    def _take(self, received: Received, person: int, frame: dict[str, Any]) -> None:
        received.frames += 1
        if frame["type"] == "changes" and frame["from"] <= received.revision + 1:
            now = time.monotonic()
            for revision in range(received.revision + 1, frame["to"] + 1):
                received.at[revision] = now
            received.revision = max(received.revision, frame["to"])
        elif frame["type"] in ("changes", "hint", "resync"):
            received.hints += frame["type"] == "hint"
            received.resyncs += frame["type"] == "resync"
            received.again = True
            if not received.fetching:
                received.fetching = True
                task = asyncio.get_running_loop().create_task(self._fetch_all(received, person))
                self._fetches.add(task)
                task.add_done_callback(self._fetches.discard)

    async def _fetch_all(self, received: Received, person: int) -> None:
        try:
            while received.again:
                received.again = False
                await self._fetch(received, person)
        finally:
            received.fetching = False

    async def _fetch(self, received: Received, person: int) -> None:
        answer = await asyncio.to_thread(self._changes, received.revision, person)
        now = time.monotonic()
        for revision in range(received.revision + 1, answer["revision"] + 1):
            received.at[revision] = now
            received.fetched += 1
        received.revision = max(received.revision, answer["revision"])

    def _changes(self, since: int, person: int) -> dict[str, Any]:
        line = Line(self._place.http)
        path = f"/api/v1/files/{self._place.file_id}/changes?since={since}"
        status, answer = line.ask("GET", path, self._place.cookies(person))
        line.close()
        if status != OK:
            raise RuntimeError(f"The changes were not given: {status} {answer[:200]!r}")
        return dict(json.loads(answer))

    async def close(self) -> None:
        """Everybody goes."""
        await asyncio.gather(*self._fetches)
        for socket in self._sockets:
            socket.close()
        await asyncio.gather(*(socket.closed for socket in self._sockets))
