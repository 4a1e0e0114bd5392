"""Reading tasks: who sees which."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Protocol

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from apps.tasks.models import ACTIVE, Status, TaskFile, TaskRun
from locanext_project.errors import NotFound


class Viewer(Protocol):
    """A person who asks; leads see everybody's tasks."""

    @property
    def pk(self) -> int: ...

    @property
    def is_lead(self) -> bool: ...


def tasks_query(
    *,
    viewer: Viewer,
    everyone: bool = False,
    status: str = "",
    active: bool = False,
    subject_kind: str = "",
    subject_id: int | None = None,
) -> QuerySet[TaskRun]:
    """The viewer's own tasks (a lead's `everyone`: all), unordered, for paging, with their files."""
    tasks = TaskRun.objects.prefetch_related(_complete_files())
    if not (everyone and viewer.is_lead):
        tasks = tasks.filter(owner_id=viewer.pk)
    if status:
        tasks = tasks.filter(status=status)
    if active:
        tasks = tasks.filter(status__in=ACTIVE)
    if subject_kind:
        tasks = tasks.filter(subject_kind=subject_kind)
    if subject_id is not None:
        tasks = tasks.filter(subject_id=subject_id)
    return tasks


def active_tasks(*, viewer: Viewer) -> list[TaskRun]:
    """The viewer's waiting and running tasks, the running first: what the status bar shows."""
    tasks = tasks_query(viewer=viewer, active=True).order_by("created_at", "id")
    return sorted(tasks, key=lambda task: task.status != Status.RUNNING)


def task_by_id(*, viewer: Viewer, task_id: uuid.UUID) -> TaskRun:
    """One task with its files. Raises NotFound, also where it is somebody else's and the viewer no lead."""
    task = tasks_query(viewer=viewer, everyone=True).filter(pk=task_id).first()
    if task is None:
        raise NotFound
    return task


def file_by_id(*, viewer: Viewer, task_id: uuid.UUID, file_id: uuid.UUID) -> TaskFile:
    """A complete result file. Raises NotFound."""
    task = task_by_id(viewer=viewer, task_id=task_id)
    file = TaskFile.objects.filter(pk=file_id, task_id=task.pk, complete=True).first()
    if file is None:
        raise NotFound
    return file


def complete_files(task: TaskRun) -> list[TaskFile]:
    """The task's files that can be downloaded, oldest first."""
    if "files" in getattr(task, "_prefetched_objects_cache", {}):
        return [file for file in task.files.all() if file.complete]
    return list(task.files.filter(complete=True))


def percent(task: TaskRun) -> int | None:
    """0 to 100 of the present step; None where the total is unknown."""
    if task.status == Status.SUCCEEDED:
        return 100
    if not task.total:
        return None
    return max(0, min(100, 100 * task.done // task.total))


def eta_seconds(task: TaskRun, now: datetime | None = None) -> int | None:
    """Seconds the present step still takes at the rate so far; None where that is unknown."""
    if task.status != Status.RUNNING or not task.total or task.measured_at is None or task.heartbeat_at is None:
        return None
    moved = task.done - task.measured_from
    # The rate of what is known: up to the last word from the worker, not up to this moment.
    took = (task.heartbeat_at - task.measured_at).total_seconds()
    if moved <= 0 or took <= 0:
        return None
    waited = ((now or timezone.now()) - task.heartbeat_at).total_seconds()
    return max(0, round((task.total - task.done) * took / moved - waited))


def _complete_files() -> Prefetch[str]:
    return Prefetch("files", queryset=TaskFile.objects.filter(complete=True))
