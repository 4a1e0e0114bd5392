"""`bench live`: edits a second on one file with many sockets; what was lost, and how long it took to be seen."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable

from apps.ldm.benchmarks.calm import until_calm
from apps.ldm.benchmarks.live.people import signed_in
from apps.ldm.benchmarks.live.redis_server import redis_program
from apps.ldm.benchmarks.live.server import measured
from apps.ldm.benchmarks.live.split import measured_split
from apps.ldm.benchmarks.live.translators import Audience, Editors, Place, Received, Sent
from apps.ldm.benchmarks.place import bench_project
from apps.ldm.benchmarks.tables import Table, percentile
from apps.ldm.models import File, Row
from apps.ldm.services.files.import_file import import_file
from locanext_project import workspaces
from locanext_project.sqlite_checkpoint import checkpoint

Say = Callable[[str], None]
ROWS = 20_000
THREADS = 16
WARM_UP = 200
PATIENCE = 15.0
"""Seconds after the last edit within which it must have come."""
SLOWEST = 350
"""Milliseconds from a save that is sent to the last screen, for 99 of 100: the goal at up to CALM edits a second."""
CHECKPOINT_SECONDS = 5.0
CALM = 50


def run(
    scale: float,
    say: Say,
    *,
    clients: int = 100,
    rate: float = 50,
    seconds: float = 20,
    layout: str = "auto",
) -> list[Table]:
    """`clients` sockets, `rate` edits a second for `seconds`; `scale` 1 is a file of 20,000 rows.

    `layout`: split (granian for HTTP, Daphne for sockets, Redis between them, as compose.yaml has it), daphne (Daphne
    for all of it), or auto: split where Redis is there.
    """
    if layout == "auto":
        layout = "split" if redis_program() or "REDIS_URL" in os.environ else "daphne"
    count = max(500, int(ROWS * scale))
    with bench_project() as (actor, project):
        say(f"A file of {count:,} rows")
        (made,) = import_file(actor=actor, project=project, folder=None, filename="live.xml", data=_file(count))
        file = File.objects.get(pk=made.pk)
        rows = list(Row.objects.filter(file=file).order_by("position").values_list("pk", "text_rev"))
        with signed_in(clients) as keys, measured_split() if layout == "split" else measured() as site:
            until_calm(site.processor, say)
            place = Place(site.http, site.sockets, file.pk, keys)
            say(f"{clients} sockets, {rate:g} edits/s for {seconds:g} s, layout {layout}")
            sent, received = asyncio.run(_measure(place, rows, rate, seconds, site.processor))
    return [_table(sent, received, rate, layout)]


def _file(count: int) -> bytes:
    rows = "\n".join(f'<LocStr StringId="K{n}" StrOrigin="원문 {n} 의 문장" Str="" />' for n in range(count))
    return f'<?xml version="1.0" encoding="utf-8"?>\n<LanguageData>\n{rows}\n</LanguageData>\n'.encode()


async def _measure(
    place: Place, rows: list[tuple[int, int]], rate: float, seconds: float, processor: Callable[[], dict[str, float]]
) -> tuple[Sent, list[Received]]:
    audience = Audience(place)
    await audience.open()
    house = asyncio.create_task(_keep_house())
    warm = Editors(place, rows[:WARM_UP], rate, WARM_UP / rate)
    await asyncio.to_thread(warm.run, 4)
    before, own = processor(), time.process_time()
    sent = await asyncio.to_thread(Editors(place, rows[WARM_UP:], rate, seconds).run, THREADS)
    last, end = max(sent.begun, default=0), time.monotonic() + PATIENCE
    while time.monotonic() < end and any(one.revision < last for one in audience.received):
        await asyncio.sleep(0.05)
    sent.processor = {name: seconds - before[name] for name, seconds in processor().items()}
    sent.client = time.process_time() - own
    house.cancel()
    await audience.close()
    return sent, audience.received


async def _keep_house() -> None:
    """The worker's part, which a server has beside these processes: SQLite's log would grow for as long as it runs."""
    while True:
        await asyncio.sleep(CHECKPOINT_SECONDS)
        await asyncio.to_thread(checkpoint, workspaces.alias())


def _table(sent: Sent, received: list[Received], rate: float, layout: str) -> Table:
    waits = [
        (one.at[revision] - begun) * 1000
        for one in received
        for revision, begun in sent.begun.items()
        if revision in one.at
    ]
    answers = [(sent.answered[revision] - begun) * 1000 for revision, begun in sent.begun.items()]
    lost = sum(revision not in one.at for one in received for revision in sent.begun)
    table = Table(f"Live: {len(received)} sockets on one file, {rate:g} edits/s wanted, layout {layout}")
    table.add("edits saved", len(sent.begun), "")
    table.add("edits refused", sent.failed, "", at_most=0)
    table.add("edits a second reached", len(sent.begun) / sent.seconds, "/s", at_least=rate * 0.95)
    table.add("save, median", percentile(answers, 0.5), "ms")
    table.add("save, p99", percentile(answers, 0.99), "ms")
    each = 1000 / max(1, len(sent.begun))
    if total := sum(sent.processor.values()):
        table.add("processor time of the server a save", total * each, "ms")
        for name, taken in sorted(sent.processor.items()) if len(sent.processor) > 1 else ():
            table.add(f"of it {name}", taken * each, "ms")
        table.add("processor time of the client a save", sent.client * each, "ms")
    table.add("changes lost, of all sockets", lost, "", at_most=0)
    table.add("sent to seen, median", percentile(waits or [0.0], 0.5), "ms")
    table.add("sent to seen, p99", percentile(waits or [0.0], 0.99), "ms", at_most=SLOWEST if rate <= CALM else None)
    table.add("frames a socket", sum(one.frames for one in received) / max(1, len(received)), "")
    table.add("hints, of all sockets", sum(one.hints for one in received), "")
    table.add("changes fetched after hints", sum(one.fetched for one in received), "")
    table.add("sockets resynced", sum(one.resyncs for one in received), "", at_most=0)
    return table
