"""`manage.py check_file --file ID`: run the checks over files, past the queue, and say what they find."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.ldm.models import File
from apps.ldm.services.checks import whole_file
from locanext_project import workspaces


class Command(BaseCommand):
    help = "Check what changed in files since they were checked last; prints the open findings."

    def add_arguments(self, parser: CommandParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--file", type=int, action="append", metavar="ID", help="may be repeated")
        where.add_argument("--project", type=int, metavar="ID")
        where.add_argument("--all", action="store_true", help="every file that is not in the recycle bin")
        parser.add_argument("--everything", action="store_true", help="rows that were checked before, too")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--workspace", choices=workspaces.WORKSPACES, default=workspaces.SERVER)

    def handle(self, *args: Any, **options: Any) -> None:
        lines: list[dict[str, Any]] = []
        with workspaces.use(options["workspace"]):
            for file in self._files(options):
                done = whole_file.check_file(file.pk, everything=options["everything"])
                lines.append({"id": file.pk, "name": file.name, **done})
                if not options["json"]:
                    kinds = ", ".join(f"{kind} {count}" for kind, count in done["by_kind"].items())
                    checked = f"{done['rows']} rows checked, {done['findings']} findings open"
                    self.stdout.write(f"{file.pk}\t{file.name}\t{checked}" + (f" ({kinds})" if kinds else ""))
        if options["json"]:
            self.stdout.write(json.dumps(lines, ensure_ascii=False, indent=2))

    @staticmethod
    def _files(options: dict[str, Any]) -> list[File]:
        live = File.objects.filter(trash__isnull=True).order_by("pk")
        if options["all"]:
            return list(live)
        if options["project"] is not None:
            return list(live.filter(project_id=options["project"]))
        found = list(live.filter(pk__in=options["file"]))
        if missing := set(options["file"]) - {file.pk for file in found}:
            raise CommandError(f"There is no file {min(missing)}.")
        return found
