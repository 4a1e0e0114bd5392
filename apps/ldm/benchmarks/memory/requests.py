"""Look-ups in a memory of the database: in this process, in batches, after a confirm, and over HTTP."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from apps.ldm.benchmarks.live.server import environment, started
from apps.ldm.benchmarks.memory.fuzzy import Made, timing
from apps.ldm.benchmarks.memory.place import Place, bench_memory
from apps.ldm.benchmarks.processes import child
from apps.ldm.benchmarks.tables import Peak, Table, percentile
from apps.ldm.models import Row
from apps.tm.indexes.store import IndexStore
from apps.tm.matching.pipeline import propose
from apps.tm.matching.proposals import Proposals, Query
from apps.tm.scope import ScopedMemory
from apps.tm.selectors import lookups
from apps.tm.selectors.concordance import concordance
from apps.tm.services import indexes
from apps.tm.services.entries import ConfirmedText, upsert

Say = Callable[[str], None]
PASSWORD = "bench-the-memory-of-a-million"  # noqa: S105 (of an account that lives for one run)
BATCH = 5000
FOLLOWER = "apps.ldm.benchmarks.memory.follower"


def run(made: Made, say: Say) -> Table:
    """Everything that needs the entries in the database."""
    table = Table(f"Look-ups in a memory of {len(made.texts):,} entries in the database")
    with bench_memory(made, table, say) as place:
        say("Building the index folder")
        with Peak() as peak:
            begin = time.perf_counter()
            built = indexes.build(memory_id=place.memory.pk)
            table.add("index folder built from the database", time.perf_counter() - begin, "s")
        table.add("memory while building it", peak.megabytes, "MB")
        table.add("index folder", built.bytes / 1e6, "MB")
        memories = [ScopedMemory(place.memory.pk, place.memory.name)]
        begin = time.perf_counter()
        IndexStore(memories)
        table.add("opened by a process", (time.perf_counter() - begin) * 1000, "ms")
        say("Single look-ups")
        _single(table, memories, made)
        say("Batches")
        _batches(table, memories, made)
        _searched(table, memories)
        say("Confirming")
        _confirmed(table, place, memories)
        say("Over HTTP")
        _over_http(table, place, say)
    return table


def _add_times(
    table: Table,
    name: str,
    times: list[float],
    *,
    busy: list[float] | None = None,
    p50: float | None = None,
    p95: float | None = None,
) -> None:
    table.add(f"{name}, p50", percentile(times, 0.5), "ms", at_most=p50)
    table.add(f"{name}, p95", percentile(times, 0.95), "ms", at_most=p95)
    if busy is not None:
        table.add(f"{name}, processor time, p50", percentile(busy, 0.5), "ms")
        table.add(f"{name}, processor time, p95", percentile(busy, 0.95), "ms")


def _single(table: Table, memories: Sequence[ScopedMemory], made: Made) -> None:
    chance, last = random.Random(6), len(made.texts) - 1
    exact: list[tuple[float, float]] = []
    for _ in range(500):
        n = chance.randrange(1, last)
        query = Query(made.texts[n], f"row.{n}", made.texts[n - 1], made.texts[n + 1])
        found: list[Proposals] = []
        exact.append(
            timing(lambda: found.append(propose(query, IndexStore(memories), limit=1, stop_at_exact=True)))  # noqa: B023
        )
        if found[0].proposals[0].score != 102:
            raise RuntimeError(f"An entry was not found again: {query.source!r}")
    _add_times(table, "exact and context in the process", [a for a, _ in exact], busy=[b for _, b in exact], p50=1)
    whole = [timing(lambda: lookups.lookup(memories, Query(text))) for text in made.asked[:500]]  # noqa: B023
    _add_times(table, "five proposals in the process", [a for a, _ in whole], busy=[b for _, b in whole])


def _batches(table: Table, memories: Sequence[ScopedMemory], made: Made) -> None:
    chance, last = random.Random(7), len(made.texts) - 1
    known = [
        Query(made.texts[n], f"row.{n}", made.texts[n - 1], made.texts[n + 1])
        for n in (chance.randrange(1, last) for _ in range(2 * BATCH))
    ]
    needing = [Query(text) for text in made.asked]
    for name, queries, goal in (("with an equal source", known, 5000), ("that need fuzzy search", needing, 250)):
        rate, busy = _rates(memories, queries)
        table.add(f"batch, rows {name}", rate, "rows/s", at_least=goal)
        table.add(f"batch, rows {name}, for one second of processor time", busy, "rows")


def _rates(memories: Sequence[ScopedMemory], queries: Sequence[Query]) -> tuple[float, float]:
    """Rows a second by the clock, and for a second of processor time, all threads together."""
    begin, busy = time.perf_counter(), time.process_time()
    for at in range(0, len(queries), BATCH):
        lookups.lookup_many(memories, queries[at : at + BATCH])
    return len(queries) / (time.perf_counter() - begin), len(queries) / (time.process_time() - busy)


def _searched(table: Table, memories: Sequence[ScopedMemory]) -> None:
    for text in ("the", "사과", "potion of", "zzqqzz"):
        begin = time.perf_counter()
        found = concordance(memories, text)
        more = " and more" if found.more else ""
        table.add(f"concordance of {text!r}: {len(found.hits)}{more}", (time.perf_counter() - begin) * 1000, "ms")


def _confirmed(table: Table, place: Place, memories: Sequence[ScopedMemory]) -> None:
    """From before the confirm until another process has found the entry by fuzzy search."""
    times: list[float] = []
    with child(FOLLOWER, environment=environment()) as other:
        for n in range(-1, 40):
            text = f"A passage nobody has seen before, number {n} of {place.memory.pk}"
            begin = time.perf_counter()
            if n >= 0:
                upsert(actor=place.actor, memory_id=place.memory.pk, texts=[ConfirmedText(f"new.{n}", text, "x")])
            found = other.ask([place.memory.pk, text])
            if n >= 0:
                times.append((time.perf_counter() - begin) * 1000)
                if found != 1:
                    raise RuntimeError("Another process did not find what was confirmed.")
    _add_times(table, "confirmed until found in another process", times, p95=50)


def _over_http(table: Table, place: Place, say: Say) -> None:
    """The editor's request, to a server process of its own, on a connection that is kept."""
    place.actor.set_password(PASSWORD)
    place.actor.save(update_fields=["password"])
    with started(say, LOG_LEVEL="WARNING") as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        login = {"username": place.actor.username, "password": PASSWORD}
        bearer = {"Authorization": f"Bearer {_post(connection, '/api/v1/auth/login', login, {})['access']}"}
        rows = list(Row.objects.filter(file_id=place.file.pk).order_by("position").values_list("pk", flat=True))
        path = f"/api/v1/files/{place.file.pk}/lookup"
        times, found = [], 0
        for n, pk in enumerate(rows[:520]):
            begin = time.perf_counter()
            answer = _post(connection, path, {"row": pk}, bearer)
            if n >= 20:  # what a process does once is not what people wait for
                times.append((time.perf_counter() - begin) * 1000)
                found += bool(answer["proposals"])
        _add_times(table, f"the editor's request over HTTP ({found} of {len(times)} with proposals)", times, p95=40)


def _post(connection: http.client.HTTPConnection, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
    response = connection.getresponse()
    data = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}: {data[:300]!r}")
    return json.loads(data)
