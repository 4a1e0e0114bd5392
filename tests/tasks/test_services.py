"""Enqueueing, running, cancelling and failing, on the real database of each workspace."""

from __future__ import annotations

from apps.tasks import registry, services
from apps.tasks.models import Status


@registry.task("tests.add", "Add")
def add(context, a, b):
    context.progress(1, 2, "adding")
    return {"sum": a + b}


def test_a_queued_task_runs(translator, run_tasks):
    run = services.enqueue(actor=translator, kind="tests.add", args={"a": 1, "b": 2})
    assert run_tasks() == 1
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED
    assert run.result == {"sum": 3}
