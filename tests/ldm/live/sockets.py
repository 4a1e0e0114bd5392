"""Sockets for tests: the real application, a client that speaks the protocol and keeps a screen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from channels.testing import WebsocketCommunicator
from django.conf import settings

from apps.accounts.models import User
from apps.ldm.live import feed
from apps.ldm.models import File
from apps.ldm.selectors.rows import changes_since, window
from locanext_project import workspaces
from locanext_project.asgi import application
from tests import factories

ORIGIN = b"http://127.0.0.1"
HOST = b"127.0.0.1"


def cookie_of(user: User) -> bytes:
    """The cookie header of somebody's browser."""
    client = factories.client_for(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}".encode()


def headers(cookie: bytes | None = None, **more: bytes | None) -> list[tuple[bytes, bytes]]:
    """Headers of a browser; `host=None` leaves one out."""
    values = {"host": HOST, "origin": ORIGIN, "cookie": cookie} | more
    return [(name.encode(), value) for name, value in values.items() if value is not None]


class Socket:
    """One window."""

    def __init__(self, file_id: int, cookie: bytes | None = None, **more: bytes | None) -> None:
        self.file_id = file_id
        self.communicator = WebsocketCommunicator(application, f"/ws/files/{file_id}/", headers(cookie, **more))
        self.communicator.scope["client"] = ["127.0.0.1", 1]
        self.joined: dict[str, Any] = {}

    async def open(self) -> bool:
        """Whether it was let in at all."""
        return bool((await self.communicator.connect(timeout=5))[0])

    async def join(self, since: int = 0, **more: Any) -> dict[str, Any]:
        """Open and join; the answer."""
        assert await self.open()
        await self.send(type="join", file=self.file_id, since=since, **more)
        self.joined = await self.hear("joined")
        return self.joined

    async def send(self, **frame: Any) -> None:
        """Send a frame."""
        await self.communicator.send_to(text_data=json.dumps(frame))

    async def raw(self, text: str | None = None, data: bytes | None = None) -> None:
        """Send whatever."""
        message = {"text": text} if text is not None else {"bytes": data}
        await self.communicator.send_input({"type": "websocket.receive", **message})

    async def next(self, seconds: float = 5) -> dict[str, Any]:
        """The next frame; {"type": "close", "code"} when the server closed."""
        message = await self.communicator.receive_output(seconds)
        if message["type"] == "websocket.close":
            return {"type": "close", "code": message.get("code")}
        return dict(json.loads(message["text"]))

    async def hear(
        self, kind: str, seconds: float = 5, when: Callable[[dict[str, Any]], bool] = lambda frame: True
    ) -> dict[str, Any]:
        """The next frame of a kind; others are passed by."""
        end = asyncio.get_running_loop().time() + seconds
        seen = []
        while True:
            try:
                frame = await self.next(max(end - asyncio.get_running_loop().time(), 0.01))
            except TimeoutError:
                raise AssertionError(f"no {kind} came, but {seen}") from None
            if frame["type"] == kind and when(frame):
                return frame
            seen.append(frame)

    async def quiet(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes for a while."""
        return await self.communicator.receive_nothing(seconds, 0.05)

    async def close(self) -> None:
        """Close it as a browser does."""
        await self.communicator.disconnect(timeout=5)


async def nothing_open(seconds: float = 10) -> None:
    """Wait until every hub has ended and its last work on the database is done."""
    end = asyncio.get_running_loop().time() + seconds
    while not feed.idle() and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.01)
    assert feed.idle()


class Screen:
    """What a client shows: rows by id, brought up to date by frames and by fetching."""

    def __init__(self, file: File) -> None:
        self.file_id = file.pk
        self.rows = {row["id"]: row for row in window(file, 0, 500)}
        self.revision = max((row["rev"] for row in self.rows.values()), default=0)

    def take(self, frame: dict[str, Any]) -> bool:
        """Apply a frame; whether the client has to fetch now."""
        if frame["type"] == "changes":
            if frame["from"] > self.revision + 1:
                return True
            self._apply(frame["rows"])
            self.revision = max(self.revision, frame["to"])
            return False
        if frame["type"] == "hint":
            return bool(frame["revision"] > self.revision)
        return frame["type"] in ("resync", "joined")

    def fetch(self) -> None:
        """GET changes?since=, until there is no more."""
        with workspaces.use(workspaces.SERVER):
            more = True
            while more:
                self.revision, rows, more = changes_since(self.file_id, self.revision)
                self._apply(rows)

    def _apply(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            known = self.rows.get(row["id"])
            if known is None or row["rev"] >= known["rev"]:
                self.rows[row["id"]] = row

    def texts(self) -> dict[int, tuple[str, str, int]]:
        """What a person compares."""
        return {pk: (row["target"], row["status"], row["rev"]) for pk, row in self.rows.items()}
