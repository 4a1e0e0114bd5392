"""Importing units into a memory, in one transaction, as one revision: overwrite, merge, keep all, diff."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, Literal, Protocol, get_args

from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.tm.models import Entry, Memory
from apps.tm.selectors.search_entries import storable
from apps.tm.services import revisions
from apps.tm.services.entries.diff import Diff
from apps.tm.services.entries.incoming import LoadResult, Maker, UnitLike, usable
from apps.tm.services.entries.load_modes import KeepAll, Merge, Overwrite
from apps.tm.services.entries.loading import live_of
from apps.tm.services.entries.writing import Stamp
from apps.tm.services.recording import record_act
from locanext_project import workspaces
from locanext_project.errors import Invalid

Mode = Literal["overwrite", "merge", "keep_all", "diff"]
Progress = Callable[[int, int | None, str], None]
MODES: tuple[Mode, ...] = get_args(Mode)
BATCH = 5000
MANY = 20_000
"""Added entries that change what a table is like."""


class _Loading(Protocol):
    """One mode at work. It counts in the result; `live` and `confirmed` are by how much the counters move."""

    live: int
    confirmed: int

    def feed(self, units: list[UnitLike]) -> list[UnitLike]: ...
    def add(self, units: Iterable[UnitLike]) -> None: ...
    def finish(self) -> None: ...


def load(
    *,
    actor: User,
    memory_id: int,
    units: Iterable[UnitLike],
    mode: Mode,
    origin: str = "",
    confirmed: bool = False,
    progress: Progress | None = None,
    total: int | None = None,
) -> LoadResult:
    """Import units, which are read one at a time, into a memory.

    overwrite: where source and key are equal, the file's target wins (the last of the file), with
    history; further entries of that source and key are removed. merge: existing entries win; units
    of one source and key become the target that is most frequent in the file, of equally frequent
    ones the one changed last. keep_all: everything but exact duplicates of source, key and target.
    diff: see `diff.Diff`. Sources and keys are compared raw.

    Units without source or target are skipped and counted. `origin` is the file's name, `confirmed`
    what a unit is that does not say. `progress(units read, total, "")` is called after each batch
    and may raise to cancel: like an error of the reader that undoes everything. Where nothing
    changes there is no revision and no audit entry. Raises NotFound and Invalid.
    """
    if mode not in MODES:
        raise Invalid(_("A mode is one of %(modes)s.") % {"modes": ", ".join(MODES)}, field="mode")
    with workspaces.atomic():
        memory = revisions.lock(memory_id, Memory.Kind.MEMORY)
        stamp = Stamp.of(actor, memory.revision + 1, timezone.now())
        maker = Maker(memory.pk, stamp, origin if storable(origin) else "", confirmed)
        result = LoadResult(revision=memory.revision)
        loading = _loading(mode, memory, maker, result)
        fed = _fed(loading, usable(units, result), lambda: progress and progress(result.read, total, ""))
        if live_of(memory).exists():
            for fresh in fed:
                loading.add(fresh)
        else:
            # Nothing is read meanwhile, so that one statement takes all: the database writes while the file is read.
            loading.add(chain.from_iterable(fed))
        loading.finish()
        if result.added or result.changed or result.removed:
            result.revision = revisions.raise_revision(memory, actor, entries=loading.live, confirmed=loading.confirmed)
            record_act(
                "memory_imported",
                actor,
                memory,
                mode=mode,
                file=maker.origin,
                revision=result.revision,
                **counts(result),
            )
        if result.added >= MANY:
            workspaces.on_commit(_tell_planner)
    return result


def _fed(loading: _Loading, units: Iterator[UnitLike], report: Callable[[], object]) -> Iterator[list[UnitLike]]:
    """The units to add, batch by batch."""
    while batch := list(islice(units, BATCH)):
        yield loading.feed(batch)
        report()


def _tell_planner() -> None:
    """Have PostgreSQL count anew: until it does by itself, it would sort a million entries for every page."""
    connection = connections[workspaces.alias()]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(Entry._meta.db_table)}")


def counts(result: LoadResult) -> dict[str, Any]:
    """The figures of a result by name."""
    names = ("read", "added", "changed", "unchanged", "merged", "removed", "skipped")
    return {name: getattr(result, name) for name in names}


def _loading(mode: Mode, memory: Memory, maker: Maker, result: LoadResult) -> _Loading:
    # Nothing to compare with: what is not equal in all is new, and need not be held.
    if mode == "keep_all" or (mode == "diff" and not live_of(memory).exists()):
        return KeepAll(memory, maker, result)
    if mode == "diff":
        return Diff(memory, maker, result)
    return Merge(memory, maker, result) if mode == "merge" else Overwrite(memory, maker, result)
