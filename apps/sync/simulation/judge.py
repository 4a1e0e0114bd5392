"""Watching the server take in edits: each verdict is compared with what the ledger says is right."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from apps.ldm.models import Row, RowRevision
from apps.sync.models import AppliedEdit
from apps.sync.protocol import Caller, Op, OpAnswer, Pushed, SyncPeer
from apps.sync.server.push import REPLACED
from apps.sync.simulation.ledger import Ledger, Saved, Version
from locanext_project import workspaces

DECIDED = ("applied", "noop", "lost")
TRANSIT = 1.0
"""Seconds that a request may take: two edits nearer to each other than this have no order that anybody can know."""


class Violation(BaseException):
    """An invariant does not hold. Not an Exception: no code of the product takes it for a fault it knows."""

    def __init__(self, invariant: str, message: str) -> None:
        super().__init__(f"{invariant}: {message}")
        self.invariant = invariant


class Judge:
    """A peer that passes everything on, and raises Violation where an answer to `push` is wrong.

    `node` is the desktop that speaks; `now` the true time; `steady` whether its clock and the
    server's have never jumped, without which nobody can say which of two edits was later.
    `late`: seconds between the sending of the present request and its arrival.
    """

    def __init__(
        self, peer: SyncPeer, node: str, ledger: Ledger, now: Callable[[], float], checks: Counter[str]
    ) -> None:
        self._peer = peer
        self._node = node
        self._ledger = ledger
        self._now = now
        self.steady = True
        self.late = 0.0
        self.checks = checks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._peer, name)

    def push(self, caller: Caller, ops: Sequence[Op]) -> Pushed:
        """The server's answer, looked at."""
        with workspaces.use(workspaces.SERVER):
            rows = [op.row_id for op in ops]
            history = history_of(rows)
        known = {op.op: self._ledger.answers.get(op.op) for op in ops}
        try:
            pushed = self._peer.push(caller, ops)
        except BaseException:
            self._unheard(ops)
            raise
        if [answer.op for answer in pushed.answers] != [op.op for op in ops]:
            raise Violation("P4", "an edit has no answer of its own")
        with workspaces.use(workspaces.SERVER):
            after, history_after = versions_of(rows), history_of(rows)
        for op, answer in zip(ops, pushed.answers, strict=True):
            self.checks["P4"] += 1
            earlier = known[op.op]
            if earlier in DECIDED:
                # A file in the bin answers for itself, whatever came before.
                other = answer.status in DECIDED and answer.status != earlier
                if other or history_after[op.row_id] != history[op.row_id]:
                    raise Violation("P4", f"edit {op.op} again: {answer.status} after {earlier}")
            elif answer.status in DECIDED and not self._replaced(op):
                self._first(op, answer)
        for row, version in after.items():
            self._note(row, version, ops)
        return pushed

    def _replaced(self, op: Op) -> bool:
        """Whether a later edit of the row, which names this one, was there before it."""
        with workspaces.use(workspaces.SERVER):
            return AppliedEdit.objects.filter(pk=uuid.UUID(op.op), status=REPLACED).exists()

    def _unheard(self, ops: Sequence[Op]) -> None:
        """The server died and nobody heard its answers: note what it had decided before."""
        with workspaces.use(workspaces.SERVER):
            wanted = {uuid.UUID(op.op): op for op in ops if op.op not in self._ledger.answers}
            decided = list(AppliedEdit.objects.filter(pk__in=wanted, status__in=DECIDED).values_list("pk", "status"))
            after = versions_of([op.row_id for op in ops])
        for pk, status in decided:
            op = wanted[pk]
            self._ledger.answers[op.op], self._ledger.texts[op.op] = status, (op.row_id, op.target)
        for row, version in after.items():
            self._note(row, version, ops)

    def _first(self, op: Op, answer: OpAnswer) -> None:
        """An edit that the server has decided for the first time."""
        ledger = self._ledger
        ledger.answers[op.op] = answer.status
        ledger.texts[op.op] = (op.row_id, op.target)
        edit = ledger.find(self._node, op.row_id, (op.target, op.status))
        if edit is None:
            raise Violation("P2", f"row {op.row_id}: {op.target!r} was sent and nobody had written it")
        version, since = ledger.present[op.row_id]
        if edit.at <= ledger.restored_at:
            return
        if self._is_old_news(edit, version):
            if answer.status != "noop" or answer.conflict is not None:
                raise Violation("P6", f"row {op.row_id}: {op.target!r} came after {version[0]!r}, which replaced it")
            return
        if answer.status == "noop":
            if version != edit.version:
                raise Violation("P3", f"row {op.row_id}: {op.target!r} was called no change of {version[0]!r}")
            return
        self._causal(op, answer, edit, version)
        if not self._saw(edit, version):
            self._concurrent(op, answer, edit, (version, since))

    def _saw(self, edit: Saved, version: Version) -> bool:
        """Whether who wrote an edit knew the server's version of the row: from there, or because it is their own.

        Two people may confirm one text: then neither has seen what the other did.
        """
        own = self._ledger.maker.get(edit.row) == self._node
        return edit.first_seen() == version or (own and version in set(edit.lineage()))

    def _is_old_news(self, edit: Saved, version: Version) -> bool:
        """Whether the row already holds a later edit of the same desktop, made in the knowledge of this one.

        A version that was brought back may be the one from before all of them.
        """
        if not self._ledger.twice.isdisjoint(((edit.row, version), (edit.row, edit.version))):
            return False
        later = self._ledger.find(self._node, edit.row, version)
        return later is not None and later is not edit and edit.version in set(later.lineage())

    def _causal(self, op: Op, answer: OpAnswer, edit: Saved, version: Version) -> None:
        if not self._saw(edit, version) or (op.row_id, version) in self._ledger.twice:
            return
        self.checks["P5"] += 1
        if answer.status != "applied":
            raise Violation("P5", f"row {op.row_id}: {op.target!r} was written over {version[0]!r} and {answer.status}")
        if answer.conflict is not None:
            raise Violation("P6", f"row {op.row_id}: {op.target!r} saw {version[0]!r} and is called a conflict")

    def _concurrent(self, op: Op, answer: OpAnswer, edit: Saved, present: tuple[Version, float]) -> None:
        version, since = present
        self.checks["P2"] += 1
        if answer.conflict is None:
            raise Violation("P2", f"row {op.row_id}: {op.target!r} and {version[0]!r} met and nobody is told")
        distance = edit.at - since
        if not self.steady or abs(distance) <= TRANSIT + self.late + self._ledger.slack.get(op.row_id, 0.0):
            return
        self.checks["P7"] += 1
        wanted = "applied" if distance > 0 else "lost"
        if answer.status != wanted:
            older = "older" if distance < 0 else "newer"
            raise Violation(
                "P7", f"row {op.row_id}: {op.target!r} is {older} by {abs(distance):.0f} s and {answer.status}"
            )

    def _note(self, row: int, version: Version, ops: Sequence[Op]) -> None:
        """The server's row is now what one of these edits made it."""
        if self._ledger.present.get(row, (None, 0.0))[0] == version:
            return
        edit, ledger = self._ledger.find(self._node, row, version), self._ledger
        at = edit.at if edit else self._now()
        # What is written over an edit counts as younger than it, also where that one arrived late.
        before = ledger.present.get(row, (version, at))[1] + ledger.slack.get(row, 0.0)
        ledger.present[row], ledger.maker[row] = (version, at), self._node
        ledger.slack[row] = max(self.late, before - at)


def versions_of(rows: Sequence[int] | None = None) -> dict[int, Version]:
    """Target and status of rows of this workspace; of all rows without a list."""
    found = Row.objects.all() if rows is None else Row.objects.filter(pk__in=rows)
    return {pk: (target, status) for pk, target, status in found.values_list("pk", "target", "status")}


def history_of(rows: Sequence[int]) -> dict[int, int]:
    """How many entries the history of each of these rows has."""
    counts = dict.fromkeys(rows, 0)
    for row in RowRevision.objects.filter(row_id__in=rows).values_list("row_id", flat=True):
        counts[row] += 1
    return counts
