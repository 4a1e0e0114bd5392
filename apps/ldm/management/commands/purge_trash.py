"""Remove from the recycle bin for ever what has been in it long enough. Run it every night."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.ldm.services.tree.purge import purge_condemned
from apps.tm.services.entries.purge import purge_tombstones
from locanext_project import workspaces


class Command(BaseCommand):
    help = (
        "Remove expired entries of the recycle bin, their rows, stored bytes that nothing refers to,"
        " and entries of memories that were deleted 30 days ago."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", choices=workspaces.WORKSPACES, default=workspaces.SERVER)

    def handle(self, *args: Any, **options: Any) -> None:
        with workspaces.use(options["workspace"]):
            removed = purge_condemned()
            forgotten = purge_tombstones()
        self.stdout.write(f"{removed} entries removed, and {forgotten} deleted entries of memories.")
