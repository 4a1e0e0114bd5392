"""What every look-up asks the database, as plain statements: Django takes longer to compile them than they to run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connections

from apps.tm.matching.normalise import key_hash
from apps.tm.models import Entry, Memory
from apps.tm.selectors.entries import EntryRecord
from locanext_project import workspaces
from locanext_project.chunks import chunks

IN_LIST = 900
"""Values of one statement: SQLite of old takes 999."""

_DATES = [place for place, name in enumerate(EntryRecord._fields) if name.endswith("_at")]
_COLUMNS = ", ".join(f'"{name}"' for name in EntryRecord._fields)
_ENTRIES = f'SELECT {_COLUMNS} FROM "{Entry._meta.db_table}" WHERE '  # noqa: S608 (names of our own model)
_MEMORIES = (
    f'SELECT "id", "revision", "entries", "created_at", "engine" FROM "{Memory._meta.db_table}"'  # noqa: S608
    ' WHERE "kind" = \'memory\' AND "trashed_at" IS NULL AND "id" IN '
)


class MemoryState(NamedTuple):
    """A memory as the readers see it."""

    pk: int
    revision: int
    entries: int
    created_at: datetime
    engine: str


def memories(memory_ids: Collection[int]) -> list[MemoryState]:
    """The states of memories; term bases, trashed and unknown ones are left out."""
    found = []
    for some in chunks(memory_ids, IN_LIST):
        rows = _rows(_MEMORIES + _marks(some), some)
        found += [MemoryState(pk, revision, count, _aware(at), engine) for pk, revision, count, at, engine in rows]
    return found


def by_hashes(memory_ids: Sequence[int], hashes: Collection[int]) -> list[EntryRecord]:
    """Live entries of the memories whose normalised source has one of the hashes, in no order."""
    return _live(memory_ids, "source_hash", hashes)


def by_keys(memory_ids: Sequence[int], keys: Collection[str]) -> list[EntryRecord]:
    """Live entries of the memories with one of the keys, in no order; the empty key is nobody's."""
    wanted = {key for key in keys if key}
    hashes = [marked for key in wanted if (marked := key_hash(key)) is not None]
    return [record for record in _live(memory_ids, "key_hash", hashes) if record.key in wanted]


def by_ids(memory_ids: Sequence[int], ids: Collection[int]) -> list[EntryRecord]:
    """Live entries of the memories, by id."""
    own = set(memory_ids)
    found = [record for some in chunks(ids, IN_LIST) for record in _records(f'"id" IN {_marks(some)}', some)]
    return sorted(record for record in found if record.removed_at is None and record.memory_id in own)


def _live(memory_ids: Sequence[int], column: str, values: Collection[int]) -> list[EntryRecord]:
    found: list[EntryRecord] = []
    for some in chunks(values, IN_LIST - len(memory_ids)):
        condition = f'"memory_id" IN {_marks(memory_ids)} AND "{column}" IN {_marks(some)} AND "removed_at" IS NULL'
        found += _records(condition, [*memory_ids, *some])
    return found


def _records(condition: str, values: Sequence[int]) -> list[EntryRecord]:
    rows = _rows(_ENTRIES + condition, values)
    if connections[workspaces.alias()].vendor == "postgresql":
        return list(map(EntryRecord._make, rows))
    records = []
    for row in rows:
        changed = list(row)
        for place in _DATES:
            if changed[place] is not None:
                changed[place] = _aware(changed[place])
        records.append(EntryRecord._make(changed))
    return records


def _rows(statement: str, values: Sequence[int]) -> list[tuple[Any, ...]]:
    with connections[workspaces.alias()].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _aware(at: datetime) -> datetime:
    """SQLite keeps times in UTC and says so nowhere."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _marks(values: Collection[Any]) -> str:
    return f"({', '.join(['%s'] * len(values))})"
