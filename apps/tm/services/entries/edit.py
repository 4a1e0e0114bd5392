"""Adding an entry by hand, and editing one: refused when it moved since it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.tm.errors import DuplicateEntry, StaleEntry
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.services import revisions
from apps.tm.services.entries import texts as checks
from apps.tm.services.entries import writing
from apps.tm.services.entries.writing import Stamp
from apps.tm.services.recording import record_act
from locanext_project import workspaces
from locanext_project.errors import NotFound

_OTHER = ("key", "note", "speaker")


@dataclass(frozen=True, slots=True)
class EntryEdit:
    """What to change; None leaves a thing as it is."""

    source: str | None = None
    target: str | None = None
    key: str | None = None
    note: str | None = None
    speaker: str | None = None


def add(
    *, actor: User, memory_id: int, source: str, target: str, key: str = "", note: str = "", speaker: str = ""
) -> Entry:
    """Add an unconfirmed entry; the same source and key may have several targets.

    Raises NotFound, Invalid for a text that is empty or cannot be stored, and DuplicateEntry where
    the memory holds this source, key and target.
    """
    values = _checked(EntryEdit(source, target, key, note, speaker))
    with workspaces.atomic():
        memory = revisions.lock(memory_id, Memory.Kind.MEMORY)
        entry = Entry(memory_id=memory.pk)
        _set(entry, values)
        _refuse_duplicate(entry)
        stamp = Stamp.of(actor, memory.revision + 1, timezone.now())
        stamp.created(entry)
        revisions.raise_revision(memory, actor, entries=1)
        entry.save(force_insert=True)
        record_act("entry_added", actor, memory, entry=entry.pk, revision=entry.rev)
    return entry


def edit(*, actor: User, entry_id: int, seen_rev: int, changes: EntryEdit) -> Entry:
    """Change an entry and return it as it is now; an edit that changes nothing writes nothing.

    A changed source or target is not confirmed any more: nobody has confirmed that text. Raises
    NotFound (tombstones too), Invalid, DuplicateEntry, and StaleEntry (with the present entry)
    when it moved since the revision that was seen.
    """
    values = _checked(changes)
    with workspaces.atomic():
        memory_id = Entry.objects.filter(pk=entry_id).values_list("memory_id", flat=True).first()
        if memory_id is None:
            raise NotFound
        memory = revisions.lock(memory_id, Memory.Kind.MEMORY)
        entry = Entry.objects.filter(pk=entry_id, removed_at__isnull=True).first()
        if entry is None:
            raise NotFound
        if entry.rev != seen_rev:
            raise StaleEntry(entry)
        before = {name: getattr(entry, name) for name in values if getattr(entry, name) != values[name]}
        if not before:
            return entry
        _set(entry, {name: values[name] for name in before})
        _refuse_duplicate(entry)
        stamp = Stamp.of(actor, memory.revision + 1, timezone.now())
        stamp.changed(entry)
        lost = int(entry.confirmed and ("source" in before or "target" in before))
        if lost:
            writing.unconfirm(entry)
        revisions.raise_revision(memory, actor, confirmed=-lost)
        writing.update([entry])
        others = ", ".join(f"{name}: {before[name]}" for name in _OTHER if name in before)
        kind = EntryRevision.Kind.EDIT
        writing.add_history([stamp.history(entry, kind, before.get("source"), before.get("target"), others)])
        record_act("entry_edited", actor, memory, entry=entry.pk, revision=entry.rev)
    return entry


def _checked(changes: EntryEdit) -> dict[str, str]:
    """The given texts as they are stored. Raises Invalid."""
    rules: dict[str, dict[str, Any]] = {
        "source": {},
        "target": {},
        "key": {"empty": True},
        "note": {"empty": True},
        "speaker": {"empty": True, "length": checks.SHORT},
    }
    given = {name: getattr(changes, name) for name in rules}
    return {name: checks.require(name, text, **rules[name]) for name, text in given.items() if text is not None}


def _set(entry: Entry, values: dict[str, str]) -> None:
    for name, value in values.items():
        if name == "source":
            checks.set_source(entry, value)
        elif name == "key":
            checks.set_key(entry, value)
        else:
            setattr(entry, name, value)


def _refuse_duplicate(entry: Entry) -> None:
    """Raises DuplicateEntry where another live entry is equal in source, key and target."""
    group = writing.live_by_hash(entry.memory_id, [entry.source_hash]).get((entry.source, entry.key), [])
    for other in group:
        if other.pk != entry.pk and other.target == entry.target:
            raise DuplicateEntry(other.pk)
