"""Bulk acts on entries: confirm, unconfirm, delete to tombstones, restore."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Literal, get_args

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.selectors.entries import EntryFilter, ids_of
from apps.tm.services import revisions
from apps.tm.services.entries import writing
from apps.tm.services.entries.writing import IN_LIST, Stamp, chunks
from locanext_project import workspaces
from locanext_project.errors import Invalid

Act = Literal["confirm", "unconfirm", "delete", "restore"]
Progress = Callable[[int, int | None, str], None]
ACTS: tuple[Act, ...] = get_args(Act)
_KINDS: dict[Act, str] = {
    "confirm": EntryRevision.Kind.CONFIRM,
    "unconfirm": EntryRevision.Kind.UNCONFIRM,
    "delete": EntryRevision.Kind.REMOVE,
    "restore": EntryRevision.Kind.RESTORE,
}
_CONFIRMATION = ("confirmed", "confirmed_at", "confirmed_by_id", "confirmed_by_name")


def act(
    *,
    actor: User,
    memory_id: int,
    act: Act,
    ids: Sequence[int] | None = None,
    matching: EntryFilter | None = None,
    progress: Progress | None = None,
) -> int:
    """Do one thing to entries by id, or to all that match; returns how many it changed.

    Entries of another memory, and those that the act does not change, are left alone. Deleted
    entries are neither confirmed nor unconfirmed; restoring leaves out one whose equal (source,
    key and target) is live. One revision, one audit entry, one history entry each; `progress` may
    raise to cancel, which undoes everything. Raises NotFound and Invalid.
    """
    if act not in ACTS:
        raise Invalid(_("An act is one of %(acts)s.") % {"acts": ", ".join(ACTS)}, field="act")
    if (ids is None) == (matching is None):
        raise Invalid(_("Name the entries, or what they match."), field="ids")
    with workspaces.atomic():
        memory = revisions.lock(memory_id, Memory.Kind.MEMORY)
        # Under the lock, so that "all that match" are those of one state of the memory.
        wanted = list(dict.fromkeys(ids)) if ids is not None else ids_of(memory, matching or EntryFilter())
        stamp = Stamp.of(actor, memory.revision + 1, timezone.now())
        changed = entries = confirmed = done = 0
        for some in chunks(wanted):
            part = _changed(memory.pk, act, some)
            entries += _sign(act) * len(part)
            confirmed += _apply(act, part, stamp)
            changed += len(part)
            done += len(some)
            if progress is not None:
                progress(done, len(wanted), "")
        if not changed:
            return 0
        revisions.raise_revision(memory, actor, entries=entries, confirmed=confirmed)
        record(
            "entries_changed",
            actor=actor,
            target_kind="memory",
            target_id=memory.pk,
            target_name=memory.name,
            detail={"count": changed, "act": act, "revision": stamp.rev},
        )
    return changed


def _sign(act: Act) -> int:
    """How the number of live entries moves with each."""
    return {"delete": -1, "restore": 1}.get(act, 0)


def _changed(memory_id: int, act: Act, ids: Collection[int]) -> list[Entry]:
    """Those of the entries that the act changes, by id."""
    # SQLite refuses numbers of more than 64 bits; no entry has one.
    known = [pk for pk in ids if -(2**63) <= pk < 2**63]
    entries = [entry for some in chunks(known, IN_LIST) for entry in Entry.objects.filter(pk__in=some).order_by("pk")]
    mine = [entry for entry in entries if entry.memory_id == memory_id]
    if act == "restore":
        return _restorable(memory_id, [entry for entry in mine if entry.removed_at is not None])
    live = [entry for entry in mine if entry.removed_at is None]
    return live if act == "delete" else [entry for entry in live if entry.confirmed != (act == "confirm")]


def _restorable(memory_id: int, removed: list[Entry]) -> list[Entry]:
    """Without those whose equal is live already, and without all but one of several equal ones."""
    present = writing.live_by_hash(memory_id, {entry.source_hash for entry in removed})
    taken = {(*pair, entry.target) for pair, group in present.items() for entry in group}
    chosen: list[Entry] = []
    for entry in reversed(removed):
        triple = (entry.source, entry.key, entry.target)
        if triple not in taken:
            taken.add(triple)
            chosen.append(entry)
    return chosen


def _apply(act: Act, entries: list[Entry], stamp: Stamp) -> int:
    """Write the act with its history; returns by how much the number of confirmed live entries moves."""
    moved = 0
    for entry in entries:
        if act == "confirm":
            stamp.confirmed(entry)
            moved += 1
        elif act == "unconfirm":
            writing.unconfirm(entry)
            moved -= 1
        else:
            entry.removed_at = stamp.at if act == "delete" else None
            moved += _sign(act) * entry.confirmed
        entry.rev = stamp.rev
    fields = _CONFIRMATION if act in ("confirm", "unconfirm") else ("removed_at",)
    writing.update(entries, (*fields, "rev"))
    writing.add_history(stamp.history(entry, _KINDS[act]) for entry in entries)
    return moved
