"""What ends a run before its own end."""

from __future__ import annotations


class TaskCancelled(Exception):  # noqa: N818 (an outcome that was asked for)
    """Somebody asked to cancel this run. Let it pass: open transactions roll back."""


class WorkerStopped(Exception):  # noqa: N818 (an outcome that was asked for)
    """The worker was told to end and this run did not finish in time. Let it pass."""
