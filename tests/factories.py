"""People, clients and task runs for tests, made the way the program makes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from locanext_project import workspaces

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from apps.accounts.models import User

PASSWORD = "a-lighthouse-in-the-fog"


def user(*, username: str, role: str = "translator", display_name: str = "", **fields: Any) -> User:
    """A person with the tests' password who need not change it."""
    from apps.accounts.models import User

    person = User(username=username, role=role, display_name=display_name or username.title(), **fields)
    person.set_password(PASSWORD)
    person.save()
    return person


def client_for(person: User | None = None) -> APIClient:
    """An API client, signed in as `person` with a page session (nobody when None)."""
    from rest_framework.test import APIClient

    client = APIClient()
    if person is not None:
        client.force_login(person)
    return client


def run_queued_tasks(limit: int = 1000) -> int:
    """Run queued tasks, oldest first, until none is ready; returns how many ran. Raises past `limit`."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="tests",
        excluded_queue_names=[],
    )
    ran = 0
    while ready := DBTaskResult.objects.ready().first():
        if ran == limit:
            raise AssertionError(f"more than {limit} tasks ran: does one enqueue itself for ever?")
        ready.claim(worker.worker_id)
        worker.run_task(ready)
        ran += 1
    return ran


@contextmanager
def task_worker() -> Iterator[threading.Thread]:
    """A thread that runs queued tasks until the block ends."""
    from django.db import connections

    stop = threading.Event()

    def loop() -> None:
        with workspaces.use(workspaces.SERVER):
            while not stop.wait(0.05):
                run_queued_tasks()
        connections.close_all()

    thread = threading.Thread(target=loop, name="task-worker", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(30)
