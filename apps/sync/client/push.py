"""Sending the edits that wait: outside of any transaction, each answer taken in within one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from apps.sync.client import arrivals, inbox, link, losses
from apps.sync.live import overtaken
from apps.sync.models import MirroredFile, PendingEdit, Shadow
from apps.sync.models.client import UNKNOWN
from apps.sync.protocol import MOST_OPS, Op, OpAnswer, Refused, SyncPeer
from locanext_project import by_ids, workspaces
from locanext_project.bulk_load import bulk_update
from locanext_project.chunks import chunks
from locanext_project.id_guards import open_for_mirror
from locanext_project.prepared import Prepared

WORN = 3
"""After so many failures of the server edits are sent apart, to find the one it fails at."""
MOST_FAILING = 3
"""Where the server fails at so many edits sent alone, it is not the edits."""
ANSWERED = ("applied", "noop", "lost")


@dataclass(slots=True)
class Sent:
    """How many edits had which answer, and how many still wait to be sent."""

    applied: int = 0
    noop: int = 0
    lost: int = 0
    gone: int = 0
    forbidden: int = 0
    invalid: int = 0
    left: int = 0

    @property
    def answered(self) -> int:
        """Edits that the queue does not hold any more, or holds apart."""
        return self.applied + self.noop + self.lost + self.gone + self.forbidden + self.invalid

    def add(self, other: Sent) -> None:
        """Add another page's figures; what is left is what was left last."""
        for name in ("applied", "noop", "lost", "gone", "forbidden", "invalid"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.left = other.left


@dataclass(slots=True)
class _Exchange:
    peer: SyncPeer
    columns: tuple[str, ...] = ()
    answers: list[OpAnswer] = field(default_factory=list)
    failing: list[PendingEdit] = field(default_factory=list)
    refusal: Refused | None = None


def push(peer: SyncPeer, limit: int = MOST_OPS) -> Sent:
    """Send up to `limit` edits and take in the answers. Raises Refused and Unreachable; nothing is lost then.

    An edit leaves the queue only where it is still the one that was sent.
    """
    sent = Sent()
    if not _any_waiting():
        return sent
    batch = _next(min(limit, MOST_OPS))
    if batch:
        exchange = _Exchange(peer)
        try:
            _send(exchange, batch)
        finally:
            _take(exchange, batch, sent)
        if exchange.refusal is not None and not exchange.answers:
            raise exchange.refusal
    sent.left = sendable().count()
    return sent


_any_waiting = Prepared(lambda: PendingEdit.objects.filter(quarantined=False).values_list("pk")[:1])


def sendable() -> QuerySet[PendingEdit]:
    """The edits that may be sent now.

    An edit waits while its file starts anew (the server's data has another life than the one it was
    made from), and where its base is not known before the file is whole.
    """
    epoch = link.current().epoch
    ready = MirroredFile.objects.filter(epoch=epoch) if epoch else MirroredFile.objects.filter(epoch__isnull=True)
    waiting = PendingEdit.objects.filter(quarantined=False, file_id__in=ready.values("file_id"))
    partial = MirroredFile.objects.filter(state=MirroredFile.State.PARTIAL).values("file_id")
    return waiting.exclude(base_rev=UNKNOWN, file_id__in=partial)


def _next(limit: int) -> list[PendingEdit]:
    """The edits to send, marked as sent before they leave: from then on the server may have them."""
    with workspaces.atomic():
        waiting = sendable().order_by("refusals", "edited_at", "row_id")
        batch = list(waiting[:limit])
        if batch and batch[0].refusals < WORN:
            batch = [edit for edit in batch if edit.refusals < WORN]
        for edit in batch:
            edit.tries += 1
        bulk_update(PendingEdit, ("tries",), ((edit.pk, edit.tries) for edit in batch))
    return batch


def op_of(edit: PendingEdit) -> Op:
    """An edit as it travels."""
    return Op(
        op=str(edit.op),
        row_id=edit.row_id,
        base_rev=edit.base_rev,
        base_target=edit.base_target,
        target=edit.target,
        status=edit.status,
        edited_at=edit.edited_at,
        after=tuple(edit.after),
        fields=dict(edit.fields),
    )


def _send(exchange: _Exchange, batch: Sequence[PendingEdit]) -> None:
    """Send edits; where the server refuses or fails at them as a whole, find the one by halves."""
    try:
        pushed = exchange.peer.push(link.caller(), [op_of(edit) for edit in batch])
    except Refused as refusal:
        exchange.refusal = refusal
        failure = refusal.reason == "busy"
        if refusal.reason != "invalid" and not failure:
            raise
        if failure:
            for some in chunks([edit.pk for edit in batch], 900):
                PendingEdit.objects.filter(pk__in=some).update(refusals=F("refusals") + 1)
            if batch[-1].refusals < WORN:
                raise
        _search(exchange, batch, refusal)
        return
    exchange.columns = pushed.columns
    exchange.answers += pushed.answers


def _search(exchange: _Exchange, batch: Sequence[PendingEdit], refusal: Refused) -> None:
    if len(batch) > 1:
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            if len(exchange.failing) < MOST_FAILING:
                _send(exchange, half)
        return
    if refusal.reason == "invalid":
        exchange.answers.append(OpAnswer(str(batch[0].op), "invalid", message=refusal.message))
    else:
        exchange.failing.append(batch[0])


def _take(exchange: _Exchange, batch: Sequence[PendingEdit], sent: Sent) -> None:
    """Take in what was answered, the edits of a file in one transaction."""
    answers = {answer.op: answer for answer in exchange.answers}
    if exchange.answers:
        for edit in exchange.failing:
            # Alone it failed at the server, which took others at the same time.
            message = _("The server fails at this edit, and takes others.")
            answers[str(edit.op)] = OpAnswer(str(edit.op), "invalid", message=message)
    by_file: dict[int, list[tuple[PendingEdit, OpAnswer]]] = defaultdict(list)
    for edit in batch:
        if (answer := answers.get(str(edit.op))) is not None:
            by_file[edit.file_id].append((edit, answer))
    for file_id, answered in by_file.items():
        with workspaces.atomic(), open_for_mirror():
            _take_file(file_id, answered, exchange.columns)
        for _edit, answer in answered:
            setattr(sent, answer.status, getattr(sent, answer.status) + 1)


def _take_file(file_id: int, answered: Sequence[tuple[PendingEdit, OpAnswer]], columns: tuple[str, ...]) -> None:
    present = _present(edit.pk for edit, _answer in answered)
    same = [(edit, answer) for edit, answer in answered if present.get(edit.pk) == str(edit.op)]
    done = [edit.pk for edit, answer in same if answer.status in ANSWERED]
    for some in chunks(done, 900):
        PendingEdit.objects.filter(pk__in=some).delete()
        Shadow.objects.filter(pk__in=some).delete()
    rows = [answer.row for _edit, answer in answered if answer.row is not None]
    # Rows that were edited while this was under way keep their text: what came becomes their shadow.
    arrivals.write(file_id, arrivals.in_our_columns(columns, rows))
    for edit, answer in same:
        if answer.status not in ANSWERED:
            PendingEdit.objects.filter(pk=edit.pk).update(
                quarantined=True, reason=answer.status, error=(answer.message or answer.status)[:500]
            )
    # Refused without a look at the row, it is the file that is not to be had: what waits is tried again when it is.
    for answer in (answer for _edit, answer in same if answer.row is None and losses.is_loss(answer.status)):
        losses.mark(file_id, answer.status)
    inbox.keep(answer.conflict for _edit, answer in answered if answer.conflict)
    for edit, answer in same:
        overtaken.tell(edit, answer)


def _present(row_ids: Iterable[int]) -> dict[int, str]:
    """The edit that waits now for each row."""
    return {pk: str(op) for pk, op in by_ids.values_of(PendingEdit, ("row_id", "op"), list(row_ids))}
