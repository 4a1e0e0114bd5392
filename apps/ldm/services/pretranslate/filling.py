"""Writing the texts that were found into a file's rows: one transaction, one change set, one audit entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import ChangeSet, File, Origin, Row, RowRevision, Status
from apps.ldm.services.checks import whole_file as check_whole_file
from apps.ldm.services.pretranslate.looking import Fill
from apps.ldm.services.pretranslate.options import Options
from apps.ldm.services.rows import search_index
from apps.ldm.services.rows.change_rows import KEEP_INDEX_BELOW, RowChange, change_rows
from locanext_project import workspaces
from locanext_project.chunks import chunks

CHUNK = 500
SLICE = 20_000
"""Rows in memory at a time: all of them are locked before the first is written."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The change set (None when no row was filled), what was written, and how many rows others changed meanwhile."""

    change_set: ChangeSet | None = None
    fills: Sequence[Fill] = ()
    moved: int = 0


def fill(
    *,
    actor: User,
    file_id: int,
    fills: Sequence[Fill],
    names: Mapping[int, str],
    options: Options,
    progress: Callable[[int], None] = lambda done: None,
) -> Filled:
    """Set the texts on rows that are still as they were looked up; all others are left alone.

    `fills` by rising row id. `names`: memories by id, for the rows' history. `progress(rows written)` may raise,
    and nothing is written then. Raises NotFound and Forbidden.
    """
    with workspaces.atomic():
        file = permissions.get_file(actor, file_id)
        permissions.require(actor, "edit_rows", file)
        steady = _lock_steady(file, fills, options)
        if not steady:
            return Filled(moved=len(fills))
        kinds = Counter(one.choice.kind for one in steady)
        change_set = ChangeSet.objects.create(
            file=file,
            kind=ChangeSet.Kind.PRETRANSLATE,
            author_id=actor.pk,
            author_name=actor.name,
            counts={"changed": len(steady), "kinds": dict(kinds), "threshold": options.threshold},
        )
        _write(actor, file, steady, names, change_set, progress)
        record(
            "file_pretranslated",
            actor=actor,
            target_kind="file",
            target_id=file.pk,
            target_name=file.name,
            detail={"count": len(steady), "change_set": change_set.pk, **options.plain()},
        )
    return Filled(change_set, steady, len(fills) - len(steady))


def _lock_steady(file: File, fills: Sequence[Fill], options: Options) -> list[Fill]:
    """Lock the rows, by id, before the file; the fills whose row has the text and source that was looked up."""
    steady: list[Fill] = []
    columns = ("pk", "text_rev", "source_hash", "locked", "blank_intended")
    for chunk in chunks(fills, CHUNK):
        found = Row.objects.select_for_update(of=("self",)).filter(
            file_id=file.pk, pk__in=[one.row_id for one in chunk], removed_at__isnull=True
        )
        rows = {values[0]: values[1:] for values in found.order_by("pk").values_list(*columns)}
        for one in chunk:
            text_rev, source_hash, locked, blank = rows.get(one.row_id, (None, None, False, False))
            as_seen = (text_rev, source_hash) == (one.text_rev, one.source_hash)
            if as_seen and not blank and (options.locked or not locked):
                steady.append(one)
    return steady


def _write(
    actor: User,
    file: File,
    fills: Sequence[Fill],
    names: Mapping[int, str],
    change_set: ChangeSet,
    progress: Callable[[int], None],
) -> None:
    later = len(fills) > KEEP_INDEX_BELOW
    for start in range(0, len(fills), SLICE):
        part = fills[start : start + SLICE]
        rows: dict[int, Row] = {}
        for chunk in chunks(part, CHUNK):
            rows.update(Row.objects.in_bulk([one.row_id for one in chunk]))
        change_rows(
            actor=actor,
            file=file,
            rows=rows,
            changes=[_change(one, names) for one in part],
            change_set=change_set,
            kind=RowRevision.Kind.BULK,
            indexed_later=later,
        )
        progress(start + len(part))
    if later:
        search_index.submit(actor=actor, file=file)
        check_whole_file.submit(actor=actor, file=file)


def _change(one: Fill, names: Mapping[int, str]) -> RowChange:
    choice = one.choice
    return RowChange(
        one.row_id,
        {
            "target": choice.target,
            "status": Status.TRANSLATED,
            "origin": Origin.MEMORY,
            "score": choice.score,
        },
        f"{choice.kind} {choice.score} · {names.get(choice.memory_id, '')}",
    )
