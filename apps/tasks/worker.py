"""The worker's loop: serves the queue of every workspace of this node, and keeps house in between."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from types import FrameType

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction, is_locked_database_exception

from apps.tasks import execution, maintenance, processes, stopping
from locanext_project import workspaces
from locanext_project.sqlite_checkpoint import checkpoint

logger = logging.getLogger(__name__)

RECOVER_SECONDS = 30.0
PRUNE_SECONDS = 3600.0
CHECKPOINT_SECONDS = 5.0
UNREACHABLE_SECONDS = 5.0
PARENT_SECONDS = 1.0
KILL_SECONDS = 5.0


def node_workspaces() -> list[str]:
    """The workspaces whose tasks are worked here: one for each database of this node.

    A desktop works its own only, also where it reaches the server's database: the server's tasks are for machines
    that stay on, and in offline mode nothing goes out.
    """
    if settings.PROFILE == "desktop":
        return [workspaces.OFFLINE]
    both = workspaces.OFFLINE_ALIAS in settings.DATABASES
    return [workspaces.SERVER, workspaces.OFFLINE] if both else [workspaces.home()]


class QueueWorker(Worker):
    """django-tasks' worker with another loop.

    Each database has its own queue, so that work in the offline workspace neither waits for the
    server nor is taken by another node. A database that cannot be reached is tried again later
    while the other is served. An empty queue is looked at without a lock.
    """

    def __init__(self, *, interval: float, until_empty: bool = False) -> None:
        super().__init__(
            queue_names=["*"],
            interval=interval,
            batch=until_empty,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=execution.worker_name()[-64:],
            excluded_queue_names=[],
        )
        self._recover_at: dict[str, float] = {}
        self._prune_at: dict[str, float] = {}
        self._checkpoint_at: dict[str, float] = {}
        self._retry_at: dict[str, float] = {}

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """First signal: finish, within stopping.GRACE_SECONDS. Second: end now; the running task fails."""
        if not self.running:
            self.reset_signals()
            sys.exit(1)
        logger.info("The worker was told to end.")
        self.running = False
        stopping.ask()

    def run(self) -> None:
        """Work until told to end (or, with `until_empty`, until every queue is empty)."""
        logger.info("Worker %s serves: %s", self.worker_id, ", ".join(node_workspaces()))
        while self.running:
            busy = False
            for workspace in node_workspaces():
                if self.running and time.monotonic() >= self._retry_at.get(workspace, 0.0):
                    busy = self._serve(workspace) or busy
            if busy:
                continue
            if self.batch:
                return
            if self.running:
                time.sleep(self.interval)

    def _serve(self, workspace: str) -> bool:
        """Do one task of a workspace, if there is one; whether there was."""
        with workspaces.use(workspace):
            try:
                self._keep_house(workspace)
                claimed = self._claim()
                if claimed is not None:
                    self.run_task(claimed)
                    leave_others()
                return claimed is not None
            except (OperationalError, InterfaceError) as error:
                logger.warning("The database of the %s workspace cannot be reached: %s", workspace, error)
                connections[workspaces.alias()].close()
                self._retry_at[workspace] = time.monotonic() + UNREACHABLE_SECONDS
                return False

    def _claim(self) -> DBTaskResult | None:
        """The next ready task of the current workspace, marked as this worker's."""
        ready = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        if not ready.exists():
            return None
        try:
            with exclusive_transaction(workspaces.alias()):
                task = ready.all().get_locked()
                if task is not None:
                    task.claim(self.worker_id)
                return task
        except OperationalError as error:
            if is_locked_database_exception(error):
                return None
            raise

    def _keep_house(self, workspace: str) -> None:
        now = time.monotonic()
        if now >= self._recover_at.get(workspace, 0.0):
            self._recover_at[workspace] = now + RECOVER_SECONDS
            # A connection is kept for a while, not for ever.
            connections[workspaces.alias()].close_if_unusable_or_obsolete()
            found = maintenance.recover()
            if found.failed or found.requeued:
                logger.warning("%d tasks had lost their worker, %d their place", found.failed, found.requeued)
        if now >= self._checkpoint_at.get(workspace, 0.0):
            self._checkpoint_at[workspace] = now + CHECKPOINT_SECONDS
            checkpoint(workspaces.alias())
        if now >= self._prune_at.get(workspace, 0.0):
            self._prune_at[workspace] = now + PRUNE_SECONDS
            maintenance.prune()


def leave_others() -> None:
    """Close what a task opened to a database whose tasks are not worked here.

    A desktop's task may ask the server's database. In between nothing stays open there: it would outlast the wish to
    be online.
    """
    own = {workspaces.alias_of(workspace) for workspace in node_workspaces()}
    for connection in connections.all(initialized_only=True):
        if connection.alias not in own:
            connection.close()


def end_with(parent: int) -> None:
    """Have this process end, gracefully, when the process `parent` is gone."""

    def watch() -> None:
        while processes.is_running(parent):
            time.sleep(PARENT_SECONDS)
        logger.info("Process %d is gone: this worker ends with it.", parent)
        if os.name == "nt":
            signal.raise_signal(signal.SIGTERM)
        else:
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(stopping.GRACE_SECONDS + KILL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def work(*, interval: float, until_empty: bool = False, parent: int | None = None) -> None:
    """Run a worker in this process until it is told to end."""
    worker = QueueWorker(interval=interval, until_empty=until_empty)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    worker.configure_signals()
    if parent is not None:
        end_with(parent)
    try:
        with workspaces.use(workspaces.home()):
            worker.run()
    finally:
        stopping.withdraw()
        for number, handler in before.items():
            with contextlib.suppress(TypeError):  # a handler that C code set cannot be set again
                signal.signal(number, handler)
