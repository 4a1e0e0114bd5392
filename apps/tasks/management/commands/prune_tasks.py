"""`manage.py prune_tasks`: removes finished tasks after 30 days and their files after 7."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.tasks import maintenance
from apps.tasks.worker import node_workspaces
from locanext_project import workspaces


class Command(BaseCommand):
    help = "Remove finished tasks after 30 days and their files after 7. The worker does this once an hour."

    def handle(self, *args: Any, **options: Any) -> None:
        for workspace in node_workspaces():
            with workspaces.use(workspace):
                removed = maintenance.prune()
            self.stdout.write(f"{workspace}: removed {removed.runs} tasks and {removed.files} files")
