"""`manage.py worker`: runs the queued tasks of this node."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.tasks import worker


class Command(BaseCommand):
    help = "Run the queued tasks of every workspace of this node. Ctrl+C ends it after the running task."
    # They import every page; whoever starts a worker has started the server, which runs them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=0.2, help="seconds between two looks at an empty queue")
        parser.add_argument("--until-empty", action="store_true", help="end when no task is ready")
        parser.add_argument("--parent", type=int, metavar="PID", help="end when this process is gone")

    def handle(self, *args: Any, **options: Any) -> None:
        worker.work(
            interval=max(0.01, options["interval"]), until_empty=options["until_empty"], parent=options["parent"]
        )
