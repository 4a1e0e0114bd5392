"""Bulk acts on entries: confirm, unconfirm, delete to tombstones, restore."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal, get_args

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.selectors.entries import EntryFilter, ids_of
from apps.tm.services import revisions
from apps.tm.services.entries import writing
from apps.tm.services.entries.writing import IN_LIST, Stamp
from apps.tm.services.recording import record_act
from locanext_project import workspaces
from locanext_project.chunks import chunks
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
        record_act("entries_changed", actor, memory, count=changed, act=act, revision=stamp.rev)
    return changed


def _sign(act: Act) -> int:
    """How the number of live entries moves with each."""
    return {"delete": -1, "restore": 1}.get(act, 0)


def _changed(memory_id: int, act: Act, ids: Collection[int]) -> list[tuple[int, bool]]:
    """Those of the entries that the act changes: id, and whether it is confirmed."""
    # SQLite refuses numbers of more than 64 bits; no entry has one.
    known = [pk for pk in ids if -(2**63) <= pk < 2**63]
    if act == "restore":
        entries = [entry for some in chunks(known, IN_LIST) for entry in Entry.objects.filter(pk__in=some)]
        removed = [entry for entry in entries if entry.memory_id == memory_id and entry.removed_at is not None]
        return [(entry.pk, entry.confirmed) for entry in _restorable(memory_id, removed)]
    found: list[tuple[int, bool]] = []
    for some in chunks(known, IN_LIST):
        # Not filtered by the memory: the planner would then walk the memory's index instead of the ids.
        rows = Entry.objects.filter(pk__in=some).values_list("memory_id", "removed_at", "pk", "confirmed")
        found += [(pk, sure) for of, removed_at, pk, sure in rows if of == memory_id and removed_at is None]
    return found if act == "delete" else [(pk, sure) for pk, sure in found if sure != (act == "confirm")]


def _restorable(memory_id: int, removed: list[Entry]) -> list[Entry]:
    """Without those whose equal is live already, and with the last of several equal ones only."""
    present = writing.live_by_hash(memory_id, {entry.source_hash for entry in removed})
    taken = {(*pair, entry.target) for pair, group in present.items() for entry in group}
    chosen: list[Entry] = []
    for entry in sorted(removed, key=lambda one: one.pk, reverse=True):
        triple = (entry.source, entry.key, entry.target)
        if triple not in taken:
            taken.add(triple)
            chosen.append(entry)
    return chosen


def _apply(act: Act, entries: list[tuple[int, bool]], stamp: Stamp) -> int:
    """Write the act with its history; returns by how much the number of confirmed live entries moves."""
    by: tuple[int | None, str] = (stamp.author_id, stamp.author_name)
    values: dict[Act, dict[str, Any]] = {
        "confirm": dict(zip(_CONFIRMATION, (True, stamp.at, *by), strict=True)),
        "unconfirm": dict(zip(_CONFIRMATION, (False, None, None, ""), strict=True)),
        "delete": {"removed_at": stamp.at},
        "restore": {"removed_at": None},
    }
    for some in chunks(entries, IN_LIST):
        Entry.objects.filter(pk__in=[pk for pk, _ in some]).update(**values[act], rev=stamp.rev)
    writing.add_history((pk, _KINDS[act], stamp.rev, stamp.at, *by, None, None, "") for pk, _ in entries)
    if act in ("confirm", "unconfirm"):
        return len(entries) if act == "confirm" else -len(entries)
    return _sign(act) * sum(sure for _, sure in entries)
