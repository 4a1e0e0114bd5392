"""`manage.py bench NAME`: benchmarks that print tables, and write them with --json FILE."""

from __future__ import annotations

import importlib
import json
import platform
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from locanext_project import workspaces

BENCHMARKS = {"files": "apps.ldm.benchmarks.files", "rows": "apps.ldm.benchmarks.rows"}


class Command(BaseCommand):
    help = "Measure; every goal is a ratio within one run, or a bound that its line names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(BENCHMARKS))
        parser.add_argument("--scale", type=float, default=1.0, help="1 is the full size; 0.05 is a quick look")
        parser.add_argument("--json", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        module = importlib.import_module(BENCHMARKS[options["name"]])
        with workspaces.use(workspaces.SERVER):
            tables = module.run(options["scale"], self.stderr.write)
            vendor = connections[workspaces.alias()].vendor
        for table in tables:
            self.stdout.write(f"{table.show()}\n")
        if options["json"]:
            result = {
                "benchmark": options["name"],
                "scale": options["scale"],
                "database": vendor,
                "python": platform.python_version(),
                "tables": [table.data() for table in tables],
            }
            options["json"].write_text(json.dumps(result, indent=2, ensure_ascii=False), encoding="utf-8")
