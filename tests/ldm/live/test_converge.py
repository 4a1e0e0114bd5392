"""Five people on one file: random saves, lost frames, reconnects and leases end with equal screens and no text lost."""

from __future__ import annotations

import asyncio
import json
import os
import random
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.accounts.models import User
from apps.ldm.errors import RowLeased, StaleRow
from apps.ldm.live import hub, spans
from apps.ldm.models import File, Row, RowLease, RowRevision, Status
from apps.ldm.selectors.rows import window
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.rows import leases
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.set_status import set_status
from apps.ldm.services.tree.create import create_project
from tests import factories
from tests.ldm.live.sockets import Screen, Socket, cookie_of, nothing_open
from tests.ldm.services.conftest import locstr

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, ROWS = 5, 6


class Client:
    """A person with a window: what they see is what frames and fetches brought, less what gets lost."""

    def __init__(self, user: User, file: File, chance: random.Random) -> None:
        self.user, self.file, self.chance = user, file, chance
        self.cookie = cookie_of(user)
        self.screen = Screen(file)
        self.loses = chance.choice([0.0, 0.3, 1.0])
        self.socket: Socket | None = None
        self.reader: asyncio.Task[None] | None = None
        self.saved: list[tuple[int, str]] = []
        self.fetching = asyncio.Lock()

    async def open(self) -> None:
        self.socket = Socket(self.file.pk, self.cookie)
        await self.socket.join(since=self.screen.revision)
        await self.fetch()
        self.reader = asyncio.create_task(self.read(self.socket))

    async def read(self, socket: Socket) -> None:
        while True:
            message = await socket.communicator.output_queue.get()
            if message["type"] != "websocket.send" or self.chance.random() < self.loses:
                continue
            frame = json.loads(message["text"])
            assert frame["type"] != "error" or frame["code"] in ("not_found", "too_fast"), frame
            if self.screen.take(frame):
                await self.fetch()

    async def fetch(self) -> None:
        async with self.fetching:
            await sync_to_async(self.screen.fetch)()

    async def close(self) -> None:
        if self.reader is not None and self.socket is not None:
            self.reader.cancel()
            await asyncio.gather(self.reader, return_exceptions=True)
            await self.socket.close()
        self.reader = self.socket = None

    async def act(self, number: int) -> None:
        row = self.chance.choice(list(self.screen.rows.values()))
        what = self.chance.choices(["save", "lease", "status", "reconnect", "expire", "at"], [10, 4, 2, 1, 1, 2])[0]
        if what == "reconnect":
            await self.close()
            await self.open()
        elif what == "at" and self.socket is not None:
            await self.socket.send(type="at", row=row["id"])
        elif what == "lease" and self.socket is not None:
            await self.socket.send(type=self.chance.choice(["lease", "release"]), row=row["id"])
        else:
            await sync_to_async(self.work)(what, row, number)

    def work(self, what: str, row: dict[str, Any], number: int) -> None:
        """Through the services, with what the screen showed: refused or stale where that is old."""
        if what == "expire":
            RowLease.objects.filter(row_id=row["id"]).update(until="2000-01-01T00:00:00Z")
            return
        if what == "status":
            status = Status.CONFIRMED if row["target"] else Status.NEW
            set_status(actor=self.user, row_ids=[row["id"]], status=status)
            return
        text = f"{self.user.username} {number}"
        try:
            edit_row(actor=self.user, row_id=row["id"], seen_text_rev=row["text_rev"], edit=RowEdit(target=text))
        except (StaleRow, RowLeased):
            return
        self.saved.append((row["id"], text))


@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(n, marks=pytest.mark.slow) for n in range(3, 40))])
async def test_screens_end_equal_and_no_text_is_lost(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "GATHER", 0.01)
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(spans, "WAIT", 0.05)
    chance = random.Random(int(os.environ.get("LIVE_SEED", "0")) or seed)
    clients, file = await sync_to_async(people)(chance)
    await asyncio.gather(*(client.open() for client in clients))

    async def live(client: Client) -> None:
        for number in range(14):
            await client.act(number)
            await asyncio.sleep(client.chance.random() * 0.02)

    await asyncio.gather(*(live(client) for client in clients))
    await asyncio.sleep(0.3)
    await sync_to_async(same_when_nothing_was_lost)(clients, file)
    for client in clients:
        # What every window does in the end, whatever it heard.
        await client.fetch()
        await client.close()
    await sync_to_async(judge)(clients, file)
    await nothing_open()
    assert await sync_to_async(leases.held_in_file)(file.pk, User(pk=0)) == {}


def people(chance: random.Random) -> tuple[list[Client], File]:
    lead = factories.user(username="lead", role="lead")
    project = create_project(actor=lead, platform_id=None, name="P", source_language="ko", target_language="en")
    rows = [(f"K{n}", f"원문 {n}", "") for n in range(ROWS)]
    (file,) = import_file(actor=lead, project=project, folder=None, filename="a.xml", data=locstr(rows))
    file = File.objects.get(pk=file.pk)
    users = [factories.user(username=f"p{n}") for n in range(PEOPLE)]
    return [Client(user, file, random.Random(chance.random())) for user in users], file


def same_when_nothing_was_lost(clients: list[Client], file: File) -> None:
    """Who lost no frame needs no last fetch."""
    truth = {row["id"]: row["rev"] for row in window(file, 0, 500)}
    for client in clients:
        if client.loses == 0.0:
            assert {pk: row["rev"] for pk, row in client.screen.rows.items()} == truth, client.user


def judge(clients: list[Client], file: File) -> None:
    truth = {row["id"]: (row["target"], row["status"], row["rev"]) for row in window(file, 0, 500)}
    assert len(truth) == ROWS
    for client in clients:
        assert client.screen.texts() == truth, client.user
    texts = set(Row.objects.filter(file=file).values_list("pk", "target"))
    texts |= set(RowRevision.objects.filter(row__file=file).values_list("row_id", "target"))
    saved = {entry for client in clients for entry in client.saved}
    assert saved, "somebody saved something"
    assert saved <= texts
