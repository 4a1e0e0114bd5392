"""Doing an act: one transaction, one change set, one audit entry, however many rows."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import ChangeSet, File, Row, RowLease
from apps.ldm.services.checks import whole_file
from apps.ldm.services.memories import confirm
from apps.ldm.services.rows import leases, search_index
from apps.ldm.services.rows.acts.act import KEPT_REFUSALS, Act, Progress, Refusals, planned, quiet
from apps.ldm.services.rows.acts.scope import MAX_IDS, PORTION
from apps.ldm.services.rows.change_rows import KEEP_INDEX_BELOW, RowChange, change_rows
from locanext_project import workspaces
from locanext_project.chunks import chunks

SLICE = 20_000
"""Rows in memory at a time."""


@dataclass(slots=True)
class Outcome:
    """What an act did to one file; `change_set` is None when no row changed."""

    file_id: int
    change_set: ChangeSet | None = None
    changed: int = 0
    unchanged: int = 0
    revision: int = 0
    refusals: Refusals = field(default_factory=Refusals)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "change_set": self.change_set.pk if self.change_set is not None else None,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "revision": self.revision,
            **self.refusals.plain(),
        }


def run(
    *,
    actor: User,
    file_id: int,
    act: Act,
    ids: Sequence[int],
    reason: str = "",
    seen: int | None = None,
    progress: Progress = quiet,
) -> Outcome:
    """Do an act to rows of a file, given by id in any order; rows that may not be changed are left and listed.

    `seen`: the file's revision that the person saw; rows whose text moved since are left. `progress` may
    raise to cancel: then nothing was changed. Raises NotFound, Forbidden and Invalid, changing nothing.
    """
    outcome = Outcome(file_id, refusals=Refusals(MAX_IDS if len(ids) <= MAX_IDS else KEPT_REFUSALS))
    wanted = array("q", sorted(set(ids)))
    with workspaces.atomic():
        file = permissions.get_file(actor, file_id)
        act.begin(actor, file)
        locked = _lock(file, wanted, progress)
        for missing in sorted(set(wanted) - set(locked)):
            outcome.refusals.add(missing, None, "not_in_file", _("This row is not in the file."))
        _Run(actor, file, act, outcome, reason, seen, progress).over(locked)
        file.refresh_from_db(fields=["revision"])
        outcome.revision = file.revision
    return outcome


def _lock(file: File, ids: Sequence[int], progress: Progress) -> array[int]:
    """Lock the file's live rows among the ids, by id, before anything else; those that there are."""
    found: array[int] = array("q")
    for some in chunks(ids, PORTION):
        rows = Row.objects.select_for_update(of=("self",)).filter(pk__in=some, file_id=file.pk, position__gte=0)
        found.extend(rows.order_by("pk").values_list("pk", flat=True))
        progress(len(found), len(ids), "locking")
    return found


class _Run:
    """One run over locked rows, slice by slice, within a transaction."""

    def __init__(
        self,
        actor: User,
        file: File,
        act: Act,
        outcome: Outcome,
        reason: str,
        seen: int | None,
        progress: Progress,
    ) -> None:
        self.actor, self.file, self.act = actor, file, act
        self.outcome, self.reason, self.seen = outcome, reason, seen
        self.progress = progress
        self.risen: array[int] = array("q")
        self.risen_rows: list[Row] | None = None
        self.held: dict[int, RowLease] = {}

    def over(self, ids: Sequence[int]) -> None:
        """Change the rows, then the memory, then the audit log: in the order of the locks."""
        if self.act.touches_text:
            self.held = leases.held_in_file(self.file.pk, self.actor)
        later = len(ids) > KEEP_INDEX_BELOW
        done = 0
        for some in chunks(ids, SLICE):
            self._slice(some, later)
            done += len(some)
            self.progress(done, len(ids), "writing")
        change_set = self.outcome.change_set
        if change_set is None:
            return
        change_set.counts = {"changed": self.outcome.changed, "act": self.act.name, **self.act.counts()}
        if refused := self.outcome.refusals.by_code.total():
            change_set.counts["refused"] = refused
        change_set.save(update_fields=["counts"])
        self._remember()
        record(
            "rows_changed", actor=self.actor, target_kind="file", target_id=self.file.pk, target_name=self.file.name,
            detail={"count": self.outcome.changed, "change_set": change_set.pk, "act": self.act.name}
            | self.act.counts(),
        )  # fmt: skip
        if later:
            search_index.submit(actor=self.actor, file=self.file)
            whole_file.submit(actor=self.actor, file=self.file)

    def _slice(self, ids: Sequence[int], later: bool) -> None:
        rows: dict[int, Row] = {}
        for some in chunks(ids, PORTION):
            rows.update(Row.objects.in_bulk(some))
        self.act.prepare(self.actor, self.file, list(rows.values()))
        changes = [change for row in rows.values() if (change := self._planned(row)) is not None]
        if not changes:
            return
        before = {one.row_id: (rows[one.row_id].status, rows[one.row_id].target) for one in changes}
        outcome = change_rows(
            actor=self.actor, file=self.file, rows=rows, changes=changes, change_set=self._change_set(),
            kind=self.act.history, indexed_later=later,
        )  # fmt: skip
        self.outcome.changed += outcome.changed
        if self.act.touches_text:
            self._note_risen([rows[pk] for pk in before], before)

    def _planned(self, row: Row) -> RowChange | None:
        refused = self.outcome.refusals.by_code.total()
        change = planned(self.act, self.actor, self.file, row, self.seen, self.outcome.refusals)
        if change is None:
            self.outcome.unchanged += self.outcome.refusals.by_code.total() == refused
            return None
        if (lease := self.held.get(row.pk)) is not None:
            message = _("%(name)s is editing this row.") % {"name": lease.user_name}
            self.outcome.refusals.add(row.pk, row.position + 1, "leased", message)
            return None
        # The reason stands in the history of each row, unless the act says more of it there.
        change.note = change.note or self.reason
        return change

    def _change_set(self) -> ChangeSet:
        """Made with the first row that changes."""
        if self.outcome.change_set is None:
            self.outcome.change_set = ChangeSet.objects.create(
                file=self.file, kind=self.act.kind, reason=self.reason[:500],
                author_id=self.actor.pk, author_name=self.actor.name,
            )  # fmt: skip
        return self.outcome.change_set

    def _note_risen(self, rows: list[Row], before: dict[int, tuple[int, str]]) -> None:
        risen = [
            row for row in rows if confirm.enters(row, status_before=before[row.pk][0], target_before=before[row.pk][1])
        ]
        # Of many rows only the ids are kept: the memory comes after every lock of the tree.
        self.risen_rows = risen if self.risen_rows is None and not self.risen else None
        self.risen.extend(row.pk for row in risen)

    def _remember(self) -> None:
        if self.risen_rows is not None:
            rows = sorted(self.risen_rows, key=lambda row: row.position)
            confirm.remember(actor=self.actor, file=self.file, rows=rows)
            return
        done = 0
        for some in chunks(self.risen, SLICE):
            found: list[Row] = []
            for part in chunks(some, PORTION):
                found += Row.objects.in_bulk(part).values()
            confirm.remember(actor=self.actor, file=self.file, rows=sorted(found, key=lambda row: row.position))
            done += len(some)
            self.progress(done, len(self.risen), "remembering")
