"""What others see and do while a task runs, through connections of their own."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connections

from apps.tasks import execution, reporter, selectors, services
from apps.tasks.models import Status, TaskRun
from locanext_project import workspaces
from tests import factories
from tests.tasks import kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("signals")]


@pytest.fixture
def running():
    """`running(run)` executes a run in a thread, as a worker would; joined at the end."""
    threads = []

    def start(run):
        def work():
            try:
                execution.execute(run.pk, run.workspace)
            finally:
                connections.close_all()

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        assert kinds.entered.wait(10)
        return threads[-1]

    yield start
    kinds.proceed.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def eventually(run, condition):
    """The run, re-read until the condition holds (10 s)."""
    deadline = time.monotonic() + 10
    while True:
        run.refresh_from_db()
        if condition(run):
            return run
        assert time.monotonic() < deadline, f"never happened; last: {run.__dict__}"
        time.sleep(0.02)


def enqueue(**args):
    return services.enqueue(actor=factories.user(username="person"), kind="tests.wait", args=args)


@pytest.mark.parametrize("workspace", workspaces.WORKSPACES)
def test_progress_is_seen_by_others_while_the_task_runs(workspace, running):
    with workspaces.use(workspace):
        run = enqueue()
        running(run)
        eventually(run, lambda run: run.done == 5)
        assert (run.status, run.total, run.step) == (Status.RUNNING, 10, "halfway")
        eventually(run, lambda run: "log" in run.result)
        assert run.result["log"][0].endswith("halfway there")
        assert selectors.percent(run) == 50
        kinds.proceed.set()
        assert eventually(run, lambda run: run.is_finished).status == Status.SUCCEEDED


@pytest.mark.postgres
def test_progress_is_seen_while_the_task_holds_a_transaction(running):
    run = enqueue(within_transaction=True)
    running(run)
    assert eventually(run, lambda run: run.done == 5).status == Status.RUNNING


def test_cancelling_a_running_task(running):
    run = enqueue()
    thread = running(run)
    asked = services.cancel(actor=factories.user(username="lead", role="lead"), task=run)
    assert asked.status == Status.RUNNING and asked.cancel_requested_at is not None
    thread.join(10)
    run.refresh_from_db()
    assert (run.status, run.error) == (Status.CANCELLED, "")


def test_a_task_without_progress_gives_signs_of_life(running, monkeypatch):
    monkeypatch.setattr(reporter, "HEARTBEAT_SECONDS", 0.1)
    run = enqueue()
    running(run)
    first = eventually(run, lambda run: run.done == 5).heartbeat_at
    assert eventually(run, lambda run: run.heartbeat_at > first)


def test_a_run_is_executed_once_however_many_claim_it(running):
    run = enqueue()
    running(run)
    assert execution.execute(run.pk, run.workspace) == Status.RUNNING
    assert TaskRun.objects.get(pk=run.pk).status == Status.RUNNING
