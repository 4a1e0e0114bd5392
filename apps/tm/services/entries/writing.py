"""Writing changed entries with their history, in bulk, inside a caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import User
from apps.tm.models import Entry, EntryRevision
from locanext_project.bulk_load import bulk_load, bulk_update
from locanext_project.chunks import chunks

CHUNK = 5000
FEW = 20
IN_LIST = 900
"""Values of one IN: SQLite of old takes 999 parameters a statement."""
ENTRY_FIELDS = (
    "memory_id", "key", "key_hash", "source", "target", "source_hash", "previous", "next", "speaker", "note",
    "origin", "confirmed", "confirmed_at", "confirmed_by_id", "confirmed_by_name", "created_at", "created_by_id",
    "created_by_name", "changed_at", "changed_by_id", "changed_by_name", "rev", "removed_at",
)  # fmt: skip
HISTORY_FIELDS = ("entry_id", "kind", "rev", "at", "author_id", "author_name", "source_before", "target_before", "note")
_FIXED = ("memory_id", "created_at", "created_by_id", "created_by_name")
_CHANGING = tuple(name for name in ENTRY_FIELDS if name not in _FIXED)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who changes entries, when, and the revision that the change is."""

    rev: int
    at: datetime
    author_id: int | None
    author_name: str

    @classmethod
    def of(cls, actor: User | None, rev: int, at: datetime) -> Stamp:
        return cls(rev, at, actor.pk if actor else None, actor.name if actor else "")

    def changed(self, entry: Entry) -> None:
        """Mark an entry as changed by this."""
        entry.rev, entry.changed_at = self.rev, self.at
        entry.changed_by_id, entry.changed_by_name = self.author_id, self.author_name

    def confirmed(self, entry: Entry) -> None:
        """Mark an entry as confirmed by this."""
        entry.confirmed, entry.confirmed_at = True, self.at
        entry.confirmed_by_id, entry.confirmed_by_name = self.author_id, self.author_name

    def created(self, entry: Entry) -> None:
        """Mark an entry as made by this."""
        entry.created_at, entry.created_by_id, entry.created_by_name = self.at, self.author_id, self.author_name
        self.changed(entry)

    def history(
        self,
        entry: Entry,
        kind: str,
        source_before: str | None = None,
        target_before: str | None = None,
        note: str = "",
    ) -> tuple[object, ...]:
        """One row of history; texts from before are kept only where they changed."""
        return (
            entry.pk, kind, self.rev, self.at, self.author_id, self.author_name,
            None if source_before == entry.source else source_before,
            None if target_before == entry.target else target_before,
            note[:500],
        )  # fmt: skip


def unconfirm(entry: Entry) -> None:
    """Take the confirmation and its stamp away."""
    entry.confirmed, entry.confirmed_at, entry.confirmed_by_id, entry.confirmed_by_name = False, None, None, ""


def insert(entries: Iterable[Entry]) -> int:
    """Add entries; their instances get no ids. Returns how many."""
    return bulk_load(Entry, ENTRY_FIELDS, (tuple([getattr(entry, name) for name in ENTRY_FIELDS]) for entry in entries))


def update(entries: Iterable[Entry], fields: Sequence[str] = _CHANGING) -> int:
    """Write fields of loaded entries; returns how many."""
    loaded = list(entries)
    if len(loaded) > FEW:
        return bulk_update(Entry, fields, ((entry.pk, *[getattr(entry, name) for name in fields]) for entry in loaded))
    # PostgreSQL's way for many makes a table each time: too much for one confirmed row.
    for entry in loaded:
        Entry.objects.filter(pk=entry.pk).update(**{name: getattr(entry, name) for name in fields})
    return len(loaded)


def add_history(rows: Iterable[tuple[object, ...]]) -> int:
    """Add rows made by `Stamp.history`; returns how many."""
    return bulk_load(EntryRevision, HISTORY_FIELDS, rows)


def live_by_hash(memory_id: int, hashes: Collection[int]) -> dict[tuple[str, str], list[Entry]]:
    """Live entries with one of the source hashes, by (source, key), those changed last first."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for some in chunks(hashes, IN_LIST):
        for entry in Entry.objects.filter(memory_id=memory_id, source_hash__in=some, removed_at__isnull=True):
            found.setdefault((entry.source, entry.key), []).append(entry)
    for group in found.values():
        if len(group) > 1:
            group.sort(key=lambda entry: (entry.rev, entry.pk), reverse=True)
    return found
