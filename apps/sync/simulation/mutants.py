"""Deliberate defects: the product's real functions, changed while a simulation runs, each of which it must notice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from apps.ldm.models import Row
from apps.sync.client import arrivals, losses, pull, push
from apps.sync.models import AppliedEdit, MirroredFile, PendingEdit, Shadow
from apps.sync.protocol import Op, Refused, RowsPage
from apps.sync.server import decide as deciding
from apps.sync.server import pull as server_pull
from apps.sync.server import push as server_push
from apps.sync.server.rows import COLUMNS
from apps.sync.simulation import mutants_beside, scenarios
from apps.sync.simulation.script import Script
from locanext_project import workspaces
from locanext_project.id_guards import open_for_mirror


@dataclass(frozen=True, slots=True)
class Mutant:
    """A defect, and the script that shows it in one run."""

    what: str
    defect: Callable[[], AbstractContextManager[Any]]
    scenario: Script


class _Manager:
    """A model's manager of which some calls do something else."""

    def __init__(self, real: Any, **changed: Callable[..., Any]) -> None:
        self._real = real
        self._changed = changed

    def __getattr__(self, name: str) -> Any:
        return self._changed.get(name) or getattr(self._real, name)


class _Model:
    """A model with such a manager; everything else is the model's."""

    def __init__(self, model: Any, **changed: Callable[..., Any]) -> None:
        self._model = model
        self.objects = _Manager(model.objects, **changed)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._model(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


# ---- the server ----
def _no_dedupe() -> Any:
    def lookup(*args: Any, **wanted: Any) -> Any:
        return [] if "op__in" in wanted else AppliedEdit.objects.filter(*args, **wanted)

    def insert(edits: Any, **options: Any) -> Any:
        return AppliedEdit.objects.bulk_create(edits, ignore_conflicts=True)

    return patch.object(server_push, "AppliedEdit", _Model(AppliedEdit, filter=lookup, bulk_create=insert))


def _decided(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    def decide(present: deciding.Present, **asked: Any) -> deciding.Verdict:
        return deciding.decide(present, **change(asked))

    return patch.object(server_push, "decide", decide)


def _timed(time_of: Callable[[float, float, float], float]) -> Any:
    def mutated(*, server_now: float, client_now: float, edited_at: float) -> float:
        return time_of(server_now, client_now, edited_at)

    return patch.object(server_push, "time_of", mutated)


def _drop_loser() -> Any:
    real = server_push._lost_revision

    def emptied(wave: Any, op: Op) -> Any:
        revision = real(wave, op)
        revision.target = revision.target_before
        return revision

    return patch.object(server_push, "_lost_revision", emptied)


def _forget_replaced() -> Any:
    def insert(edits: Any, **options: Any) -> Any:
        kept = [edit for edit in edits if edit.status != server_push.REPLACED]
        return AppliedEdit.objects.bulk_create(kept, **options)

    return patch.object(server_push, "AppliedEdit", _Model(AppliedEdit, bulk_create=insert))


def _split_revision() -> Any:
    real = server_pull.changes

    def naive(user: Any, file_id: int, since: int, generation: int, known_epoch: str, limit: int = 5000) -> RowsPage:
        whole = real(user, file_id, since, generation, known_epoch, 5000)
        if whole.reset or len(whole.rows) <= limit:
            return whole
        rows = whole.rows[:limit]
        cursor = Row.objects.filter(pk=rows[-1][0]).values_list("rev", flat=True).get()
        return replace(whole, rows=rows, cursor=cursor, more=cursor < whole.cursor)

    return patch.object(server_pull, "changes", naive)


# ---- the desktop ----
def _sent(change: Callable[[Op], Op]) -> Any:
    real = push.op_of
    return patch.object(push, "op_of", lambda edit: change(real(edit)))


def _cursor_first() -> Any:
    def take(asked: MirroredFile, page: RowsPage) -> pull.Pulled:
        with workspaces.atomic():
            MirroredFile.objects.filter(pk=asked.pk).update(cursor=page.cursor)
        with workspaces.atomic(), open_for_mirror():
            changed = arrivals.write(asked.pk, arrivals.in_our_columns(page.columns, page.rows))
            mirror = MirroredFile.objects.get(pk=asked.pk)
            losses.unmark(mirror)
            mirror.save()
        return pull.Pulled(changed, page.cursor, page.more)

    return patch.object(pull, "_take", take)


def _overwrite_dirty() -> Any:
    return patch.object(arrivals, "_waiting", lambda ids: {})


def _no_shadow() -> Any:
    return patch.object(arrivals, "Shadow", _Model(Shadow, bulk_create=lambda rows, **options: rows))


def _clear_any() -> Any:
    class Any_(str):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = str.__hash__

    return patch.object(push, "_present", lambda rows: dict.fromkeys(rows, Any_()))


def _drop_refused() -> Any:
    real = push._send

    def send(exchange: Any, batch: Sequence[PendingEdit]) -> None:
        try:
            real(exchange, batch)
        except Refused:
            PendingEdit.objects.filter(pk__in=[edit.pk for edit in batch]).delete()
            raise

    return patch.object(push, "_send", send)


def _delete_removed() -> Any:
    real = arrivals.write

    def write(file_id: int, rows: Sequence[Any], **how: Any) -> int:
        done = real(file_id, rows, **how)
        gone = [row[0] for row in rows if dict(zip(COLUMNS, row, strict=True))["removed_at"] is not None]
        Row.objects.filter(pk__in=gone).delete()
        return done

    return patch.object(arrivals, "write", write)


def _without_after(op: Op) -> Op:
    return replace(op, after=())


def _last_after(op: Op) -> Op:
    return replace(op, after=op.after[-1:])


def _baseless(asked: dict[str, Any]) -> dict[str, Any]:
    return asked | {"base_rev": -1, "after": ()}


def _sentence(defect: Callable[[], Any]) -> str:
    """What a defect is, as the others are written."""
    text = (defect.__doc__ or "").rstrip(".")
    return text[:1].lower() + text[1:]


BESIDE = (
    ("lease_refuses", mutants_beside.lease_refuses, scenarios.LEASE_REFUSES),
    ("lease_wins", mutants_beside.lease_wins, scenarios.LEASE_WINS),
    ("lease_for_ever", mutants_beside.lease_for_ever, scenarios.LEASE_FOR_EVER),
    ("lease_of_anyone", mutants_beside.lease_of_anyone, scenarios.LEASE_OF_ANYONE),
    ("forget_confirmed", mutants_beside.forget_confirmed, scenarios.FORGET_CONFIRMED),
    ("stay_beside", mutants_beside.stay_beside, scenarios.STAY_BESIDE),
    ("memories_once", mutants_beside.memories_once, scenarios.MEMORIES_ONCE),
    ("new_key", mutants_beside.new_key, scenarios.NEW_KEY),
    ("any_revision", mutants_beside.any_revision, scenarios.ANY_REVISION),
    ("last_decides", mutants_beside.last_decides, scenarios.LAST_DECIDES),
    ("guess_kept", mutants_beside.guess_kept, scenarios.GUESS_KEPT),
    ("own_way", mutants_beside.own_way, scenarios.OWN_WAY),
    ("told_first", mutants_beside.told_first, scenarios.TOLD_FIRST),
    ("swap_alone", mutants_beside.swap_alone, scenarios.SWAP_ALONE),
    ("one_history", mutants_beside.one_history, scenarios.ONE_HISTORY),
)


MUTANTS: dict[str, Mutant] = {
    "no_dedupe": Mutant("the server forgets which edits it has taken", _no_dedupe, scenarios.NO_DEDUPE),
    "ts_only": Mutant("only times decide, not what was seen", lambda: _decided(_baseless), scenarios.TS_ONLY),
    "no_after": Mutant("an edit does not name those it replaces", lambda: _sent(_without_after), scenarios.NO_AFTER),
    "after_one": Mutant("an edit names only the last it replaces", lambda: _sent(_last_after), scenarios.AFTER_ONE),
    "raw_clock": Mutant(
        "a desktop's clock is believed", lambda: _timed(lambda server, client, edited: edited), scenarios.WRONG_CLOCK
    ),
    "clamp_only": Mutant(
        "a desktop's clock is believed, up to now",
        lambda: _timed(lambda server, client, edited: min(edited, server)),
        scenarios.WRONG_CLOCK,
    ),
    "forget_replaced": Mutant(
        "an edit that arrives after the one that replaced it counts", _forget_replaced, scenarios.ARRIVES_LATE
    ),
    "drop_loser": Mutant("the text that loses is not kept", _drop_loser, scenarios.LOSER),
    "cursor_first": Mutant("the cursor is written before its rows", _cursor_first, scenarios.CURSOR_FIRST),
    "overwrite_dirty": Mutant("what arrives replaces unsent edits", _overwrite_dirty, scenarios.ARRIVAL_ON_EDIT),
    "no_shadow": Mutant("what arrives under an unsent edit is forgotten", _no_shadow, scenarios.BACK_AGAIN),
    "clear_any": Mutant("an answer clears whatever edit waits now", _clear_any, scenarios.EDIT_IN_FLIGHT),
    "drop_refused": Mutant("an expired login empties the queue", _drop_refused, scenarios.EXPIRED_LOGIN),
    "delete_removed": Mutant("rows gone from the server are deleted here", _delete_removed, scenarios.REMOVED),
    "split_revision": Mutant("a page ends inside a revision", _split_revision, scenarios.WIDE_REVISION),
    **{name: Mutant(_sentence(defect), defect, scenario) for name, defect, scenario in BESIDE},
}


def defect_of(name: str) -> AbstractContextManager[Any]:
    """The defect as a context; none for an empty name. Raises KeyError."""
    return MUTANTS[name].defect() if name else nullcontext()
