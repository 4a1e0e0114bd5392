"""The one entry point django-tasks knows: everything long is a TaskRun that this starts."""

from __future__ import annotations

from django_tasks import task


@task
def execute(task_run_id: str, workspace: str) -> str:
    """Run a queued TaskRun of a workspace; its status afterwards. What the task raises is kept in the run."""
    from apps.tasks import execution

    return execution.execute(task_run_id, workspace)
