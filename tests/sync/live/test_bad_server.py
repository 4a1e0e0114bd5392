"""A server that says nothing, the wrong thing, or too late: a lease waits a moment, and no window breaks."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from websockets.asyncio.server import ServerConnection, serve

from apps.accounts.models import User
from apps.ldm.models import File, RowLease
from apps.sync.live import upstream
from apps.sync.models import Link
from tests.e2e.editing_pages import row_of
from tests.ldm.live.sockets import Socket
from tests.sync.client.site import offline

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("closed_at_end")]
on_thread = sync_to_async
REA = {"connection": "ab", "id": 4001, "name": "Rea", "row": None}
JOINED = {"type": "joined", "revision": 1, "generation": 1, "connection": "me", "people": [REA], "leases": []}


class BadServer:
    """Lets every window in, notes what comes, and says what it is told to."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.line: ServerConnection | None = None
        self.first: list[Any] = [JOINED]
        self.joins = 0

    async def serve(self, line: ServerConnection) -> None:
        self.line = line
        self.joins += 1
        async for text in line:
            frame = json.loads(text)
            self.heard.append(frame)
            if frame["type"] == "join":
                for one in self.first:
                    await self.say(one)

    async def say(self, frame: Any) -> None:
        assert self.line is not None
        await self.line.send(frame if isinstance(frame, (str, bytes)) else json.dumps(frame))

    async def has_heard(self, kind: str, count: int = 1) -> None:
        async with asyncio.timeout(5):
            while sum(frame["type"] == kind for frame in self.heard) < count:
                await asyncio.sleep(0.01)


@pytest.fixture
async def server(linked: File, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BadServer]:
    """The server that the desktop is linked to."""
    bad = BadServer()
    monkeypatch.setattr(upstream, "_ticket", lambda place, file_id: "a ticket")
    async with serve(bad.serve, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        await on_thread(_link_to)(f"http://127.0.0.1:{port}")
        yield bad


def _link_to(address: str) -> None:
    with offline():
        Link.objects.update(server_url=address)


@on_thread
def holder_of(row: int) -> int | None:
    with offline():
        return RowLease.objects.filter(pk=row).values_list("user_id", flat=True).first()


async def test_a_silent_server_is_waited_for_once_and_a_late_no_takes_the_lease_back(
    linked: File, server: BadServer, window: Callable[[File], Socket], translator: User
) -> None:
    desk = window(linked)
    row, other = [(await on_thread(row_of)(linked, key)).pk for key in ("K1", "K2")]
    await desk.join()
    await desk.hear("people", when=lambda frame: "up-ab" in [one["connection"] for one in frame["joined"]])
    began = time.monotonic()
    await desk.send(type="lease", row=row)
    assert (await desk.hear("lease"))["granted"]
    assert upstream.LEASE_SECONDS <= time.monotonic() - began < upstream.LEASE_SECONDS + 1
    began = time.monotonic()
    await desk.send(type="lease", row=other)
    assert (await desk.hear("lease"))["granted"]
    assert time.monotonic() - began < upstream.LEASE_SECONDS, "it waits again for who does not answer"
    await server.has_heard("lease", 2)
    assert await holder_of(row) == translator.pk
    holder = {"id": 4001, "name": "Rea"}
    await server.say({"type": "lease", "row": row, "granted": False, "until": None, "holder": holder})
    refused = await desk.hear("lease")
    assert (refused["row"], refused["granted"], refused["holder"]) == (row, False, holder)
    assert (await holder_of(row), await holder_of(other)) == (4001, translator.pk)
    # The line breaks: who held there is not known any more.
    assert server.line is not None
    await server.line.close()
    await desk.hear("leases", when=lambda frame: row in frame["released"])
    assert await holder_of(row) is None
    await desk.close()


async def test_frames_that_are_none_change_nothing(
    linked: File, server: BadServer, window: Callable[[File], Socket]
) -> None:
    desk = window(linked)
    row = (await on_thread(row_of)(linked, "K1")).pk
    forged = [
        "nonsense", b"bytes", [], {"type": "joined"}, {"type": "people", "joined": [REA | {"id": -1}]}, {"type": "x"},
        {"type": "overtaken", "row": row, "op": "x", "mine": "m", "theirs": {}}, {"type": "changes", "to": "x"},
    ]  # fmt: skip
    server.first = [{"type": "people", "joined": [REA]}, *forged[:3], JOINED, *forged]
    await desk.join()
    await desk.hear("people", when=lambda frame: "up-ab" in [one["connection"] for one in frame["joined"]])
    # Nobody types in a row that they do not hold, or that this desktop holds.
    await desk.send(type="lease", row=row)
    await desk.hear("lease")
    mine = {"row": row, "id": 4001, "name": "Rea", "until": "2026-01-01T00:00:00.000000Z", "connection": "me"}
    await server.say({"type": "leases", "taken": [mine, mine | {"row": 2**40}], "released": ["x", None]})
    await server.say({"type": "typing", "row": row, "id": 4001, "name": "Rea", "text": "not held"})
    await desk.send(type="at", row=row)
    await server.has_heard("at", 2)
    frames = []
    while not await desk.quiet(0.4):
        frames.append(await desk.next())
    assert {frame["type"] for frame in frames} <= {"people", "leases"}
    assert all(not of.get("released") for of in frames)
    await desk.close()
    assert server.joins == 1


async def test_a_server_that_sends_everybody_away_is_asked_with_pauses(
    linked: File, server: BadServer, window: Callable[[File], Socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def ticket(place: Any, file_id: int) -> str:
        asked.append(time.monotonic())
        return "a ticket"

    monkeypatch.setattr(upstream, "_ticket", ticket)
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    server.first = ["nonsense"]
    desk = window(linked)
    await desk.join()
    for joins in range(1, 4):
        await server.has_heard("join", joins)
        assert server.line is not None
        await server.line.close()
    await server.has_heard("join", 4)
    pauses = [after - before for before, after in itertools.pairwise(asked)]
    assert len(pauses) == 3 and pauses[2] > pauses[0] * 1.5
    await desk.close()
