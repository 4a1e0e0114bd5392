"""`manage.py bench NAME`: benchmarks that print tables, and write them with --json FILE."""

from __future__ import annotations

import importlib
import json
import platform
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from apps.tm.benchmarks import value
from apps.tm.benchmarks.history import HistoryError
from locanext_project import workspaces

BENCHMARKS = {
    "editor": "apps.ldm.benchmarks.editor.run",
    "files": "apps.ldm.benchmarks.files",
    "live": "apps.ldm.benchmarks.live.run",
    "memory": "apps.ldm.benchmarks.memory.run",
    "pretranslate": "apps.ldm.benchmarks.pretranslate",
    "rows": "apps.ldm.benchmarks.rows",
    "search": "apps.ldm.benchmarks.search",
    "sync": "apps.sync.benchmarks.sync",
    "vectors": "apps.ldm.benchmarks.vectors",
}
VALUE = "value"


class Command(BaseCommand):
    help = "Measure; every goal is a ratio within one run, or a bound that its line names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted([*BENCHMARKS, VALUE]))
        parser.add_argument(
            "tables", type=Path, nargs="*", metavar="TABLE", help="value: the old version, then the new"
        )
        parser.add_argument("--scale", type=float, default=1.0, help="1 is the full size; 0.05 is a quick look")
        parser.add_argument("--json", type=Path, metavar="FILE")
        parser.add_argument("--rows", type=int, metavar="N", help="editor, search: rows of the file")
        parser.add_argument("--clients", type=int, default=100, help="live: sockets on one file")
        parser.add_argument("--rate", type=float, default=50, help="live: edits a second")
        parser.add_argument("--seconds", type=float, default=20, help="live: for how long")
        parser.add_argument(
            "--layout", choices=["auto", "split", "daphne"], default="auto", help="live: which processes"
        )
        parser.add_argument(
            "--corpus",
            type=Path,
            metavar="FOLDER",
            help="memory: real translations, *.tsv with columns en, ko, ja, ...",
        )
        parser.add_argument("--source", default="en", help="value: the column of the source language")
        parser.add_argument("--target", default="ko", help="value: the column of the target language")
        parser.add_argument("--threshold", type=int, default=75, help="value: percent from which proposals count")
        parser.add_argument("--pairs", type=Path, metavar="FILE", help="value: name, old, new, source, target a line")

    def handle(self, *args: Any, **options: Any) -> None:
        with workspaces.use(workspaces.SERVER):
            tables = self._value(options) if options["name"] == VALUE else self._measured(options)
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

    def _measured(self, options: dict[str, Any]) -> list[Any]:
        module = importlib.import_module(BENCHMARKS[options["name"]])
        more: dict[str, Any] = {}
        if options["name"] == "memory":
            more = {"folder": options["corpus"]}
        elif options["name"] == "editor":
            more = {"rows": options["rows"] or 173_000}
        elif options["name"] == "search":
            more = {"rows": options["rows"]}
        elif options["name"] == "live":
            more = {name: options[name] for name in ("clients", "rate", "seconds", "layout")}
        tables: list[Any] = module.run(options["scale"], self.stderr.write, **more)
        return tables

    def _value(self, options: dict[str, Any]) -> list[Any]:
        """Figures of one pair of versions, or of several pooled."""
        if not 0 <= options["threshold"] <= 100:
            raise CommandError("The threshold is a percentage, 0 to 100.")
        if (options["pairs"] is None) == (len(options["tables"]) != 2):
            raise CommandError("Give the old and the new version's table, or --pairs FILE.")
        try:
            if options["pairs"] is not None:
                pairs = value.read_pairs(options["pairs"])
            else:
                old, new = options["tables"]
                pairs = [value.Pair(f"{old.stem} to {new.stem}", old, new, options["source"], options["target"])]
            return value.run(pairs, options["threshold"], self.stderr.write)
        except HistoryError as error:
            raise CommandError(str(error)) from error
