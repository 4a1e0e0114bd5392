"""How long a save takes in a linked desktop, whatever becomes of its network."""

from __future__ import annotations

import random
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps.accounts.models import User
from apps.ldm.benchmarks.tables import Table, percentile
from apps.ldm.models import File, Row
from apps.sync.benchmarks.desk_server import Desk, desk
from apps.sync.benchmarks.line import line_to

EDITS = 120
WARM_UP = 20
PAUSES = (0.02, 0.15)
"""Shortest and longest time between two saves in seconds: at any moment of what the loop does."""
AT_MOST = 30
ROWS = 20


def measure(table: Table, port: int, lead: User, file: File, say: Callable[[str], None]) -> None:
    """Add the lines of a server on `port` that answers, hangs, and is away."""
    password = secrets.token_urlsafe(24)
    lead.set_password(password)
    lead.save(update_fields=["password"])
    rows = list(Row.objects.filter(file_id=file.pk).order_by("pk").values_list("pk", flat=True)[:ROWS])
    with (
        tempfile.TemporaryDirectory(prefix="locanext-desk-") as folder,
        line_to(port) as way,
        desk(Path(folder), say) as pc,
    ):
        say("Linking a desktop")
        pc.link(f"http://127.0.0.1:{way.port}", lead.username, password, file.pk)
        pc.post("link/mode", {"mode": "offline"})
        _save(pc, rows, WARM_UP)
        table.add("save in a desktop that works offline: median", percentile(_save(pc, rows, EDITS), 0.5) * 1000, "ms")
        pc.post("link/mode", {"mode": "auto"})
        _save(pc, rows, WARM_UP)
        for name, change in (("answers", None), ("hangs", way.swallow), ("is away", way.vanish)):
            say(f"Editing while the server {name}")
            if change is not None:
                change()
            took = _save(pc, rows, EDITS)
            table.add(f"save in a linked desktop, server {name}: median", percentile(took, 0.5) * 1000, "ms")
            table.add(f"save, server {name}: 95 of 100", percentile(took, 0.95) * 1000, "ms", at_most=AT_MOST)
        waiting = int(pc.get("link")["pending"])
        if not waiting:
            raise RuntimeError("Nothing waits to be sent, though the server is away.")


def _save(pc: Desk, rows: list[int], count: int) -> list[float]:
    """Seconds of each save. Raises RuntimeError where one is refused."""
    seen: dict[int, Any] = {}
    took, chance = [], random.Random(count)  # noqa: S311 (no secret)
    for number in range(count):
        row = rows[number % len(rows)]
        if row not in seen:
            seen[row] = pc.get(f"rows/{row}")["text_rev"]
        begin = time.perf_counter()
        answer = pc.client.patch(f"rows/{row}", json={"target": secrets.token_hex(12), "text_rev": seen[row]})
        took.append(time.perf_counter() - begin)
        if not answer.is_success:
            raise RuntimeError(f"A save was refused: {answer.status_code} {answer.text[:200]}")
        seen[row] = answer.json()["row"]["text_rev"]
        time.sleep(chance.uniform(*PAUSES))
    return took
