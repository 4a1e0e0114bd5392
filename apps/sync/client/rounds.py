"""A round of sync: say hello, send what waits, fetch what changed. Cut anywhere, the next round goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F

from apps.sync import clock
from apps.sync.client import inbox, link, losses, memories, originals, tree
from apps.sync.client.pull import pull
from apps.sync.client.push import Sent, push
from apps.sync.models import Conflict, Link, MirroredFile, PendingEdit
from apps.sync.protocol import Refused, SyncPeer, Unreachable
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_update
from locanext_project.chunks import chunks
from locanext_project.prepared import Prepared

MOST_RESTARTS = 3
"""A file that is to begin anew so often in one round waits for the next one."""
_TROUBLES = {"busy": "unreachable", "gone": "forbidden", "invalid": "too_old", "epoch": "unreachable"}
"""What a refusal of the server as a whole is called where people read it."""
_NOTED = ("trouble", "last_contact", "last_sync", "queued", "queued_since")


@dataclass(slots=True)
class Outcome:
    """What a round did, and what stopped it: `trouble` is empty, unreachable, or the reason of a refusal."""

    trouble: str = ""
    message: str = ""
    retry_after: float | None = None
    sent: Sent = field(default_factory=Sent)
    pulled: int = 0
    """Rows that are other than before."""
    files: int = 0
    """Files that were fetched to their end."""
    resets: int = 0
    passed: dict[int, str] = field(default_factory=dict)
    """Files that were passed over, with the reason."""


def run(peer: SyncPeer, *, files: Iterable[int] | None = None) -> Outcome:
    """One round over some mirrored files; without `files` over all, with the tree, originals and memories.

    Pushes first, so that what comes back is what became of it. Never raises what a peer raises: it
    is in `trouble`, and on the link for people to see.
    """
    outcome = Outcome()
    try:
        hello = link.greet(peer)
        _send(peer, outcome)
        whole_round = files is None
        unmoved = _unmoved(tree.mirror_tree(peer), hello.epoch) if whole_round else set()
        wanted = _mirrored() if files is None else list(files)
        outcome.files += len(unmoved)
        for file_id in (one for one in wanted if one not in unmoved):
            _one_file(outcome, file_id, lambda peer, pk: _fetch(peer, pk, outcome), peer)
        # Edits that waited for a new snapshot can be sent by now.
        if outcome.resets and PendingEdit.objects.filter(quarantined=False).exists():
            _send(peer, outcome)
            for file_id in wanted:
                _one_file(outcome, file_id, lambda peer, pk: _fetch(peer, pk, outcome), peer)
        inbox.send_decisions(peer)
        if whole_round:
            _beside(peer, outcome, wanted)
    except Refused as refusal:
        outcome.trouble, outcome.message, outcome.retry_after = refusal.reason, refusal.message, refusal.retry_after
    except Unreachable as error:
        outcome.trouble, outcome.message = "unreachable", str(error)
    _note(outcome)
    return outcome


def _mirrored() -> list[int]:
    """Every mirrored file, those opened last first; also what was lost: it may be back."""
    order = (F("opened_at").desc(nulls_last=True), "file_id")
    return list(MirroredFile.objects.order_by(*order).values_list("file_id", flat=True))


def _unmoved(nodes: Iterable[Mapping[str, Any]], epoch: str) -> set[int]:
    """The mirrored files that are where the server says they are: there is nothing to fetch of them."""
    files = (node for node in nodes if node["kind"] == "file")
    shown = {(int(node["id"]), node["revision"], node["generation"]) for node in files}
    here = MirroredFile.objects.filter(state=MirroredFile.State.CURRENT, token="", epoch=epoch)
    whole = here.values_list("file_id", "cursor", "generation")
    found = {place[0] for place in whole if place in shown}
    for some in chunks(sorted(found), 500):
        MirroredFile.objects.filter(pk__in=some).update(synced_at=link.moment(clock.now()))
    return found


def _send(peer: SyncPeer, outcome: Outcome) -> None:
    """Send until nothing is left, or nothing moves."""
    while True:
        sent = push(peer)
        outcome.sent.add(sent)
        if not sent.left or not sent.answered:
            return


def _one_file(outcome: Outcome, file_id: int, fetch: Callable[[SyncPeer, int], object], peer: SyncPeer) -> None:
    """What is refused of one file concerns no other. Raises what concerns all."""
    try:
        fetch(peer, file_id)
    except Refused as refusal:
        if losses.is_loss(refusal.reason):
            losses.mark(file_id, refusal.reason)
        elif refusal.reason != "invalid":
            raise
        outcome.passed[file_id] = refusal.reason


def _fetch(peer: SyncPeer, file_id: int, outcome: Outcome) -> None:
    restarts = 0
    while True:
        pulled = pull(peer, file_id)
        outcome.pulled += pulled.rows
        if pulled.reset:
            outcome.resets += 1
            restarts += 1
            if restarts >= MOST_RESTARTS:
                return
        if not pulled.more:
            outcome.files += 1
            return


def _beside(peer: SyncPeer, outcome: Outcome, files: Sequence[int]) -> None:
    """What belongs to files beside their rows: memories, and where something moved originals and conflicts."""
    moved = set(MirroredFile.objects.exclude(original_cursor=F("cursor")).values_list("file_id", flat=True))
    undecided = set(Conflict.objects.filter(resolution="").values_list("file_id", flat=True))
    due = [file_id for file_id in files if file_id in moved | undecided and file_id not in outcome.passed]
    for file_id in due:
        _one_file(outcome, file_id, originals.fetch, peer)
        _one_file(outcome, file_id, inbox.fetch, peer)
    # Which memories serve a file moves without the file.
    memories.refresh(peer, [file_id for file_id in files if file_id not in outcome.passed])


_waiting = Prepared(
    lambda: PendingEdit.objects.filter(quarantined=False).values("quarantined").annotate(n=Count("pk")).values_list("n")
)


def _note(outcome: Outcome) -> None:
    """Keep on the link how the round went, and since when the queue has not shrunk."""
    now = link.moment(clock.now())
    waiting = sum(count for (count,) in _waiting())
    with workspaces.atomic():
        here = link.current()
        here.trouble = _TROUBLES.get(outcome.trouble, outcome.trouble)
        if not outcome.trouble:
            here.last_contact = here.last_sync = now
        if not waiting:
            here.queued_since = None
        elif waiting < here.queued or here.queued_since is None or outcome.trouble:
            # Where the server does not answer, nothing can shrink: the watch begins when it does.
            here.queued_since = now
        here.queued = waiting
        bulk_update(Link, _NOTED, [(here.pk, *(getattr(here, name) for name in _NOTED))])
