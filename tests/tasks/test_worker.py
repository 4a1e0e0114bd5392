"""The real worker, as a process of its own, on a database file of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections

from apps.tasks import services, stopping
from apps.tasks.models import Status, TaskRun
from apps.tasks.worker import QueueWorker
from locanext_project import workspaces
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def node(tmp_path):
    """A desktop: one SQLite file as `default`, made from the offline test database with what is in it."""

    class Node:
        file = tmp_path / "locanext.sqlite3"

        def enqueue(self, kind, **args):
            with workspaces.use(workspaces.OFFLINE):
                person = factories.user(username=f"person{TaskRun.objects.count()}")
                return services.enqueue(actor=person, kind=kind, args=args)

        def copy(self):
            connections["offline"].close()
            with (
                closing(sqlite3.connect(connections["offline"].settings_dict["NAME"])) as source,
                closing(sqlite3.connect(self.file)) as target,
            ):
                source.backup(target)

        def start(self, *arguments, copy=True):
            if copy:
                self.copy()
            environment = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.tasks.worker_settings",
                "LOCANEXT_DATA": str(tmp_path),
                "LOCANEXT_ENV_FILE": "none",
                "DATABASE_TYPE": "sqlite",
            }
            return subprocess.Popen(
                [sys.executable, "manage.py", "worker", *arguments],
                cwd=ROOT,
                env=environment,
                stderr=subprocess.PIPE,
                text=True,
            )

        def fetch(self, run, column):
            with closing(sqlite3.connect(self.file, timeout=20)) as connection:
                sql = f"SELECT {column} FROM tasks_taskrun WHERE id = ?"
                return connection.execute(sql, [run.pk.hex]).fetchone()[0]

        def wait(self, worker, run, status):
            deadline = time.monotonic() + 20
            while self.fetch(run, "status") != status:
                assert worker.poll() is None, worker.communicate()
                assert time.monotonic() < deadline, f"still {self.fetch(run, 'status')}"
                time.sleep(0.05)

    return Node()


def ended(process, status=0):
    _out, errors = process.communicate(timeout=30)
    assert process.returncode == status, errors
    return errors


def test_a_worker_process_does_what_is_queued(node):
    added = node.enqueue("tests.add", a=20, b=22)
    failing = node.enqueue("tests.fail", how="crash")
    parsed = node.enqueue("tests.greedy", megabytes=1)
    worker = node.start("--until-empty")
    ended(worker)
    assert [node.fetch(run, "status") for run in (added, failing, parsed)] == ["succeeded", "failed", "succeeded"]
    result = node.fetch(added, "result")
    assert '"sum": 42' in result and f'"process": {worker.pid}' in result
    assert "secret inner workings" in node.fetch(failing, "error_detail")


def test_ctrl_c_lets_the_running_task_finish(node):
    first, second = node.enqueue("tests.sleep", seconds=1.0), node.enqueue("tests.add", a=1, b=1)
    worker = node.start()
    node.wait(worker, first, "running")
    worker.send_signal(signal.SIGTERM)
    ended(worker)
    assert node.fetch(first, "status") == "succeeded"
    assert node.fetch(second, "status") == "queued"


@pytest.mark.slow
def test_a_second_ctrl_c_ends_it_now(node):
    run = node.enqueue("tests.sleep", seconds=60.0)
    worker = node.start()
    node.wait(worker, run, "running")
    worker.send_signal(signal.SIGINT)
    time.sleep(0.5)
    worker.send_signal(signal.SIGINT)
    ended(worker)
    assert node.fetch(run, "status") == "failed"
    assert "worker was stopped" in node.fetch(run, "error")


@pytest.mark.slow
def test_a_task_that_does_not_end_in_time_fails(node):
    run = node.enqueue("tests.sleep", seconds=60.0)
    worker = node.start()
    node.wait(worker, run, "running")
    begin = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    ended(worker)
    assert stopping.GRACE_SECONDS - 1 < time.monotonic() - begin < stopping.GRACE_SECONDS + 5
    assert "worker was stopped" in node.fetch(run, "error")


@pytest.mark.slow
def test_a_worker_ends_with_its_parent(node):
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run = node.enqueue("tests.add", a=1, b=1)
    worker = node.start("--parent", str(parent.pid))
    node.wait(worker, run, "succeeded")
    assert worker.poll() is None
    parent.communicate(b"\n", timeout=10)
    ended(worker)


@pytest.mark.slow
def test_the_next_worker_gives_up_what_a_killed_one_left(node):
    run, next_run = node.enqueue("tests.sleep", seconds=60.0), node.enqueue("tests.add", a=1, b=1)
    worker = node.start()
    node.wait(worker, run, "running")
    worker.kill()
    worker.communicate(timeout=10)
    with closing(sqlite3.connect(node.file, timeout=20)) as connection, connection:
        connection.execute(
            "UPDATE tasks_taskrun SET heartbeat_at = datetime('now', '-61 seconds') WHERE id = ?", [run.pk.hex]
        )
    worker = node.start("--until-empty", copy=False)
    ended(worker)
    assert node.fetch(run, "status") == "failed"
    assert node.fetch(run, "error") == "The worker that ran this task is gone. Start the task again."
    assert node.fetch(next_run, "status") == "succeeded"


def test_one_worker_serves_every_workspace_of_its_node():
    runs = {}
    for workspace in workspaces.WORKSPACES:
        with workspaces.use(workspace):
            person = factories.user(username="person")
            runs[workspace] = [
                services.enqueue(actor=person, kind="tests.add", args={"a": 1, "b": n}) for n in range(3)
            ]
    QueueWorker(interval=0.01, until_empty=True).run()
    for workspace in workspaces.WORKSPACES:
        with workspaces.use(workspace):
            done = TaskRun.objects.filter(status=Status.SUCCEEDED)
            assert {run.pk for run in done} == {run.pk for run in runs[workspace]}


def test_a_database_out_of_reach_does_not_stop_the_other(monkeypatch, caplog):
    from django.db import OperationalError

    from apps.tasks import maintenance

    for workspace in workspaces.WORKSPACES:
        with workspaces.use(workspace):
            services.enqueue(actor=factories.user(username="person"), kind="tests.add", args={"a": 1, "b": 1})
    recover = maintenance.recover

    def out_of_reach():
        if workspaces.current() == workspaces.SERVER:
            raise OperationalError("no route to host")
        return recover()

    monkeypatch.setattr(maintenance, "recover", out_of_reach)
    QueueWorker(interval=0.01, until_empty=True).run()
    assert "no route to host" in caplog.text
    assert TaskRun.objects.get().status == Status.QUEUED
    with workspaces.use(workspaces.OFFLINE):
        assert TaskRun.objects.get().status == Status.SUCCEEDED


def test_a_desktops_worker_leaves_no_connection_to_the_server_behind(settings):
    settings.PROFILE = "desktop"
    with workspaces.use(workspaces.OFFLINE):
        services.enqueue(actor=factories.user(username="person"), kind="tests.ask_the_server", args={})
    QueueWorker(interval=0.01, until_empty=True).run()
    assert connections["default"].connection is None
    with workspaces.use(workspaces.OFFLINE):
        assert TaskRun.objects.get().result["tasks there"] == 0
