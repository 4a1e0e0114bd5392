"""Task kinds of the tests. Importing this registers them, also in a worker process (see sample_app)."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from apps.tasks import registry, services
from apps.tasks.context import TaskContext
from apps.tasks.models import TaskRun
from locanext_project import workspaces
from locanext_project.errors import Invalid

# What a running task and the test that watches it tell each other.
entered = threading.Event()
proceed = threading.Event()


class PlaceError(ValueError):
    """Shaped like a format's error: a sentence and a place."""

    def __init__(self, message: str, place: str) -> None:
        super().__init__(f"{place}: {message}")
        self.message = message
        self.place = place


@registry.task("tests.add", "Add")
def add(context: TaskContext, a: int, b: int) -> dict[str, Any]:
    context.progress(1, 2, "adding")
    context.note(f"{context.actor.name} adds {a} and {b}")
    context.counts({"terms": 2})
    return {"sum": a + b, "process": os.getpid()}


@registry.task("tests.nothing", "Nothing")
def nothing(context: TaskContext) -> None:
    context.check_cancelled()


@registry.task("tests.ask_the_server", "Ask the server")
def ask_the_server(context: TaskContext) -> dict[str, Any]:
    with workspaces.use(workspaces.SERVER):
        return {"tasks there": TaskRun.objects.count()}


@registry.task("tests.fail", "Fail")
def fail(context: TaskContext, how: str) -> dict[str, Any]:
    context.note("about to fail")
    context.add_file("half.txt", b"half")
    if how == "service":
        raise Invalid("Column H is not in sheet Boss.")
    if how == "format":
        raise PlaceError("This cell holds a formula.", "Boss!H12")
    if how == "exit":
        raise SystemExit(1)
    if how == "not json":
        return {"value": object()}
    raise RuntimeError("secret inner workings \x00")


@registry.task("tests.cancel_itself", "Cancel itself")
def cancel_itself(context: TaskContext, username: str) -> dict[str, Any]:
    """Renames a person in a transaction in the middle of which the owner cancels."""
    from apps.accounts.models import User

    context.add_file("half.txt", b"half")
    with workspaces.atomic():
        User.objects.filter(username=username).update(display_name="Renamed")
        services.cancel(actor=context.actor, task=TaskRun.objects.get(pk=context.task_id))
        context.progress(1, 2)
    raise AssertionError("the cancel request was not noticed")


@registry.task("tests.wait", "Wait")
def wait(context: TaskContext, within_transaction: bool = False) -> dict[str, Any]:
    """Tells progress, then waits for the test; looks for a cancel request all the while."""

    def work() -> None:
        context.progress(5, 10, "halfway")
        context.note("halfway there")
        entered.set()
        deadline = time.monotonic() + 20
        while not proceed.wait(0.02):
            context.check_cancelled()
            assert time.monotonic() < deadline, "the test never said go on"

    if within_transaction:
        with workspaces.atomic():
            TaskRun.objects.filter(pk=context.task_id).exists()
            work()
    else:
        work()
    return {}


@registry.task("tests.file", "File")
def file(context: TaskContext, size: int, name: str = "result.bin") -> dict[str, Any]:
    """Writes `size` bytes that repeat with a period of 251, in uneven parts."""
    pattern = bytes(range(251)) * 4000
    parts = (pattern[: min(len(pattern), size - at)] for at in range(0, size, len(pattern)))
    context.add_file(name, parts, "text/plain")
    return {}


@registry.task("tests.greedy", "Greedy", parses_uploads=True)
def greedy(context: TaskContext, megabytes: int) -> dict[str, Any]:
    return {"bytes": len(bytearray(megabytes * 1024 * 1024))}


@registry.task("tests.sleep", "Sleep")
def sleep(context: TaskContext, seconds: float) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        context.progress(int(seconds - end + time.monotonic()), int(seconds))
        time.sleep(0.02)
    return {"slept": seconds}
