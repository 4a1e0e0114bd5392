"""`manage.py analyse --project ID`: words by what memories know of them, as a table, CSV or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.ldm.management.commands.pretranslate import add_places, chosen, person
from apps.ldm.selectors.chosen_files import files_of
from apps.ldm.services.analysis import run, sheets
from apps.ldm.services.analysis.bands import BANDS
from locanext_project import workspaces
from locanext_project.errors import ServiceError


class Command(BaseCommand):
    help = "Count words and characters by band of match, for a file, a folder or a project."

    def add_arguments(self, parser: CommandParser) -> None:
        add_places(parser)
        parser.add_argument("--no-internal", action="store_true", help="do not look for similar earlier rows")
        parser.add_argument("--leave-confirmed", action="store_true", help="leave out rows that are confirmed")
        parser.add_argument("--csv", type=Path, metavar="FILE")
        parser.add_argument("--xlsx", type=Path, metavar="FILE")
        parser.add_argument("--json", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        with workspaces.use(options["workspace"]):
            actor = person(options["user"])
            try:
                result = run.analyse(
                    actor=actor,
                    files=files_of(actor, chosen(options)),
                    internal=not options["no_internal"],
                    leave_confirmed=options["leave_confirmed"],
                )
            except ServiceError as error:
                raise CommandError(error.message) from None
        if options["csv"]:
            options["csv"].write_bytes(sheets.as_csv(result))
        if options["xlsx"]:
            options["xlsx"].write_bytes(sheets.as_xlsx(result))
        if options["json"]:
            options["json"].write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")
        self.stdout.write(f"{'':>16} {'rows':>10} {'words':>10} {'characters':>12}")
        total = result["total"]
        for name, size in [*((band, total["bands"][band]) for band in BANDS), ("total", total["total"])]:
            self.stdout.write(f"{name:>16} {size[0]:>10,} {size[1]:>10,} {size[2]:>12,}")
        self.stdout.write(f"{'weighted words':>16} {'':>10} {total['weighted']:>10,.0f}")
