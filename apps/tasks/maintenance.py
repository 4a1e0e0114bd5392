"""Keeping the list of runs true and short: lost workers, lost places in the queue, old runs and files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from apps.tasks import execution, processes, services
from apps.tasks.models import FINISHED, Status, TaskFile, TaskRun
from locanext_project import workspaces

STALE = timedelta(seconds=60)
# A process with the right number that gives no sign of life for so long is another one, or hangs.
HOPELESS = timedelta(minutes=10)
KEEP_RUNS = timedelta(days=30)
KEEP_FILES = timedelta(days=7)
BATCH = 200


@dataclass(frozen=True)
class Recovered:
    """How many runs were given up, and how many got a new place in the queue."""

    failed: int
    requeued: int


def recover() -> Recovered:
    """Give up running tasks whose worker is gone, and queue waiting ones again whose place was lost."""
    now = timezone.now()
    failed = 0
    for run in TaskRun.objects.filter(status=Status.RUNNING, heartbeat_at__lt=now - STALE)[:BATCH]:
        if _worker_is_gone(run, now):
            failed += _give_up(run, now)
    requeued = 0
    for run in TaskRun.objects.filter(status=Status.QUEUED, created_at__lt=now - STALE).order_by("created_at")[:BATCH]:
        if _place_is_lost(run, now):
            services.requeue(run)
            requeued += 1
    return Recovered(failed, requeued)


def _worker_is_gone(run: TaskRun, now: datetime) -> bool:
    """Whether nobody is at work on a run that gave no sign of life for a while (it may also have slept)."""
    host, _colon, rest = run.worker.partition(":")
    here, _colon, _rest = execution.worker_name().partition(":")
    pid = rest.partition(":")[0]
    if host != here or not pid.isdecimal():
        return True
    if run.worker == execution.worker_name():
        return run.pk not in execution.active
    if int(pid) == os.getpid() or not processes.is_running(int(pid)):
        return True
    return run.heartbeat_at is not None and run.heartbeat_at < now - HOPELESS


def _give_up(run: TaskRun, now: datetime) -> int:
    """Mark it failed (cancelled, where that was asked for); 0 when it gave a sign of life meanwhile."""
    if run.cancel_requested_at is not None:
        outcome: dict[str, str] = {"status": Status.CANCELLED}
    else:
        with translation.override(run.language or None):
            sentence = _("The worker that ran this task is gone. Start the task again.")
        outcome = {"status": Status.FAILED, "error": sentence}
    with workspaces.atomic():
        changed = TaskRun.objects.filter(
            pk=run.pk, status=Status.RUNNING, worker=run.worker, heartbeat_at__lt=now - STALE
        ).update(**outcome, finished_at=now)
        if changed:
            TaskFile.objects.filter(task_id=run.pk).delete()
            if run.queue_id is not None:
                place = DBTaskResult.objects.filter(pk=run.queue_id, status=TaskResultStatus.RUNNING)
                place.update(status=TaskResultStatus.FAILED, finished_at=now)
    return changed


def _place_is_lost(run: TaskRun, now: datetime) -> bool:
    """Whether no worker will find this waiting run: its worker died between claiming and starting it."""
    place = DBTaskResult.objects.filter(pk=run.queue_id).first() if run.queue_id else None
    if place is None:
        return True
    if place.status == TaskResultStatus.RUNNING:
        return place.started_at is None or place.started_at < now - STALE
    return place.status != TaskResultStatus.READY


@dataclass(frozen=True)
class Pruned:
    """How many runs and result files were removed."""

    runs: int
    files: int


def prune() -> Pruned:
    """Remove result files after KEEP_FILES, runs after KEEP_RUNS, and what they left in the queue."""
    now = timezone.now()
    files = _delete(
        TaskFile,
        Q(created_at__lt=now - KEEP_FILES, task__status__in=FINISHED) | Q(task__finished_at__lt=now - KEEP_RUNS),
    )
    runs = _delete(TaskRun, Q(status__in=FINISHED, finished_at__lt=now - KEEP_RUNS))
    _delete(DBTaskResult, Q(finished_at__lt=now - KEEP_FILES))
    return Pruned(runs, files)


def _delete(model: type[TaskRun] | type[TaskFile] | type[DBTaskResult], condition: Q) -> int:
    """Delete in batches, so that nobody who writes waits long; how many."""
    removed = 0
    while keys := list(model.objects.filter(condition).order_by().values_list("pk", flat=True)[:BATCH]):
        with workspaces.atomic():
            model.objects.filter(pk__in=keys).delete()
        removed += len(keys)
    return removed
