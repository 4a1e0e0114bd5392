"""Memories and term bases for desktops: which serve a file, and their entries as a snapshot or as changes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions, permissions_memory
from apps.ldm.selectors.memories import Serving, serving
from apps.sync.protocol import PAGE_ROWS, RowsPage
from apps.tm.models import Entry, Memory, Term
from locanext_project.errors import Invalid

MEMORY_FIELDS = (
    "kind", "name", "description", "source_language", "target_language", "owner_id", "owner_name", "revision",
    "entries", "confirmed", "engine",
)  # fmt: skip
_STAMPS = ("created_at", "created_by_id", "created_by_name", "changed_at", "changed_by_id", "changed_by_name")
ENTRY_COLUMNS = (
    "id", "key", "key_hash", "source", "target", "source_hash", "previous", "next", "speaker", "note", "origin",
    "confirmed", "confirmed_at", "confirmed_by_id", "confirmed_by_name", *_STAMPS, "rev", "removed_at",
)  # fmt: skip
TERM_COLUMNS = (
    "id", "source", "target", "source_hash", "use", "part_of_speech", "case_sensitive", "definition", "note",
    "concept", *_STAMPS, "rev", "removed_at",
)  # fmt: skip
_SNAPSHOT = re.compile(r"(\d{1,18})\.(\d{1,18})")
_CHANGES = re.compile(r"(\d{1,18})-(\d{1,18})")


def memories(user: User, file_id: int) -> list[dict[str, Any]]:
    """The memories and term bases that serve a file, the nearest first.

    [{"id", …MEMORY_FIELDS, "assignment": {"kind", "place_id", "active", "priority", "penalty", "writable"}}].
    Raises NotFound.
    """
    file = permissions.get_file(user, file_id)
    served = [one for kind in Memory.Kind.values for one in serving(file, kind, user=user)]
    return [_memory(one) for one in served]


def entries(user: User, memory_id: int, token: str = "", since: int | None = None, limit: int = PAGE_ROWS) -> RowsPage:
    """A page of a memory's entries or of a term base's terms, removed ones included.

    Without `since` a snapshot by id, with it what changed after that revision; `token` is "" first,
    then the `next` of the page before, until that is "". `cursor` holds from then on: the memory's
    revision when the first page of a snapshot was read, or the last of the changes. `reset`:
    removed entries that the desktop has not heard of are gone for good, or the revision is not of
    this memory; take a snapshot. Raises NotFound and Invalid.
    """
    limit = max(1, min(limit, PAGE_ROWS))
    memory = permissions_memory.get_memory(user, memory_id)
    return _snapshot(memory, token, limit) if since is None else _changes(memory, token, since, limit)


def columns_of(kind: str) -> tuple[str, ...]:
    """The columns of a memory's entries or of a term base's terms."""
    return ENTRY_COLUMNS if kind == Memory.Kind.MEMORY else TERM_COLUMNS


def _memory(one: Serving) -> dict[str, Any]:
    kind, place_id, _name = one.place
    use = one.assignment
    assignment = {name: getattr(use, name) for name in ("active", "priority", "penalty", "writable")}
    values = {name: getattr(one.memory, name) for name in MEMORY_FIELDS}
    return {"id": one.memory.pk, **values, "assignment": {"kind": kind, "place_id": place_id, **assignment}}


def _rows(memory: Memory) -> QuerySet[Any]:
    model: Any = Entry if memory.kind == Memory.Kind.MEMORY else Term
    return model.objects.filter(memory_id=memory.pk)  # type: ignore[no-any-return]


def _snapshot(memory: Memory, token: str, limit: int) -> RowsPage:
    columns = columns_of(memory.kind)
    # The revision of the first page travels in the token: what changes meanwhile comes again with the changes.
    cursor, after = (memory.revision, None) if not token else _parts(_SNAPSHOT, token)
    rows = _rows(memory).order_by("pk")
    found = list((rows if after is None else rows.filter(pk__gt=after)).values_list(*columns)[: limit + 1])
    if cursor > memory.revision or (token and cursor < memory.purged_revision):
        return RowsPage(columns, [], memory.revision, 1, reset=True)
    following = f"{cursor}.{found[limit - 1][0]}" if len(found) > limit else ""
    return RowsPage(columns, _wire(found[:limit]), cursor, 1, next=following)


def _changes(memory: Memory, token: str, since: int, limit: int) -> RowsPage:
    columns = columns_of(memory.kind)
    rev, after = (since, None) if not token else _parts(_CHANGES, token)
    if since > memory.revision or rev < since:
        return RowsPage(columns, [], memory.revision, 1, reset=True)
    rows, found = _rows(memory), list[Any]()
    if after is not None:
        found = list(rows.filter(rev=rev, pk__gt=after).order_by("pk").values_list("rev", *columns)[: limit + 1])
    if len(found) <= limit:
        # Up to the revision that was read with the memory: what is committed meanwhile comes with the next page.
        later = rows.filter(rev__gt=rev, rev__lte=memory.revision).order_by("rev", "pk")
        found += later.values_list("rev", *columns)[: limit + 1 - len(found)]
    # Asked after the rows: tombstones may be purged at any moment.
    if since < Memory.objects.values_list("purged_revision", flat=True).get(pk=memory.pk):
        return RowsPage(columns, [], memory.revision, 1, reset=True)
    if len(found) <= limit:
        return RowsPage(columns, _wire(row[1:] for row in found), memory.revision, 1)
    last = found[limit - 1]
    page = _wire(row[1:] for row in found[:limit])
    return RowsPage(columns, page, since, 1, next=f"{last[0]}-{last[1]}", more=True)


def _parts(pattern: re.Pattern[str], token: str) -> tuple[int, int]:
    match = pattern.fullmatch(token)
    if match is None:
        raise Invalid(_("This is not a place in a memory."), field="token")
    return int(match[1]), int(match[2])


def _wire(rows: Any) -> list[list[Any]]:
    return [[value.isoformat() if isinstance(value, datetime) else value for value in row] for row in rows]
