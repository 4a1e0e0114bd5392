"""Runs whose worker is gone, runs nobody would start, and what is old."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from apps.tasks import execution, files, maintenance, processes, services
from apps.tasks.models import Status, TaskFile, TaskFileChunk, TaskRun
from locanext_project import workspaces
from tests.factories import run_queued_tasks

HOST = socket.gethostname()[:60]


@pytest.fixture(scope="module")
def dead_pid():
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def started(person, worker, silent_for, **fields):
    """A run that `worker` claimed and last gave a sign of life for `silent_for` seconds ago."""
    run = services.enqueue(actor=person, kind="tests.add", args={"a": 1, "b": 1})
    DBTaskResult.objects.get(pk=run.queue_id).claim("someone")
    then = timezone.now() - timedelta(seconds=silent_for)
    TaskRun.objects.filter(pk=run.pk).update(
        status=Status.RUNNING, worker=worker, heartbeat_at=then, started_at=then, **fields
    )
    return run


def outcome(run):
    maintenance.recover()
    run.refresh_from_db()
    return run.status


def test_a_run_without_its_worker_fails(person, dead_pid):
    run = started(person, f"{HOST}:{dead_pid}:abc", 61)
    files.store(run.pk, "half.txt", b"half", alias=workspaces.alias())
    assert outcome(run) == Status.FAILED
    assert run.error == "The worker that ran this task is gone. Start the task again."
    assert run.finished_at is not None
    assert not TaskFile.objects.exists()
    assert DBTaskResult.objects.get(pk=run.queue_id).status == "FAILED"


def test_the_cancelled_one_is_cancelled(person, dead_pid):
    assert outcome(started(person, f"{HOST}:{dead_pid}:abc", 61, cancel_requested_at=timezone.now())) == "cancelled"


@pytest.mark.parametrize(
    ("host", "pid", "silent_for", "status"),
    [
        (HOST, "dead", 50, "running"),  # it may only be slow to tell
        (HOST, "parent", 61, "running"),  # lives, and has slept perhaps
        (HOST, "parent", 601, "failed"),  # another process has the number by now
        (HOST, "own", 61, "failed"),  # this process is not that worker
        ("another-host", "parent", 50, "running"),
        ("another-host", "parent", 61, "failed"),
    ],
)
def test_who_counts_as_gone(translator, dead_pid, host, pid, silent_for, status):
    number = {"dead": dead_pid, "parent": os.getppid(), "own": os.getpid()}[pid]
    assert outcome(started(translator, f"{host}:{number}:abc", silent_for)) == status


def test_this_process_knows_its_own_runs(translator):
    run = started(translator, execution.worker_name(), 3600)
    execution.active.add(run.pk)
    try:
        assert outcome(run) == Status.RUNNING
    finally:
        execution.active.discard(run.pk)
    assert outcome(run) == Status.FAILED


def test_a_waiting_run_that_lost_its_place_is_queued_again(person):
    lost, claimed, fresh, waiting = [
        services.enqueue(actor=person, kind="tests.add", args={"a": 1, "b": 1}) for _ in range(4)
    ]
    DBTaskResult.objects.filter(pk__in=[lost.queue_id, fresh.queue_id]).delete()
    DBTaskResult.objects.get(pk=claimed.queue_id).claim("a worker that died then")
    long_ago = timezone.now() - timedelta(minutes=5)
    DBTaskResult.objects.filter(pk=claimed.queue_id).update(started_at=long_ago)
    TaskRun.objects.exclude(pk=fresh.pk).update(created_at=long_ago)
    assert maintenance.recover() == maintenance.Recovered(failed=0, requeued=2)
    assert maintenance.recover().requeued == 0
    assert run_queued_tasks() == 3
    assert set(TaskRun.objects.filter(status=Status.SUCCEEDED).values_list("pk", flat=True)) == {
        lost.pk,
        claimed.pk,
        waiting.pk,
    }


def test_old_runs_and_files_go(person):
    def made(age_days, status=Status.SUCCEEDED):
        run = services.run_here(actor=person, kind="tests.file", args={"size": 5})
        then = timezone.now() - timedelta(days=age_days)
        TaskRun.objects.filter(pk=run.pk).update(finished_at=then, created_at=then, status=status)
        TaskFile.objects.filter(task_id=run.pk).update(created_at=then)
        return run.pk

    month, week, day = made(31), made(8), made(6)
    running = made(31, Status.RUNNING)
    TaskRun.objects.filter(pk=running).update(finished_at=None)
    assert maintenance.prune() == maintenance.Pruned(runs=1, files=2)
    assert set(TaskRun.objects.values_list("pk", flat=True)) == {week, day, running} != {month}
    assert set(TaskFile.objects.values_list("task_id", flat=True)) == {day, running}
    assert TaskFileChunk.objects.count() == 2
    assert maintenance.prune() == maintenance.Pruned(0, 0)


def test_the_queue_does_not_grow_for_ever(person):
    services.enqueue(actor=person, kind="tests.add", args={"a": 1, "b": 1})
    run_queued_tasks()
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=8))
    services.enqueue(actor=person, kind="tests.add", args={"a": 1, "b": 1})
    maintenance.prune()
    assert [row.status for row in DBTaskResult.objects.all()] == ["READY"]


def test_processes(dead_pid):
    assert processes.is_running(os.getpid())
    assert not processes.is_running(dead_pid)
    assert not processes.is_running(0)
    assert not processes.is_running(-1)
