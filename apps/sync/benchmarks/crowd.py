"""Many threads that edit and sync on one desktop database at the same time."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import OperationalError, connections

from apps.accounts.models import User
from apps.ldm.benchmarks.tables import Table
from apps.ldm.errors import StaleRow
from apps.ldm.models import File, Row
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.sync.client import rounds
from apps.sync.protocol import SyncPeer
from locanext_project import workspaces

EDITORS, SYNCING = 12, 4
SECONDS = 5.0


def measure(
    table: Table, person: User, file: File, peer_of: Callable[[], SyncPeer], say: Callable[[str], None]
) -> None:
    """Add how often the database was locked, and edits a second."""
    say(f"{EDITORS + SYNCING} threads edit and sync")
    with workspaces.use(workspaces.OFFLINE):
        rows = list(Row.objects.filter(file_id=file.pk).order_by("pk").values_list("pk", flat=True))
    crowd = _Crowd(person, file.pk, peer_of)
    begin = time.perf_counter()
    with ThreadPoolExecutor(EDITORS + SYNCING) as threads:
        work = [threads.submit(crowd.run, crowd.edit, rows[n::EDITORS]) for n in range(EDITORS)]
        work += [threads.submit(crowd.run, crowd.sync, []) for _ in range(SYNCING)]
        for one in work:
            one.result()
    took = time.perf_counter() - begin
    found = crowd.found
    table.add(f"{len(work)} threads on one database: database is locked", found["locked"], "times", at_most=0)
    table.add("rounds of sync that a trouble stopped", found["troubled"], "times", at_most=0)
    table.add(f"edits a second of {EDITORS} threads", found["edits"] / took, "/s")
    table.add(f"rounds of sync of {SYNCING} threads", found["rounds"] / took, "/s")


class _Crowd:
    def __init__(self, person: User, file_id: int, peer_of: Callable[[], SyncPeer]) -> None:
        self._person = person
        self._file_id = file_id
        self._peer_of = peer_of
        self._end = time.monotonic() + SECONDS
        self._lock = threading.Lock()
        self.found = Counter[str]()

    def run(self, work: Callable[[list[int]], None], rows: list[int]) -> None:
        """One thread, in the desktop's workspace."""
        try:
            with workspaces.use(workspaces.OFFLINE):
                work(rows)
        finally:
            connections.close_all()

    def _count(self, name: str) -> None:
        with self._lock:
            self.found[name] += 1

    def edit(self, rows: list[int]) -> None:
        """Save row after row, of rows that no other thread edits."""
        for number in itertools.count():
            if time.monotonic() > self._end:
                return
            try:
                row = Row.objects.get(pk=rows[number % len(rows)])
                edit = RowEdit(target=f"edit {number}")
                edit_row(actor=self._person, row_id=row.pk, seen_text_rev=row.text_rev, edit=edit)
                self._count("edits")
            except StaleRow:
                self._count("stale")
            except OperationalError as error:
                self._locked(error)

    def sync(self, _rows: list[int]) -> None:
        """A round after another."""
        peer = self._peer_of()
        try:
            while time.monotonic() < self._end:
                try:
                    outcome = rounds.run(peer, files=[self._file_id])
                    self._count("troubled" if outcome.trouble else "rounds")
                except OperationalError as error:
                    self._locked(error)
        finally:
            if (close := getattr(peer, "close", None)) is not None:
                close()

    def _locked(self, error: OperationalError) -> None:
        if "locked" not in str(error):
            raise error
        self._count("locked")
