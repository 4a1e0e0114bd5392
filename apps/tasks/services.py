"""What can be done to tasks: one function a use case."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.tasks import execution, registry
from apps.tasks.context import Actor
from apps.tasks.models import FINISHED, Status, TaskRun
from apps.tasks.queue import execute
from apps.tasks.reporter import OnProgress
from apps.tasks.text import clean, clean_json
from locanext_project import workspaces
from locanext_project.errors import Conflict, Forbidden

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def enqueue(
    *,
    actor: Actor,
    kind: str,
    args: Mapping[str, Any],
    title: _StrOrPromise | None = None,
    subject_kind: str = "",
    subject_id: int | None = None,
    silent: bool = False,
) -> TaskRun:
    """Have a worker run `kind` with `args` (JSON) in this workspace, in the name of `actor`.

    The run and its place in the queue are one transaction with whatever the caller does: nothing
    is started for a change that is rolled back, and no committed run is forgotten. The queue is
    in the run's own database, so that offline work waits for no server and is done on this node.
    `silent` runs are listed but announce nothing. `subject_*` name the thing on whose page the run
    is shown ("file", 12). Raises UnknownTask, and TypeError when `args` are not JSON.
    """
    with workspaces.atomic():
        run = _create(
            actor=actor,
            kind=kind,
            args=args,
            title=title,
            subject_kind=subject_kind,
            subject_id=subject_id,
            silent=silent,
        )
        _hand_over(run)
    return run


def run_here(
    *,
    actor: Actor,
    kind: str,
    args: Mapping[str, Any],
    title: _StrOrPromise | None = None,
    subject_kind: str = "",
    subject_id: int | None = None,
    on_progress: OnProgress | None = None,
) -> TaskRun:
    """Run `kind` in this process, past the queue (commands and scripts); the finished run.

    `on_progress(done, total, step)` hears of every step. Raises as `enqueue`; what the task
    raises is in the run's `error`.
    """
    run = _create(
        actor=actor, kind=kind, args=args, title=title, subject_kind=subject_kind, subject_id=subject_id, silent=False
    )
    return run_now(run.pk, on_progress=on_progress)


def run_now(task_run_id: uuid.UUID | str, *, on_progress: OnProgress | None = None) -> TaskRun:
    """Run a queued run of this workspace in this process; the finished run. Raises Conflict when it is not queued."""
    run = TaskRun.objects.get(pk=task_run_id)
    if run.status != Status.QUEUED:
        raise Conflict(_("This task is not waiting any more."), status=run.status)
    _take_back(run)
    execution.execute(run.pk, run.workspace, on_progress)
    run.refresh_from_db()
    return run


def cancel(*, actor: Actor, task: TaskRun) -> TaskRun:
    """Cancel a run: at once while it waits, at its next step while it runs. For its owner and leads.

    Raises Forbidden, and Conflict when it has finished.
    """
    _may_change(actor, task)
    now = timezone.now()
    with workspaces.atomic():
        fresh = TaskRun.objects.select_for_update().get(pk=task.pk)
        if fresh.status == Status.QUEUED:
            fresh.status, fresh.finished_at, fresh.cancel_requested_at = Status.CANCELLED, now, now
            fresh.save(update_fields=["status", "finished_at", "cancel_requested_at"])
            _take_back(fresh)
        elif fresh.status == Status.RUNNING:
            fresh.cancel_requested_at = fresh.cancel_requested_at or now
            fresh.save(update_fields=["cancel_requested_at"])
        else:
            raise Conflict(_("This task has finished already."), status=fresh.status)
    return fresh


def remove(*, actor: Actor, task: TaskRun) -> None:
    """Remove a finished run of one's own, with its files. Raises Forbidden, and Conflict while it is not finished."""
    if actor.pk != task.owner_id:
        raise Forbidden(_("Only the person who started a task can remove it."))
    with workspaces.atomic():
        fresh = TaskRun.objects.select_for_update().filter(pk=task.pk).first()
        if fresh is None:
            return
        if fresh.status not in FINISHED:
            raise Conflict(_("This task has not finished. Cancel it first."), status=fresh.status)
        fresh.delete()


def requeue(run: TaskRun) -> None:
    """Give a waiting run whose place in the queue was lost a new one (the worker's housekeeping)."""
    with workspaces.atomic():
        if TaskRun.objects.select_for_update().filter(pk=run.pk, status=Status.QUEUED).exists():
            _hand_over(run)


def _create(
    *,
    actor: Actor,
    kind: str,
    args: Mapping[str, Any],
    title: _StrOrPromise | None,
    subject_kind: str,
    subject_id: int | None,
    silent: bool,
) -> TaskRun:
    registered = registry.find(kind)
    arguments = clean_json(dict(args))
    json.dumps(arguments)
    # As it stands in the code: whoever reads it reads it in their own language.
    with translation.override("en"):
        usual = str(registered.title)
    return TaskRun.objects.create(
        kind=kind,
        title=clean(str(title or usual))[:300],
        owner_id=actor.pk,
        owner_name=actor.name[:150],
        workspace=workspaces.current() or workspaces.home(),
        language=translation.get_language() or "",
        args=arguments,
        silent=silent,
        subject_kind=subject_kind,
        subject_id=subject_id,
    )


def _hand_over(run: TaskRun) -> None:
    """A row in the queue of the workspace's database. Call in a transaction."""
    run.queue_id = uuid.UUID(execute.enqueue(str(run.pk), run.workspace).id)
    run.save(update_fields=["queue_id"])


def _take_back(run: TaskRun) -> None:
    """Remove the run's row from the queue where no worker has claimed it."""
    from django_tasks_db.models import DBTaskResult

    if run.queue_id is not None:
        DBTaskResult.objects.ready().filter(pk=run.queue_id).delete()


def _may_change(actor: Actor, task: TaskRun) -> None:
    if actor.pk != task.owner_id and not getattr(actor, "is_lead", False):
        raise Forbidden(_("Only the person who started a task, or a lead, can cancel it."))
