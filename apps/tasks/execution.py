"""Runs one TaskRun from claim to outcome, in whichever process that happens."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import time
import traceback
import uuid
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.tasks import registry
from apps.tasks.context import TaskContext
from apps.tasks.errors import TaskCancelled, WorkerStopped
from apps.tasks.limits import limited
from apps.tasks.models import Status, TaskFile, TaskRun
from apps.tasks.reporter import OnProgress, Reporter
from apps.tasks.text import clean, clean_json
from locanext_project import workspaces
from locanext_project.said import said_with_place

logger = logging.getLogger(__name__)

_token = secrets.token_hex(8)
# Runs this process is at work on; a run that names this process and is not here was abandoned.
active: set[uuid.UUID] = set()


def worker_name() -> str:
    """host:process:random; a forked child is a process of its own."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{_token}"


def execute(task_run_id: uuid.UUID | str, workspace: str, on_progress: OnProgress | None = None) -> str:
    """Claim a queued run, do it, record the outcome; the status afterwards ("" when the run is gone).

    A run that is not queued any more (cancelled, or claimed by another process) is left alone.
    """
    with workspaces.use(workspace):
        alias = workspaces.alias()
        now = timezone.now()
        name = worker_name()
        claimed = (
            TaskRun.objects.using(alias)
            .filter(pk=task_run_id, status=Status.QUEUED)
            .update(status=Status.RUNNING, worker=name, started_at=now, heartbeat_at=now, measured_at=now)
        )
        run = TaskRun.objects.using(alias).filter(pk=task_run_id).first()
        if run is None or not claimed:
            return "" if run is None else run.status
        active.add(run.pk)
        try:
            with translation.override(run.language or None):
                return _work(run, alias, on_progress)
        finally:
            active.discard(run.pk)


def _work(run: TaskRun, alias: str, on_progress: OnProgress | None) -> str:
    reporter = Reporter(run, alias, on_progress)
    outcome: dict[str, Any]
    interruption: BaseException | None = None
    try:
        with reporter:
            result = _call(run, TaskContext(run, reporter))
        outcome = {"status": Status.SUCCEEDED, "result": result | reporter.notes()}
    except BaseException as error:  # noqa: BLE001 (whatever it is, the run gets an outcome; exits go on below)
        outcome = _outcome_of(run, error) | {"result": reporter.notes()}
        if not isinstance(error, Exception):
            interruption = error
    status = _finish(run, alias, reporter.pending() | outcome)
    if interruption is not None:
        raise interruption
    return status


def _call(run: TaskRun, context: TaskContext) -> dict[str, Any]:
    """The registered function's result as JSON. Raises what it raises, TypeError when it is not JSON."""
    kind = registry.find(run.kind)
    if kind.parses_uploads:
        with limited():
            result = kind.run(context, **run.args)
    else:
        result = kind.run(context, **run.args)
    cleaned = clean_json(result or {})
    json.dumps(cleaned)
    return dict(cleaned)


def _outcome_of(run: TaskRun, error: BaseException) -> dict[str, Any]:
    """Status, sentence and traceback of a run that did not come to its own end."""
    if isinstance(error, TaskCancelled):
        return {"status": Status.CANCELLED}
    detail = ""
    if isinstance(error, registry.UnknownTask):
        sentence = _("The worker does not know this kind of task. It may be an older version; restart it.")
        detail = str(error)
    elif isinstance(error, WorkerStopped) or not isinstance(error, Exception):
        sentence = _("The worker was stopped while this task ran. Start the task again.")
    elif isinstance(error, MemoryError):
        sentence = _("This task needs more memory than there is.")
        detail = _traceback(error)
    elif isinstance(message := getattr(error, "message", None), str) and message:
        # Service and format errors carry a sentence for people; a format's names the place first.
        sentence = said_with_place(message, getattr(error, "place", ""))
    else:
        sentence = _("Something went wrong inside the program. An administrator can see the details of this task.")
        detail = _traceback(error)
        logger.error("Task %s %s failed", run.kind, run.pk, exc_info=error)
    return {"status": Status.FAILED, "error": clean(sentence), "error_detail": clean(detail)}


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-20000:]


def _finish(run: TaskRun, alias: str, values: dict[str, Any]) -> str:
    """Write the outcome; files of a run without success go. Raises after three attempts in vain."""
    for attempt in (1, 2, 3):
        try:
            now = timezone.now()
            with workspaces.atomic(alias):
                if values["status"] != Status.SUCCEEDED:
                    TaskFile.objects.using(alias).filter(task_id=run.pk).delete()
                # Also where the run was given up meanwhile (its sign of life came late): this is the truth.
                TaskRun.objects.using(alias).filter(pk=run.pk, worker=run.worker).update(
                    **{"error": "", "error_detail": ""} | values, finished_at=now, heartbeat_at=now
                )
            return str(values["status"])
        except (OperationalError, InterfaceError):
            if attempt == 3 or connections[alias].in_atomic_block:
                raise
            connections[alias].close()
            time.sleep(attempt)
    raise AssertionError("unreachable")
