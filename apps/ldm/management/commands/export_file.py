"""`manage.py export_file ID OUT`: write a file's bytes, or its bilingual sheet, to disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.formats import FormatError
from apps.ldm.models import Status
from apps.ldm.selectors.rows import statuses
from apps.ldm.services.files import bilingual_sheet
from apps.ldm.services.files.export_file import export_file
from locanext_project import workspaces
from locanext_project.errors import ServiceError


class Command(BaseCommand):
    help = "Export a file as its original, or as a bilingual sheet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=int, metavar="ID")
        parser.add_argument("out", type=Path)
        parser.add_argument("--user", required=True, metavar="NAME", help="in whose name")
        parser.add_argument(
            "--status", default="all", help=f"write rows from this status on: all, {', '.join(s.label for s in Status)}"
        )
        parser.add_argument("--all-languages", action="store_true")
        parser.add_argument("--bilingual", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with workspaces.use(workspaces.SERVER):
            actor = User.objects.filter(username=options["user"]).first()
            if actor is None:
                raise CommandError(f"There is no person {options['user']!r}.")
            try:
                file = permissions.get_file(actor, options["file"])
                least = statuses(["new" if options["status"] == "all" else options["status"]])[0]
                if options["bilingual"]:
                    permissions.require(actor, "download", file)
                    _name, data = bilingual_sheet.build(file=file, least=least)
                    changed = file.counts()["rows"]
                else:
                    done = export_file(actor=actor, file=file, least=least, all_languages=options["all_languages"])
                    data, changed = done.data, done.changed
            except (ServiceError, FormatError) as error:
                raise CommandError(str(error)) from None
        out: Path = options["out"]
        if out.is_dir():
            out = out / file.name
        out.write_bytes(data)
        self.stdout.write(f"{out}: {len(data)} bytes, {changed} rows written")
