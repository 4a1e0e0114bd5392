"""Confirmed texts enter a memory: same source and key are replaced, what is there already changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.models import User
from apps.tm.matching.normalise import text_hash
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.selectors.search_entries import storable
from apps.tm.services import revisions
from apps.tm.services.entries import texts as checks
from apps.tm.services.entries import writing
from apps.tm.services.entries.writing import Stamp
from apps.tm.services.recording import record_act
from locanext_project import local_ids, workspaces


@dataclass(frozen=True, slots=True)
class ConfirmedText:
    """A source with the target that somebody confirmed. Texts are raw.

    `previous` and `next` are the neighbouring sources: None is unknown, "" that there is none.
    `origin` is the file's name.
    """

    key: str
    source: str
    target: str
    previous: str | None = None
    next: str | None = None
    speaker: str = ""
    origin: str = ""


def upsert(*, actor: User, memory_id: int, texts: Sequence[ConfirmedText]) -> int:
    """Put confirmed texts into a memory; returns how many entries were added or changed.

    An entry with the same raw source and key takes the target, with history; one that has the
    target already is confirmed. Equal in all: nothing is written, no revision, no audit. Texts
    that are empty or cannot be stored are left out; of two with one source and key the later
    counts. Raises NotFound for a trashed memory and Invalid for a term base.
    """
    wanted = {(text.source, text.key): text for text in texts if _usable(text)}
    with workspaces.atomic():
        memory = revisions.lock(memory_id, Memory.Kind.MEMORY)
        stamp = Stamp.of(actor, memory.revision + 1, timezone.now())
        hashes = {pair: text_hash(pair[0]) for pair in wanted}
        present = writing.live_by_hash(memory.pk, set(hashes.values()))
        if local_ids.is_desktop() and memory.pk > 0:
            wanted, present = _beside_the_server(wanted, present)
        added: list[Entry] = []
        changed: list[Entry] = []
        history: list[tuple[object, ...]] = []
        confirmed = 0
        for pair, text in wanted.items():
            group = present.get(pair)
            if group is None:
                added.append(_new(memory.pk, text, hashes[pair], stamp))
                continue
            entry = next((one for one in group if one.target == text.target), group[0])
            was_confirmed = entry.confirmed
            if row := _replace(entry, text, stamp):
                changed.append(entry)
                history.append(row)
                confirmed += not was_confirmed
        if not added and not changed:
            return 0
        revisions.raise_revision(memory, actor, entries=len(added), confirmed=len(added) + confirmed)
        writing.insert(added)
        writing.update(changed)
        writing.add_history(history)
        record_act(
            "entries_confirmed", actor, memory, count=len(added) + len(changed), added=len(added), revision=stamp.rev
        )
    return len(added) + len(changed)


def _beside_the_server(
    wanted: dict[tuple[str, str], ConfirmedText], present: dict[tuple[str, str], list[Entry]]
) -> tuple[dict[tuple[str, str], ConfirmedText], dict[tuple[str, str], list[Entry]]]:
    """In a memory mirrored from a server: what it does not say itself, and the entries of this desktop alone.

    The server changes its own entries when the row arrives there; until then one of ours stands beside them.
    """
    fresh = {
        pair: text
        for pair, text in wanted.items()
        if not any(one.pk > 0 and one.confirmed and one.target == text.target for one in present.get(pair, ()))
    }
    ours = {pair: [one for one in group if one.pk < 0] for pair, group in present.items()}
    return fresh, {pair: group for pair, group in ours.items() if group}


def _usable(text: ConfirmedText) -> bool:
    return checks.usable(text.source, text.target) and storable(text.key)


def _new(memory_id: int, text: ConfirmedText, source_hash: int, stamp: Stamp) -> Entry:
    entry = Entry(memory_id=memory_id, source=text.source, source_hash=source_hash, target=text.target)
    checks.set_key(entry, text.key)
    _set_context(entry, text)
    stamp.created(entry)
    stamp.confirmed(entry)
    return entry


def _replace(entry: Entry, text: ConfirmedText, stamp: Stamp) -> tuple[object, ...] | None:
    """Give an entry what was confirmed; its row of history, or None where it has all of it."""
    before, was_confirmed = entry.target, entry.confirmed
    moved = _set_context(entry, text)
    if before == text.target and was_confirmed and not moved:
        return None
    entry.target = text.target
    if before != text.target:
        entry.origin = text.origin[: checks.SHORT] if storable(text.origin) else ""
    stamp.changed(entry)
    stamp.confirmed(entry)
    kind = EntryRevision.Kind.CONFIRM if before == text.target and not was_confirmed else EntryRevision.Kind.ROW
    return stamp.history(entry, kind, target_before=before)


def _set_context(entry: Entry, text: ConfirmedText) -> bool:
    """Neighbours and speaker, where they are known; whether one of them is other than before."""
    moved = False
    values = {"previous": text.previous, "next": text.next, "speaker": text.speaker[: checks.SHORT] or None}
    for name, value in values.items():
        if value is not None and value != getattr(entry, name) and storable(value):
            setattr(entry, name, value)
            moved = True
    if entry.pk is None and storable(text.origin):
        entry.origin = text.origin[: checks.SHORT]
    return moved
