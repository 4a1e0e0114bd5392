"""The recognition's index of each term base, kept by the process and brought up to date by the revision."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import connections
from django.db.models import QuerySet

from apps.tm.matching.terms import TermEntry, TermIndex
from apps.tm.models import Memory, Term
from locanext_project import workspaces
from locanext_project.prepared import Prepared

KEPT_TERMS = 400_000
"""Terms in all kept indexes together (about 0.5 KB each); the base asked for longest ago goes first."""
_COLUMNS = ("pk", "source", "target", "use", "case_sensitive", "part_of_speech", "note", "removed_at")
_MEMORY = ("pk", "revision", "purged_revision", "source_language", "created_at")
State = tuple[int, int, int, str, datetime]


def _live(*memory_ids: int) -> QuerySet[Memory, Any]:
    bases = Memory.objects.filter(pk__in=memory_ids, kind=Memory.Kind.TERMS, trashed_at__isnull=True)
    return bases.values_list(*_MEMORY)


_AT_ONCE = 100
_index_states = Prepared(_live)


@dataclass(slots=True)
class _Kept:
    index: TermIndex
    revision: int
    created_at: datetime
    """Tells an id that a database gave twice."""
    lock: threading.Lock = field(default_factory=threading.Lock)


_lock = threading.Lock()
_kept: OrderedDict[tuple[str, int], _Kept] = OrderedDict()


def indexes(memory_ids: Sequence[int]) -> dict[int, TermIndex]:
    """The indexes of live term bases, each of its present revision or a later one; one query where nothing changed."""
    ids = sorted(set(memory_ids))
    states = (_index_states(*ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE))
    return {state[0]: _index(cast(State, state)) for some in states for state in some}


def forget() -> None:
    """Drop every kept index (tests, and processes that need the memory)."""
    with _lock:
        _kept.clear()


def _index(state: State) -> TermIndex:
    pk, revision, purged, language, created_at = state
    key = (workspaces.alias(), pk)
    with _lock:
        kept = _kept.get(key)
        if kept is not None:
            _kept.move_to_end(key)
    if kept is not None and kept.created_at == created_at and kept.index.language == language:
        if kept.revision >= revision:
            return kept.index
        if purged <= kept.revision and not _in_transaction():
            _follow(kept, revision)
            return kept.index
    made = _Kept(TermIndex.build(_entries(pk), language, pk), revision, created_at)
    # What a transaction sees may never be committed: it is used, and not kept.
    if not _in_transaction():
        _keep(key, made)
    return made.index


def _follow(kept: _Kept, revision: int) -> None:
    """Take over what changed since the kept revision."""
    with kept.lock:
        if kept.revision >= revision:
            return
        changed = Term.objects.filter(memory_id=kept.index.memory_id, rev__gt=kept.revision).order_by("rev", "pk")
        for values in changed.values_list(*_COLUMNS):
            if values[-1] is None:
                kept.index.add(_entry(values))
            else:
                kept.index.remove(values[0])
        kept.revision = revision


def _keep(key: tuple[str, int], made: _Kept) -> None:
    with _lock:
        _kept[key] = made
        _kept.move_to_end(key)
        total = sum(len(one.index.terms) for one in _kept.values())
        while total > KEPT_TERMS and len(_kept) > 1:
            _, dropped = _kept.popitem(last=False)
            total -= len(dropped.index.terms)


def _entries(memory_id: int) -> list[TermEntry]:
    live = Term.objects.filter(memory_id=memory_id, removed_at__isnull=True).order_by("pk")
    return [_entry(values) for values in live.values_list(*_COLUMNS).iterator(chunk_size=5000)]


def _entry(values: tuple[Any, ...]) -> TermEntry:
    pk, source, target, use, case_sensitive, part_of_speech, note, _removed = values
    return TermEntry(pk, source, target, use, case_sensitive, part_of_speech, note)


def _in_transaction() -> bool:
    return connections[workspaces.alias()].in_atomic_block
