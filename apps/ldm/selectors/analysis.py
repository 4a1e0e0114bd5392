"""Analyses that were made: each is the result of a task, kept with it."""

from __future__ import annotations

import uuid

from apps.tasks.models import TaskRun
from apps.tasks.selectors import Viewer, task_by_id
from locanext_project.errors import NotFound

KIND = "ldm.analysis"


def get_analysis(viewer: Viewer, task_id: uuid.UUID) -> TaskRun:
    """The task of an analysis, for its owner and leads. Raises NotFound, also for other kinds of tasks."""
    task = task_by_id(viewer=viewer, task_id=task_id)
    if task.kind != KIND:
        raise NotFound
    return task
