"""A window's line to the server's room of its file: its own socket, let in by a ticket, back by itself when it ends.

Everything on it is a hint. A lease is waited for a moment and no longer, a save never; rows come by
the rounds, which a frame about rows wakes. Offline, and without a login, no line is opened.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import threading
import weakref
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from apps.ldm.live import database, upstream
from apps.ldm.live.hub import NOT_SIGNED_IN, NOT_THERE
from apps.ldm.live.upstream import Listener, Said, View
from apps.sync.carriers import hints
from apps.sync.carriers.http import HttpPeer
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.client import loop as rounds_loop
from apps.sync.client import peers
from apps.sync.client.session import Session
from apps.sync.live import far_room
from apps.sync.models import Link, MirroredFile, PendingEdit
from apps.sync.protocol import Refused, Unreachable
from locanext_project import desktop_gate, workspaces

logger = logging.getLogger(__name__)
LEASE_SECONDS = 0.3
"""So long the server is waited for before a lease is taken here; in silence after that not at all."""
PING_SECONDS = 5.0
CLOSE_SECONDS = 1.0
MOST_BYTES = 1024 * 1024
MOST_WAITING = 200
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
LONG_PAUSE = 60.0
"""After a refusal, which time alone does not end."""
SENT_TRIES, SENT_EVERY = 20, 0.15
"""A row is given back on the server when its text is there, or after so many looks."""
State = MirroredFile.State

_lines: weakref.WeakSet[ServerLine] = weakref.WeakSet()
_guard = threading.Lock()
_tasks: set[asyncio.Task[Any]] = set()
_tickets = ThreadPoolExecutor(2, thread_name_prefix="live-upstream")


@dataclass(frozen=True, slots=True)
class Place:
    """The server, and as whom."""

    server_url: str
    client: str
    user_id: int | None
    session: Session | None = field(compare=False, repr=False)
    """None in the LAN set-up: no token is needed, this computer is a node of the server."""


def place_of(file_id: int) -> Place | None:
    """Where the line of a file leads; None where there is none: offline, no login, not the server's file."""
    here = Link.objects.order_by("pk").first()
    if here is None or not peers.may_connect(here):
        return None
    if not MirroredFile.objects.filter(pk=file_id, state__in=(State.PARTIAL, State.CURRENT)).exists():
        return None
    if peers.is_lan():
        # This very process answers for the server too, to whom it lets in by a ticket of the server's.
        # Its socket stays open whatever becomes of the database: the rounds know whether that answers.
        own = desktop_gate.own_address()
        up = own and rounds_loop.is_online() is not False
        return Place(own, str(here.client), here.user_id, None) if up else None
    return Place(here.server_url, str(here.client), here.user_id, peers.session_of(here))


def _ticket(place: Place, file_id: int) -> str:
    if place.session is None:
        try:
            return InProcessPeer(place.user_id or 0).ticket(file_id)
        finally:
            connections.close_all()
    peer = HttpPeer(place.server_url, place.session)
    try:
        return peer.ticket(file_id)
    finally:
        peer.close()


def _waits(row: int) -> bool:
    return PendingEdit.objects.filter(pk=row, quarantined=False).exists()


class ServerLine:
    """As `apps.ldm.live.upstream.Line`. Belongs to the event loop that made it."""

    def __init__(self, file_id: int, listener: Listener) -> None:
        self.view: View | None = None
        self.joining = False
        self._file_id = file_id
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._at: int | None = None
        self._held: set[int] = set()
        self._asked: dict[int, asyncio.Future[Said]] = {}
        self._silent = False
        self._out: deque[dict[str, Any]] = deque()
        self._filled = asyncio.Event()
        self._poked = asyncio.Event()
        self._revision = 0
        self._hearing: asyncio.Task[None] | None = None
        self._closed = False
        with _guard:
            _lines.add(self)
        self._task = self._start(self._run())

    def _start(self, work: Any) -> asyncio.Task[Any]:
        task = self._loop.create_task(work)
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)
        return task

    # ---- what the window does ----
    def at(self, row: int | None) -> None:
        self._at = row if row is None or row > 0 else None
        self._put({"type": "at", "row": self._at})

    async def lease(self, row: int) -> Said | None:
        if row <= 0:
            return None
        self._held.add(row)
        if self.view is None:
            return None
        answer = self._asked[row] = self._loop.create_future()
        self._put({"type": "lease", "row": row})
        if self._silent:
            answer.cancel()
            return None
        await asyncio.wait([answer], timeout=LEASE_SECONDS)
        if not answer.done():
            answer.cancel()
            self._silent = True
        return None if answer.cancelled() else answer.result()

    def release(self, row: int) -> None:
        if row in self._held:
            self._held.discard(row)
            self._start(self._release(row))

    async def _release(self, row: int) -> None:
        """Give a row back once its text is on the server: whoever takes it next sees that text."""
        for _ in range(SENT_TRIES):
            if self.view is None or not await database.run(workspaces.OFFLINE, None, _waits, row):
                break
            await asyncio.sleep(SENT_EVERY)
        if row not in self._held:
            self._put({"type": "release", "row": row})

    def typing(self, row: int, text: str) -> None:
        if row in self._held:
            self._put({"type": "typing", "row": row, "text": text})

    def close(self) -> None:
        self._closed = True
        self._task.cancel()
        self.view, self.joining = None, False

    def poke(self) -> None:
        """The link was changed, or somebody asks; from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._poked.set)
        except RuntimeError:
            # The loop has ended, and the line with it.
            return

    def _put(self, frame: dict[str, Any]) -> None:
        # What is said while the line is down is said again when it is up, as far as it still holds.
        if self.view is not None and len(self._out) < MOST_WAITING:
            self._out.append(frame)
            self._filled.set()

    # ---- the line ----
    async def _run(self) -> None:
        failures = 0
        while not self._closed:
            self._poked.clear()
            place = await self._place()
            if place is None:
                await self._pause(LONG_PAUSE)
                continue
            lasted, refused = await self._while_at(place)
            failures = 0 if lasted else failures + 1
            longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**failures)
            await self._pause(LONG_PAUSE if refused else random.uniform(0.0, longest))  # noqa: S311 (only not all at once)

    async def _pause(self, seconds: float) -> None:
        """Wait, or until somebody changes the link."""
        try:
            await asyncio.wait_for(self._poked.wait(), seconds)
        except TimeoutError:
            return

    async def _place(self) -> Place | None:
        try:
            return await database.run(workspaces.OFFLINE, None, place_of, self._file_id)
        except Exception:
            logger.warning("The link could not be looked at.", exc_info=True)
            return None

    async def _while_at(self, place: Place) -> tuple[bool, bool]:
        """Keep the line while it leads to that place: (whether it was up, whether the server wants none)."""
        talk = self._loop.create_task(self._talk(place))
        poke = self._loop.create_task(self._poked.wait())
        try:
            while not talk.done():
                await asyncio.wait({talk, poke}, return_when=asyncio.FIRST_COMPLETED)
                if not talk.done():
                    self._poked.clear()
                    poke = self._loop.create_task(self._poked.wait())
                    if await self._place() != place:
                        return True, False
            return talk.result()
        finally:
            poke.cancel()
            if not talk.done():
                talk.cancel()
                self._lost()
                await asyncio.wait([talk])

    async def _talk(self, place: Place) -> tuple[bool, bool]:
        """One connection, to its end."""
        up = False
        try:
            ticket = await self._loop.run_in_executor(_tickets, _ticket, place, self._file_id)
            address, options = hints.address_of(place.server_url, True, f"/ws/files/{self._file_id}/")
            async with connect(
                address, ping_interval=PING_SECONDS, ping_timeout=PING_SECONDS, close_timeout=CLOSE_SECONDS,
                max_size=MOST_BYTES, **options,
            ) as socket:  # fmt: skip
                self.joining = True
                await socket.send(json.dumps({"type": "join", "file": self._file_id, "since": 0, "ticket": ticket}))
                sender = self._loop.create_task(self._send_for_ever(socket))
                try:
                    async for text in socket:
                        self._hear(text)
                        up = up or self.view is not None
                finally:
                    sender.cancel()
                    await socket.close()
        except Refused as refusal:
            return up, refusal.reason != "busy"
        except ConnectionClosed as closed:
            return up, closed.rcvd is not None and closed.rcvd.code in (NOT_SIGNED_IN, NOT_THERE)
        except (Unreachable, OSError, TimeoutError, InvalidHandshake):
            return up, False
        except Exception:
            logger.exception("The line to the server's room ended.")
            return up, False
        finally:
            self._lost()
        return up, False

    async def _send_for_ever(self, socket: ClientConnection) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._out:
                await socket.send(json.dumps(self._out.popleft()))

    def _lost(self) -> None:
        """The line is down: nobody there is known any more."""
        was_up = self.view is not None
        self.view, self.joining, self._silent = None, False, False
        self._out.clear()
        for answer in self._asked.values():
            answer.cancel()
        self._asked.clear()
        if was_up and not self._closed:
            self._listener.on_change()

    # ---- what the server says ----
    def _hear(self, text: str | bytes) -> None:
        """One frame; what is not understood changes nothing."""
        if self._closed:
            return
        try:
            frame = far_room.frame_of(text)
            self._take(frame["type"], frame)
        except far_room.Misread:
            logger.warning("A frame of the server was not understood.")
            self.joining = False

    def _take(self, kind: str, frame: dict[str, Any]) -> None:
        if kind == "joined":
            self._joined(frame)
        elif self.view is None:
            return
        elif kind in ("people", "leases"):
            (far_room.change_people if kind == "people" else far_room.change_leases)(self.view, frame)
            self._listener.on_change()
        elif kind == "typing":
            typed = far_room.typed_of(frame)
            self._listener.on_typing(typed.row, typed.person_id, typed.name, typed.text)
        elif kind == "lease":
            self._answered(*far_room.said_of(frame))
        elif kind in ("changes", "hint"):
            self._moved(far_room.revision_of(frame))

    def _joined(self, frame: dict[str, Any]) -> None:
        """Let in, or told the whole state again."""
        fresh = self.view is None
        self.view, self.joining = far_room.view_of(frame), False
        if fresh:
            self._put({"type": "at", "row": self._at})
            for row in sorted(self._held):
                self._put({"type": "lease", "row": row})
        self._listener.on_change()
        if fresh and rounds_loop.is_online() is False:
            # The server answers again: what waits need not wait for its turn.
            rounds_loop.wake(urgent=True)
        self._moved(far_room.revision_of(frame))

    def _answered(self, row: int, said: Said) -> None:
        self._silent = False
        if not said.granted and said.holder is not None:
            self._held.discard(row)
        answer = self._asked.pop(row, None)
        if answer is not None and not answer.done():
            answer.set_result(said)
        else:
            self._listener.on_late(row, said)

    def _moved(self, revision: int) -> None:
        """Have the rows fetched, one look at a time."""
        self._revision = max(self._revision, revision)
        if rounds_loop.is_online() is not None and (self._hearing is None or self._hearing.done()):
            self._hearing = self._start(self._tell_rounds())

    async def _tell_rounds(self) -> None:
        told = -1
        while told < self._revision:
            told = self._revision
            try:
                await database.run(workspaces.OFFLINE, None, rounds_loop.hear, self._file_id, told)
            except Exception:
                # The rounds come to it by themselves.
                logger.warning("The rounds could not be told.", exc_info=True)


def reconsider() -> None:
    """The link was changed, or a person asks: every line of this process looks where it may lead."""
    with _guard:
        lines = list(_lines)
    for line in lines:
        line.poke()


def attach() -> None:
    """Give rooms of mirrored files their lines; called once, when the apps are ready."""
    upstream.provide(ServerLine)
    rounds_loop.listen(reconsider)
