"""The parts that need no database: spans, outboxes, the flow of a connection, a room's diffs."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
import uuid
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.live import database, news, outbox, spans
from apps.ldm.live.budget import BURST, PATIENCE, FrameBudget
from apps.ldm.live.flow import flow_of
from apps.ldm.live.news import Held, LeaseNews, PeopleNews, Person, RowNews, TypingNews
from apps.ldm.live.outbox import Outbox
from apps.ldm.live.room import Room, Seat
from apps.ldm.live.spans import Changes, Hint, Spans
from apps.ldm.selectors.live import Summary

KEY = ("default", 7)


def fragment(row: int, text: str) -> spans.Fragment:
    return row, json.dumps({"id": row, "target": text})


# ---- spans ----
@given(st.permutations(range(11, 31)), st.sets(st.integers(11, 30)), st.sets(st.integers(11, 30)), st.randoms())
@settings(max_examples=200, deadline=None)
def test_revisions_in_any_order_come_out_whole(
    order: list[int], missing: set[int], large: set[int], chance: random.Random
) -> None:
    """Whatever is lost, late or too large: told ranges follow each other, and hold what they claim."""
    told, clock, followed, screen = Spans(10), 0.0, 10, dict[int, int]()
    for revision in [*order, 0]:
        if revision and revision not in missing:
            told.take(revision, None if revision in large else (fragment(revision % 4, str(revision)),))
        elif not revision:
            told.exists(30)
        for _ in range(chance.randrange(3) if revision else 60):
            clock += 0.05
            ready = told.ready(clock)
            if isinstance(ready, Changes):
                assert ready.first == followed + 1
                assert not (missing | large) & set(range(ready.first, ready.last + 1))
                for text in ready.rows:
                    row = json.loads(text)
                    screen[row["id"]] = int(row["target"])
                followed = ready.last
            elif isinstance(ready, Hint):
                assert ready.revision > followed
                # The client fetches: it has the newest of every row up to there.
                followed = ready.revision
                for number in range(11, followed + 1):
                    screen[number % 4] = max(screen.get(number % 4, 0), number)
    assert followed == 30 and not told.waits
    assert screen == {number % 4: number for number in range(27, 31)}


def test_what_is_too_much_for_a_frame_is_a_hint() -> None:
    told = Spans(0)
    told.take(1, tuple(fragment(n, "x") for n in range(spans.MOST_ROWS)))
    assert isinstance(told.ready(0), Changes)
    told.take(2, (fragment(1, "x"),))
    told.take(3, tuple(fragment(n, "x") for n in range(2, spans.MOST_ROWS + 2)))
    assert told.ready(0) == Hint(3)
    told.take(4, ((1, "각" * (spans.MOST_BYTES // 3 + 1)),))
    assert told.ready(0) == Hint(4)
    told.take(4, (fragment(1, "late"),))
    assert told.ready(0) is None and not told.waits


# ---- outbox ----
async def test_an_outbox_that_is_too_full_becomes_a_resync() -> None:
    box = Outbox()
    for n in range(outbox.MOST_FRAMES):
        box.put(f"{n}")
    first = await box.take()
    assert first.frame == "0"
    box.put("one more")
    box.sent(first)
    assert (entry := await box.take()).frame == outbox.RESYNC
    # Full again while the resync is on its way: another one follows, or what was dropped now is missed.
    for n in range(outbox.MOST_FRAMES):
        box.put(f"{n}")
    box.sent(entry)
    assert (entry := await box.take()).frame == outbox.RESYNC
    box.sent(entry)
    assert box.dropped == 2 * (outbox.MOST_FRAMES + 1) - 1 + 1
    box.put("x" * outbox.MOST_BYTES)
    assert len((await box.take()).frame) == outbox.MOST_BYTES, "one alone always fits"
    box.put("y")
    assert (await box.take()).frame == outbox.RESYNC
    assert box.stalled() < 1
    await asyncio.sleep(0.05)
    assert box.stalled() >= 0.04


async def test_the_flow_of_a_connection_that_tells() -> None:
    class Connection:
        producer: Any = None

        def unregisterProducer(self) -> None:  # noqa: N802
            self.producer = None

        def registerProducer(self, producer: Any, streaming: bool) -> None:  # noqa: N802
            assert streaming
            self.producer = producer

    connection = Connection()
    flow = flow_of(partial(partial(print, connection), "x"))
    await asyncio.wait_for(flow.free(), 1)
    connection.producer.pauseProducing()
    waiting = asyncio.ensure_future(flow.free())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    connection.producer.resumeProducing()
    await asyncio.wait_for(waiting, 1)
    await asyncio.wait_for(flow_of(print).free(), 1)


def test_the_budget_refills(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    budget = FrameBudget()
    assert sum(budget.spend() for _ in range(int(BURST) + 50)) == BURST
    now[0] += 1
    assert sum(budget.spend() for _ in range(PATIENCE)) == 20 and budget.exhausted


# ---- rooms ----
async def seat(connection: str = "a") -> Seat:
    async def close(code: int) -> None: ...

    return Seat(connection, 1, "Ada", uuid.uuid4(), close)


async def heard(one: Seat) -> list[dict[str, Any]]:
    found = []
    while one.outbox._frames:
        entry = await one.outbox.take()
        one.outbox.sent(entry)
        found.append(json.loads(entry.frame))
    return found


def held(row: int, connection: str, until: str = "2999-01-01T00:00:00.000000Z") -> Held:
    return Held(row, 2, "Bo", connection, until)


async def test_a_room_tells_only_what_is_new() -> None:
    room, one = Room(KEY), await seat()
    room.take(RowNews(KEY, 5, (fragment(1, "early"),)))
    room.begin(4, 1)
    room.sit(one, 4)
    (joined,) = await heard(one)
    assert joined["people"] == [{"connection": "a", "id": 1, "name": "Ada", "row": None}]
    summary = Summary(5, 1, {"rows": 3}, 3)
    room.tell(room.ready(), summary)
    changes, people = await heard(one)
    assert changes == {"type": "changes", "from": 5, "to": 5, "rows": [{"id": 1, "target": "early"}],
                       "counts": {"rows": 3}, "total": 3}  # fmt: skip
    assert people["joined"][0]["connection"] == "a"
    began = time.monotonic()
    room.take(LeaseNews(KEY, (held(1, "b"),), ()))
    room.take(PeopleNews(KEY, (Person("b", 2, "Bo", 9),), ()))
    # A look that began before says nothing against it; one that began after does.
    room.look(5, [], [], began)
    room.tell(None, None)
    assert [frame["type"] for frame in await heard(one)] == ["people", "leases"]
    room.look(6, [], [], time.monotonic() + 1)
    room.tell(None, None)
    people, leases = await heard(one)
    assert people["left"] == ["b"] and leases["released"] == [1]
    assert room.pending, "revision 6 is known and not told"
    # The database does not answer: what changed becomes a hint.
    room.take(RowNews(KEY, 6, (fragment(1, "y"),)))
    room.tell(room.ready(), None)
    assert await heard(one) == [{"type": "hint", "revision": 6}]
    # Somebody who saw less than was told is told to fetch.
    late = await seat("late")
    room.sit(late, 5)
    assert [frame["type"] for frame in await heard(late)] == ["joined", "hint"]
    # Another generation: rows are not where they were.
    room.take(RowNews(KEY, 7, (fragment(1, "z"),)))
    room.tell(room.ready(), Summary(7, 2, {}, 0))
    assert (await heard(one))[0] == {"type": "hint", "revision": 7}


async def test_a_room_relays_typing_a_few_times_a_second() -> None:
    room, one, typist = Room(KEY), await seat(), await seat("t")
    room.begin(0, 1)
    for somebody in (one, typist):
        room.sit(somebody, 0)
        await heard(somebody)
    room.tell(None, None)
    await heard(one), await heard(typist)
    sent = []
    for n in range(30):
        room.take(TypingNews(KEY, 1, 1, "Ada", f"t{n}", "t"))
        room.tell(None, None)
        sent += await heard(one)
        await asyncio.sleep(0.02)
    assert 2 <= len(sent) <= 5
    await asyncio.sleep(0.3)
    room.tell(None, None)
    assert [frame["text"] for frame in await heard(one)] == ["t29"] and not room.pending
    assert await heard(typist) == []


@pytest.mark.parametrize(
    "told",
    [
        RowNews(KEY, 3, (fragment(1, "가"), fragment(2, "b"))),
        RowNews(KEY, 3, None),
        LeaseNews(KEY, (held(1, "c"),), (4, -5)),
        PeopleNews(KEY, (Person("c", 1, "Ada", None),), ("d",)),
        TypingNews(KEY, 1, 2, "Bo", "text", "c"),
    ],
)
def test_news_travel_and_come_back_alike(told: Any) -> None:
    back = news.of_wire(KEY, json.loads(json.dumps(told.wire())))
    assert back.wire() == told.wire()
    if not isinstance(told, RowNews):
        assert back == told


async def test_work_that_is_given_up_before_it_begins_is_not_counted_for_ever():
    let_go = threading.Event()
    # As many as there are threads wait, and one more has no thread yet.
    waiting = [asyncio.create_task(database.run("server", None, let_go.wait, 20)) for _ in range(database.THREADS + 1)]
    await asyncio.sleep(0.05)
    assert database.busy() == database.THREADS + 1
    waiting[-1].cancel()
    await asyncio.sleep(0.05)
    let_go.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert database.busy() == 0
