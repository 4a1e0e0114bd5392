"""`manage.py tm_import FILE --memory NAME`: import a TMX, a table or a bilingual file into a memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.ldm.formats import FormatError
from apps.ldm.formats.units import Records, Unit, read_units
from apps.tm.models import Memory
from apps.tm.selectors import memories as selectors
from apps.tm.services import indexes, memories
from apps.tm.services.entries.diff import compare
from apps.tm.services.entries.load import MODES, counts, load
from locanext_project import workspaces
from locanext_project.errors import ServiceError

NO_FILE, NO_MEMORY, BAD_FILE, REFUSED = 2, 3, 4, 5


class Command(BaseCommand):
    help = (
        "Import a file into a memory, or into a new one. Ends with 2 where the file is missing, 3 where the memory or"
        " the person is, 4 where the file is broken (nothing is imported), 5 where something else refuses."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--memory", metavar="NAME|ID", help="an existing memory")
        where.add_argument("--new", metavar="NAME", help="make a memory of this name; needs --source and --target")
        parser.add_argument(
            "--source", default="", metavar="LANGUAGE", help="of the new memory, and of the texts to take"
        )
        parser.add_argument("--target", default="", metavar="LANGUAGE")
        parser.add_argument("--mode", choices=MODES, default="overwrite")
        parser.add_argument("--dry-run", action="store_true", help="with --mode diff: say what would happen")
        parser.add_argument("--options", default="{}", metavar="JSON", help="options of the file's format")
        parser.add_argument("--user", metavar="NAME", help="in whose name; else the first active admin")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"] and (options["mode"] != "diff" or options["new"]):
            raise CommandError("--dry-run goes with --mode diff and --memory.", returncode=REFUSED)
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=NO_FILE) from None
        try:
            reader_options = json.loads(options["options"])
        except ValueError as error:
            raise CommandError(f"--options is not JSON: {error}", returncode=REFUSED) from None
        with workspaces.use(workspaces.SERVER):
            try:
                self._import(path.name, data, reader_options, options)
            except FormatError as error:
                raise CommandError(f"{path.name}: {error}. Nothing was imported.", returncode=BAD_FILE) from None
            except ServiceError as error:
                raise CommandError(error.message, returncode=REFUSED) from None

    def _import(self, name: str, data: bytes, reader_options: dict[str, Any], options: dict[str, Any]) -> None:
        actor = _actor(options["user"])
        # A new memory whose file turns out to be broken was never made.
        with workspaces.atomic():
            if options["new"]:
                memory = memories.create(
                    actor=actor,
                    name=options["new"],
                    source_language=options["source"],
                    target_language=options["target"],
                )
            else:
                memory = _memory(options["memory"])
            units: Records[Unit] = read_units(
                name,
                data,
                source_language=options["source"] or memory.source_language,
                target_language=options["target"] or memory.target_language,
                options=reader_options,
            )
            if options["dry_run"]:
                report = compare(memory_id=memory.pk, units=units, progress=self._progress)
                figures, warnings = report.counts, report.warnings
            else:
                result = load(
                    actor=actor,
                    memory_id=memory.pk,
                    units=units,
                    mode=options["mode"],
                    origin=name,
                    progress=self._progress,
                )
                figures, warnings = counts(result), result.warnings
        if not options["dry_run"]:
            indexes.request(actor=actor, memory_ids=[memory.pk])
        for warning in warnings:
            self.stderr.write(f"{warning.place}: {warning.text}")
        for figure, count in figures.items():
            self.stdout.write(f"{figure}\t{count}")
        self.stdout.write(f"memory\t{memory.pk}\t{memory.name}")

    def _progress(self, done: int, total: int | None, step: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done} units read\r", ending="")


def _actor(name: str | None) -> User:
    people = User.objects.filter(is_active=True)
    actor = people.filter(username=name).first() if name else people.filter(role="admin").order_by("pk").first()
    if actor is None:
        missing = f"There is no person {name!r}." if name else "There is no admin; say --user NAME."
        raise CommandError(missing, returncode=NO_MEMORY)
    return actor


def _memory(name: str) -> Memory:
    """By id where the word is a number, else by name."""
    number = name.removeprefix("-").isdecimal() and len(name) < 19
    memory = selectors.by_ids([int(name)]).get(int(name)) if number else None
    memory = memory or selectors.by_name(name)
    if memory is None:
        raise CommandError(f"There is no memory {name!r}.", returncode=NO_MEMORY)
    return memory
