"""Running pieces of work at the same time, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from django.db import connections

from locanext_project import workspaces


def run_all(works: Sequence[Callable[[], object]], seconds: float = 120) -> list[BaseException]:
    """Run each in a thread to its end; what they raised. Fails when one hangs."""
    problems: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            with workspaces.use(workspaces.SERVER):
                work()
        except BaseException as error:  # noqa: BLE001 (handed to the test)
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "somebody still waits"
    return problems
