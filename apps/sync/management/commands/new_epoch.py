"""After a backup was put back: have every desktop fetch its copies anew."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.sync.server import epoch
from locanext_project import workspaces


class Command(BaseCommand):
    help = "Begin a new epoch after a backup was restored: desktops fetch their copies anew and send what they have."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--skip", type=int, default=epoch.SKIPPED, help="ids that are never given out (made after the backup)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with workspaces.use(workspaces.SERVER):
            begun = epoch.renew(skipped=max(0, options["skip"]))
        self.stdout.write(f"A new epoch began: {begun}")
