"""One file in one process: who is there, what is held, what has been told, and the sockets to tell it to."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from apps.ldm.live.news import (
    FileNews,
    Held,
    Key,
    LeaseNews,
    OvertakenNews,
    PeopleNews,
    Person,
    RowNews,
    TypingNews,
    frame,
)
from apps.ldm.live.outbox import Outbox
from apps.ldm.live.spans import Changes, Hint, Spans
from apps.ldm.selectors.live import Summary

if TYPE_CHECKING:
    from apps.ldm.live.remote import Remote

TYPING_EVERY = 0.25
"""Seconds between two frames of what is being typed in one row."""
NO_SUCH_ROW = frame({"type": "error", "code": "not_found", "message": "This row is not in this file."})
REMEMBERED = 10.0
"""Seconds for which what was told here counts more than a look at the database that began before."""


@dataclass(eq=False, slots=True)
class Seat:
    """One socket in a room. `close` ends it with a code; it may be called from the loop's thread only."""

    connection: str
    user_id: int
    user_name: str
    login: uuid.UUID
    close: Callable[[int], Coroutine[Any, Any, None]]
    outbox: Outbox = field(default_factory=Outbox)


@dataclass(slots=True)
class Typed:
    """The last text of a row that is being typed, and when one was sent."""

    news: TypingNews | None
    sent: float


class Room:
    """Everything a process knows of a file that is open in it. Used from one event loop only."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.uses = 0
        """Sockets that are in it or on their way into it."""
        self.seats: dict[str, Seat] = {}
        self.people: dict[str, Person] = {}
        self.leases: dict[int, Held] = {}
        self.remote: Remote | None = None
        """On a desktop: what is known of the server's room of this file."""
        self._far: set[str] = set()
        self._overtaken: list[OvertakenNews] = []
        self.spans: Spans | None = None
        self.generation: int | None = None
        self.moves: dict[str, int | None] = {}
        """Cursors that went to a row which nobody has checked yet."""
        self._early: list[RowNews] = []
        self._joined: dict[str, Person] = {}
        self._moved: dict[str, Person] = {}
        self._left: set[str] = set()
        self._taken: dict[int, Held] = {}
        self._released: set[int] = set()
        self._typed: dict[int, Typed] = {}
        self._told_at: dict[str | int, float] = {}

    # ---- what happened ----
    def take(self, news: FileNews) -> None:
        """Something happened to the file."""
        if isinstance(news, RowNews):
            self._take_rows(news)
        elif isinstance(news, LeaseNews):
            for held in news.taken:
                self._lease(held)
            for row in news.released:
                self._release(row)
        elif isinstance(news, PeopleNews):
            for person in news.here:
                self._here(person)
            for connection in news.left:
                self._gone(connection)
        elif isinstance(news, OvertakenNews):
            self._overtaken.append(news)
        else:
            typed = self._typed.setdefault(news.row, Typed(None, 0.0))
            typed.news = news

    def _take_rows(self, news: RowNews) -> None:
        if self.spans is None:
            self._early.append(news)
        elif news.revision > self.spans.told:
            self.spans.take(news.revision, news.fragments())

    def begin(self, revision: int, generation: int) -> None:
        """The revision from which on everything is told; later calls change nothing."""
        if self.spans is not None:
            return
        self.spans, self.generation = Spans(revision), generation
        for news in self._early:
            self._take_rows(news)
        self._early.clear()

    def look(self, revision: int, people: Iterable[Person], leases: Iterable[Held], began: float) -> None:
        """Compare with what the database held at `began` (time.monotonic); what was told here since then stays."""
        if self.spans is not None:
            self.spans.exists(revision)
        here = {person.connection: person for person in people}
        for connection in (self.people.keys() | here.keys()) - self.seats.keys() - self._far:
            if self._told_at.get(connection, 0.0) >= began:
                continue
            if connection in here:
                self._here(here[connection])
            else:
                self._gone(connection)
        held = {lease.row: lease for lease in leases}
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
        for row in self.leases.keys() | held.keys():
            ran_out = row in self.leases and self.leases[row].until <= now and row not in held
            if self._told_at.get(row, 0.0) >= began and not ran_out:
                continue
            if row in held:
                self._lease(held[row])
            else:
                self._release(row)
        old = time.monotonic() - REMEMBERED
        self._told_at = {what: at for what, at in self._told_at.items() if at > old}
        self._typed = {row: typed for row, typed in self._typed.items() if typed.news or typed.sent > old}

    def show_remote(self, people: dict[str, Person]) -> None:
        """The server's windows in this file, all of them; they are in no table here."""
        for connection in self._far - people.keys():
            self._gone(connection)
        self._far = set(people)
        for person in people.values():
            self._here(person)

    def _here(self, person: Person) -> None:
        known = self.people.get(person.connection)
        if known == person:
            return
        self.people[person.connection] = person
        self._left.discard(person.connection)
        fresh = known is None or person.connection in self._joined
        (self._joined if fresh else self._moved)[person.connection] = person
        self._told_at[person.connection] = time.monotonic()

    def _gone(self, connection: str) -> None:
        self._told_at[connection] = time.monotonic()
        self._moved.pop(connection, None)
        self.moves.pop(connection, None)
        self._joined.pop(connection, None)
        # Told also where the coming was not: somebody may have seen it in the state they were given.
        if self.people.pop(connection, None) is not None:
            self._left.add(connection)

    def _lease(self, held: Held) -> None:
        known = self.leases.get(held.row)
        if known is not None and known.until > held.until and known.connection == held.connection:
            return
        self._told_at[held.row] = time.monotonic()
        if known == held:
            return
        self.leases[held.row] = self._taken[held.row] = held
        self._released.discard(held.row)

    def _release(self, row: int) -> None:
        self._told_at[row] = time.monotonic()
        self._typed.pop(row, None)
        if self.leases.pop(row, None) is not None:
            self._taken.pop(row, None)
            self._released.add(row)

    # ---- what is told ----
    def ready(self) -> Changes | Hint | None:
        """The revisions that can be told now."""
        return self.spans.ready(time.monotonic()) if self.spans is not None else None

    @property
    def pending(self) -> bool:
        """Whether something waits to be told."""
        typing = any(typed.news for typed in self._typed.values())
        people = self._joined or self._moved or self._left or self.moves or self._overtaken
        return bool(typing or people or self._taken or self._released or (self.spans is not None and self.spans.waits))

    def tell(self, told: Changes | Hint | None, summary: Summary | None) -> None:
        """Put everything that happened since the last time into the sockets' outboxes, changes first."""
        if told is not None:
            self.broadcast(self._rows_frame(told, summary))
        if people := self._people_frame():
            self.broadcast(people)
        if leases := self._leases_frame():
            self.broadcast(leases)
        overtaken, self._overtaken = self._overtaken, []
        for one in overtaken:
            self.broadcast(frame({"type": "overtaken"} | one.data()))
        now = time.monotonic()
        for typed in self._typed.values():
            news = typed.news
            if news is None or now - typed.sent < TYPING_EVERY:
                continue
            typed.news, typed.sent = None, now
            data = {"type": "typing", "row": news.row, "id": news.id, "name": news.name, "text": news.text}
            self.broadcast(frame(data), but=news.connection)

    def _rows_frame(self, told: Changes | Hint, summary: Summary | None) -> str:
        generation, self.generation = self.generation, summary.generation if summary else self.generation
        if isinstance(told, Hint) or summary is None or summary.generation != generation:
            return frame({"type": "hint", "revision": told.revision if isinstance(told, Hint) else told.last})
        counts = frame({"counts": summary.counts, "total": summary.total})
        return (
            f'{{"type":"changes","from":{told.first},"to":{told.last},"rows":[{",".join(told.rows)}],{counts[1:-1]}}}'
        )

    def _people_frame(self) -> str:
        joined, moved, left = self._joined, self._moved, self._left
        if not (joined or moved or left):
            return ""
        self._joined, self._moved, self._left = {}, {}, set()
        data = {
            "type": "people",
            "joined": [person.json() for person in joined.values()],
            "moved": [{"connection": person.connection, "row": person.row} for person in moved.values()],
            "left": sorted(left),
        }
        return frame(data)

    def _leases_frame(self) -> str:
        taken, released = self._taken, self._released
        if not (taken or released):
            return ""
        self._taken, self._released = {}, set()
        return frame(
            {"type": "leases", "taken": [held.json() for held in taken.values()], "released": sorted(released)}
        )

    def broadcast(self, text: str, but: str = "") -> None:
        """One frame for every socket; its bytes are counted once."""
        size = len(text.encode())
        for connection, seat in self.seats.items():
            if connection != but:
                seat.outbox.put(text, size)

    # ---- sockets ----
    def sit(self, seat: Seat, revision: int) -> None:
        """A socket comes in, having seen `revision`: it gets the state, and a hint where more was told meanwhile."""
        self.seats[seat.connection] = seat
        self._here(Person(seat.connection, seat.user_id, seat.user_name, None))
        seat.outbox.put(self.state_frame(seat, revision))
        if self.spans is not None and self.spans.told > revision:
            seat.outbox.put(frame({"type": "hint", "revision": self.spans.told}))

    def stand_up(self, seat: Seat) -> None:
        """A socket is closed; its leases are given back by the services."""
        if self.seats.get(seat.connection) is seat:
            del self.seats[seat.connection]
            self._gone(seat.connection)

    def moved(self, moves: dict[str, int | None], good: dict[str, int | None]) -> list[Person]:
        """Cursors whose rows were checked: windows that moved, as they are now. The others are told."""
        found = []
        for connection in moves.keys() - good.keys() & self.seats.keys():
            self.seats[connection].outbox.put(NO_SUCH_ROW)
        for connection, row in good.items():
            person = self.people.get(connection)
            if person is not None and person.row != row:
                found.append(replace(person, row=row))
                self._here(found[-1])
        return found

    def state_frame(self, seat: Seat, revision: int | None = None) -> str:
        """The whole state of the room for one socket: sent when it comes in, and after a resync."""
        data = {
            "type": "joined",
            "revision": revision if revision is not None else (self.spans.told if self.spans else 0),
            "generation": self.generation,
            "connection": seat.connection,
            "people": [person.json() for person in self.people.values()],
            "leases": [held.json() for held in self.leases.values()],
        }
        return frame(data)
