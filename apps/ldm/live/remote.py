"""The server's people, leases and typing in a desktop's room, through the lines of the room's windows.

Each window has a line of its own, so that the server sees each of them. What is shown comes from
one line; the windows of this desktop are left out of it. Nothing here waits for the server but a
lease, and that for a moment only; a save never does.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from apps.ldm.live import database, upstream
from apps.ldm.live.frames import TYPING_LENGTH
from apps.ldm.live.news import Held, TypingNews, frame
from apps.ldm.live.upstream import Said, View
from apps.ldm.models import RowLease
from apps.ldm.services.rows import mirrored_leases
from apps.ldm.services.rows.mirrored_leases import Mirrored, marked
from locanext_project import workspaces

if TYPE_CHECKING:
    from apps.ldm.live.hub import Hub
    from apps.ldm.live.room import Room, Seat

logger = logging.getLogger(__name__)
END_SECONDS = 5.0


class Window:
    """One window of this desktop in the server's room."""

    def __init__(self, remote: Remote, seat: Seat) -> None:
        self._remote = remote
        self.seat = seat
        self.line = upstream.open_line(remote.file_id, self)

    # ---- what the line tells ----
    def on_change(self) -> None:
        """As `Listener`."""
        self._remote.refresh()

    def on_typing(self, row: int, person_id: int, name: str, text: str) -> None:
        """As `Listener`."""
        self._remote.take_typing(self, row, person_id, name, text)

    def on_late(self, row: int, said: Said) -> None:
        """As `Listener`."""
        self._remote.heed_soon(row, said)

    # ---- what the window does ----
    def at(self, row: int | None) -> None:
        """The cursor is on a row."""
        if self.line is not None:
            self.line.at(row)

    async def ask(self, row: int) -> None:
        """Ask the server for a row, before it is taken here: its answer is in the table of leases then.

        Without an answer in a short time nothing changes: the lease that is taken here stands until one comes.
        """
        said = await self.line.lease(row) if self.line is not None else None
        if said is not None:
            await self._remote.heed(row, said)

    def release(self, row: int) -> None:
        """The window has finished with a row."""
        if self.line is not None:
            self.line.release(row)

    def typing(self, row: int, text: str) -> None:
        """The window's text of a row it holds."""
        if self.line is not None:
            self.line.typing(row, text)

    def close(self) -> None:
        """The window is closed."""
        if self.line is not None:
            self.line.close()
        self._remote.leave(self)

    async def end(self) -> None:
        """Close it, and wait until what the server's people held here is given back, if it was the last."""
        self.close()
        await self._remote.settled()


class Remote:
    """What a room knows of the server's. Used from the room's event loop only."""

    def __init__(self, hub: Hub, room: Room) -> None:
        self._hub = hub
        self._room = room
        self.file_id = room.key[1]
        self._windows: list[Window] = []
        self._applied: dict[int, Held] = {}
        """The leases of the server that stand in the table."""
        self._turn = asyncio.Lock()
        self._worker: asyncio.Task[None] | None = None
        self._stale = False
        self._heeding: set[asyncio.Task[None]] = set()

    def enter(self, seat: Seat) -> Window:
        """A window of this desktop joined the room."""
        window = Window(self, seat)
        self._windows.append(window)
        self.refresh()
        return window

    def leave(self, window: Window) -> None:
        """A window was closed; calling it twice changes nothing."""
        if window in self._windows:
            self._windows.remove(window)
            self.refresh()

    async def settled(self) -> None:
        """Wait until the table is as the present view says, for a moment."""
        if self._worker is not None:
            await asyncio.wait([self._worker], timeout=END_SECONDS)

    # ---- who is there ----
    def _primary(self) -> Window | None:
        """The window whose line tells what is shown: the first whose line is up."""
        return next((one for one in self._windows if one.line is not None and one.line.view is not None), None)

    def _view(self) -> View | None:
        window = self._primary()
        return window.line.view if window is not None and window.line is not None else None

    def _own(self) -> set[str]:
        """What the server calls the windows of this room."""
        return {one.line.view.connection for one in self._windows if one.line is not None and one.line.view is not None}

    def refresh(self) -> None:
        """Show what the view says now, people at once and leases behind their way through the table."""
        view, own = self._view(), self._own()
        shown = {}
        if view is not None:
            # A window that is being let in is seen before its name is known: it is one of this person's.
            joining = any(one.line is not None and one.line.joining for one in self._windows)
            mine = {seat.user_id for seat in self._room.seats.values()} if joining else set()
            for connection, person in view.people.items():
                if connection not in own and person.id not in mine:
                    name = marked(connection)
                    shown[name] = replace(person, connection=name)
        self._room.show_remote(shown)
        self._hub.touch(self._room)
        self._stale = True
        if self._worker is None or self._worker.done():
            self._worker = asyncio.get_running_loop().create_task(self._keep_leases())

    def take_typing(self, window: Window, row: int, person_id: int, name: str, text: str) -> None:
        """Show what somebody else types who holds the row; the others' lines say the same again."""
        view = self._view()
        held = view.leases.get(row) if view is not None else None
        if window is not self._primary() or held is None or held.id != person_id or held.connection in self._own():
            return
        news = TypingNews(self._room.key, row, person_id, name, text[:TYPING_LENGTH], marked(held.connection))
        self._room.take(news)
        self._hub.touch(self._room)

    # ---- who holds what ----
    async def _keep_leases(self) -> None:
        while self._stale:
            self._stale = False
            async with self._turn:
                await self._write()

    async def _write(self) -> None:
        """Bring the table to what the view says. In its turn."""
        view, own = self._view(), self._own()
        leases = view.leases if view is not None else {}
        wanted = {row: held for row, held in leases.items() if held.connection not in own}
        taken = [held for row, held in wanted.items() if self._applied.get(row) != held]
        released = [row for row in self._applied if row not in wanted]
        if not taken and not released:
            return
        try:
            lost = await database.run(
                workspaces.OFFLINE, None, mirrored_leases.mirror, file_id=self.file_id,
                taken=[Mirrored(one.row, one.id, one.name, one.connection) for one in taken], released=released,
            )  # fmt: skip
        except Exception:
            # The next change tries again; leases run out by themselves.
            logger.warning("The server's leases could not be kept.", exc_info=True)
            return
        self._applied = wanted
        for lease in lost:
            self._tell_lost(lease, wanted[lease.row_id])

    def _tell_lost(self, lease: RowLease, now: Held) -> None:
        """A window's lease, taken without the server's answer, gave way: its text stays in its cell."""
        seat = self._room.seats.get(lease.connection)
        if seat is not None:
            holder = {"id": now.id, "name": now.name}
            said = {"type": "lease", "row": lease.row_id, "granted": False, "until": None, "holder": holder}
            seat.outbox.put(frame(said))

    def heed_soon(self, row: int, said: Said) -> None:
        """An answer that nobody waits for any more."""
        task = asyncio.get_running_loop().create_task(self.heed(row, said))
        self._heeding.add(task)
        task.add_done_callback(self._heeding.discard)

    async def heed(self, row: int, said: Said) -> None:
        """Bring the table to what the server answered. Never raises: a lease is not worth a save."""
        view = self._view()
        async with self._turn:
            if said.granted:
                for window in self._windows:
                    if window.line is not None and window.line.view is not None:
                        window.line.view.leases.pop(row, None)
                if self._applied.pop(row, None) is not None:
                    await self._drop(row)
            elif said.holder is not None and view is not None:
                known = view.leases.get(row)
                if known is None or known.id != said.holder.id:
                    view.leases[row] = Held(row, said.holder.id, said.holder.name, "", "")
                await self._write()

    async def _drop(self, row: int) -> None:
        try:
            await database.run(
                workspaces.OFFLINE, None, mirrored_leases.drop, file_id=self.file_id, row_id=row
            )  # fmt: skip
        except Exception:
            logger.warning("A lease of the server's could not be dropped.", exc_info=True)


def enter(hub: Hub, room: Room, seat: Seat, workspace: str) -> Window | None:
    """Have a window seen in the server's room too; None where its file is not the server's."""
    if workspace != workspaces.OFFLINE or room.key[1] <= 0:
        return None
    if room.remote is None:
        room.remote = Remote(hub, room)
    return room.remote.enter(seat)
