"""Count all rows again and repair the counters; exit code 1 where some were wrong."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.ldm.services.tree.recount import recount_all
from locanext_project import workspaces


class Command(BaseCommand):
    help = "Compare the counters of files, folders, projects and platforms with the rows, and repair them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only report")
        parser.add_argument("--workspace", choices=workspaces.WORKSPACES, default=workspaces.SERVER)

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        with workspaces.use(options["workspace"]):
            for one in recount_all(repair=not options["dry_run"]):
                wrong += 1
                self.stdout.write(
                    f"{one.kind} {one.id} {one.name}: {one.column} was {one.stored}, counted {one.counted}"
                )
        if wrong:
            done = "found" if options["dry_run"] else "repaired"
            raise CommandError(f"{wrong} wrong counters {done}.", returncode=1)
        self.stdout.write("Every counter is right.")
