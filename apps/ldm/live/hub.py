"""One hub an event loop: the rooms of the files that are open, what happens to them, and looks at the database."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

from apps.ldm.live import database, feed
from apps.ldm.live.listening import Listening
from apps.ldm.live.news import FileNews, Held, Key, LoginsOver, News, PeopleNews, Person
from apps.ldm.live.room import Room, Seat
from apps.ldm.live.spans import Changes, Hint
from apps.ldm.selectors import live
from apps.ldm.services import presence
from apps.ldm.services.rows import leases
from locanext_project import workspaces

logger = logging.getLogger(__name__)
GATHER = 0.075
"""Seconds for which what happens is gathered into one frame."""
LOOK_EVERY = 2.0
RIGHTS_EVERY = 3
"""Every so many looks also ask who may still see restricted files."""
CLEAN_EVERY = 60.0
SLOW_SECONDS = 30.0
Moves = dict[int, dict[str, int | None]]
"""By file: windows and the rows that their cursors went to."""
NOT_SIGNED_IN, NOT_THERE, SLOW_READER = 4401, 4404, 4408


def workspace_of(alias: str) -> str:
    """The workspace whose database has this alias."""
    return workspaces.OFFLINE if alias == workspaces.OFFLINE_ALIAS else workspaces.home()


class Hub:
    """The rooms of one event loop. It lives while a socket is open, and ends with the last."""

    def __init__(self) -> None:
        self.rooms: dict[Key, Room] = {}
        self._loop = asyncio.get_running_loop()
        self._news: deque[News] = deque()
        self._called = False
        self._dirty: set[Key] = set()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._listening = Listening(self._take)
        self._heartbeat_at = self._cleaned_at = time.monotonic()
        self._looks = 0

    @classmethod
    def here(cls) -> Hub:
        """The hub of the running event loop; made where there is none."""
        loop = asyncio.get_running_loop()
        for hub in feed.hubs():
            if hub._loop is loop:
                return hub
        hub = cls()
        hub._tasks = [loop.create_task(hub._tell_for_ever()), loop.create_task(hub._look_for_ever())]
        feed.add(hub)
        return hub

    # ---- coming and going ----
    def enter(self, key: Key) -> Room:
        """The room of a file; every call needs its `leave`."""
        room = self.rooms.get(key)
        if room is None:
            room = self.rooms[key] = Room(key)
            self._listening.follow(key)
        room.uses += 1
        return room

    def leave(self, room: Room) -> None:
        """Somebody who entered has gone; the last one ends the room, and the last room the hub."""
        room.uses -= 1
        if room.uses:
            return
        del self.rooms[room.key]
        self._listening.forget(room.key)
        if not self.rooms:
            feed.remove(self)
            self._listening.stop()
            for task in self._tasks:
                task.cancel()

    def sit(self, room: Room, seat: Seat, revision: int) -> None:
        """A socket that was let in gets its place, and the others hear of it."""
        room.sit(seat, revision)
        self.touch(room)
        feed.spread(PeopleNews(room.key, (room.people[seat.connection],), ()), but=self)

    def stand_up(self, room: Room, seat: Seat) -> None:
        """A socket is closed."""
        room.stand_up(seat)
        self.touch(room)
        feed.spread(PeopleNews(room.key, (), (seat.connection,)), but=self)

    def say(self, room: Room, news: FileNews) -> None:
        """Something that a socket of this hub did, and no service told."""
        room.take(news)
        self.touch(room)
        feed.spread(news, but=self)

    # ---- news ----
    def hand(self, news: News) -> None:
        """Take news from any thread."""
        if not isinstance(news, LoginsOver) and news.key not in self.rooms:
            return
        self._news.append(news)
        if self._called:
            return
        self._called = True
        try:
            self._loop.call_soon_threadsafe(self._drain)
        except RuntimeError:
            # The loop ended without its sockets being closed.
            feed.remove(self)

    def _drain(self) -> None:
        self._called = False
        while self._news:
            self._take(self._news.popleft())

    def _take(self, news: News) -> None:
        if isinstance(news, LoginsOver):
            for room in self.rooms.values():
                self._close([seat for seat in room.seats.values() if seat.login in news.ids], NOT_SIGNED_IN)
            return
        found = self.rooms.get(news.key)
        if found is not None:
            found.take(news)
            self.touch(found)

    def touch(self, room: Room) -> None:
        """Something in a room is to be told."""
        self._dirty.add(room.key)
        self._wake.set()

    def _close(self, seats: Iterable[Seat], code: int) -> None:
        for seat in list(seats):
            task = self._loop.create_task(seat.close(code))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    # ---- telling ----
    async def _tell_for_ever(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER)
            self._wake.clear()
            rooms = [self.rooms[key] for key in self._dirty if key in self.rooms]
            self._dirty.clear()
            try:
                await self._tell(rooms)
            except Exception:
                logger.exception("A frame could not be made.")
            for room in rooms:
                if room.pending:
                    self.touch(room)

    async def _tell(self, rooms: list[Room]) -> None:
        for alias in {room.key[0] for room in rooms}:
            ours = [room for room in rooms if room.key[0] == alias]
            told = {room.key[1]: ready for room in ours if (ready := room.ready()) is not None}
            moves = {room.key[1]: room.moves for room in ours if room.moves}
            for room in ours:
                room.moves = {}
            summaries: dict[int, live.Summary] = {}
            try:
                if told or moves:
                    wanted = [file_id for file_id, what in told.items() if isinstance(what, Changes)]
                    summaries, good = await database.run(workspace_of(alias), None, _work, wanted, moves)
                    self._moved(ours, moves, good)
            finally:
                # Also where the database does not answer: without its numbers a change becomes a hint.
                self._tell_rooms(ours, told, summaries)

    def _moved(self, rooms: list[Room], moves: Moves, good: Moves) -> None:
        for room in rooms:
            people = room.moved(moves.get(room.key[1], {}), good.get(room.key[1], {}))
            if people:
                feed.spread(PeopleNews(room.key, tuple(people), ()), but=self)

    @staticmethod
    def _tell_rooms(rooms: list[Room], told: dict[int, Changes | Hint], summaries: dict[int, live.Summary]) -> None:
        for room in rooms:
            room.tell(told.get(room.key[1]), summaries.get(room.key[1]))

    # ---- looking ----
    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for room in self.rooms.values():
                slow = [seat for seat in room.seats.values() if seat.outbox.stalled() > SLOW_SECONDS]
                self._close(slow, SLOW_READER)
            try:
                for alias in {key[0] for key in self.rooms}:
                    await self._look(alias)
            except Exception:
                # The database is away: the next look tries again, and sockets stay open.
                logger.warning("The open files could not be looked at.", exc_info=True)

    async def _look(self, alias: str) -> None:
        rooms = {key[1]: room for key, room in self.rooms.items() if key[0] == alias and room.seats}
        viewers = {pk: {seat.user_id for seat in room.seats.values()} for pk, room in rooms.items()}
        seats = [seat for room in rooms.values() for seat in room.seats.values()]
        self._looks += 1
        began = time.monotonic()
        alive: list[str] = []
        if began - self._heartbeat_at >= presence.HEARTBEAT_SECONDS:
            self._heartbeat_at, alive = began, [seat.connection for seat in seats]
        clean = began - self._cleaned_at >= CLEAN_EVERY
        if clean:
            self._cleaned_at = began
        found = await database.run(
            workspace_of(alias), None, _look, viewers, {seat.login for seat in seats},
            self._looks % RIGHTS_EVERY == 0, alive, clean,
        )  # fmt: skip
        self._judge(seats, found)
        for pk, room in rooms.items():
            if pk not in found.revisions:
                self._close(room.seats.values(), NOT_THERE)
                continue
            self._close([s for s in room.seats.values() if (pk, s.user_id) in found.shut_out], NOT_THERE)
            people = [Person.of(person) for person in found.people if person.file_id == pk]
            held = [Held.of(lease) for lease in found.leases if lease.file_id == pk]
            room.look(found.revisions[pk], people, held, began)
            if room.pending:
                self.touch(room)

    def _judge(self, seats: list[Seat], found: live.Look) -> None:
        self._close([seat for seat in seats if seat.login not in found.logins], NOT_SIGNED_IN)


def _work(wanted: list[int], moves: Moves) -> tuple[dict[int, live.Summary], Moves]:
    """The database's part of telling: cursors that moved, and the numbers of files that changed."""
    good = {file_id: presence.move(file_id=file_id, moves=moved) for file_id, moved in moves.items()}
    return live.summaries(wanted) if wanted else {}, good


def _look(viewers: dict[int, set[int]], logins: set[Any], rights: bool, alive: list[str], clean: bool) -> live.Look:
    """The database's part of a look."""
    if alive:
        presence.keep_alive(connections=alive)
    if clean:
        presence.sweep()
        leases.forget_expired()
    return live.look(viewers, logins, rights=rights)
