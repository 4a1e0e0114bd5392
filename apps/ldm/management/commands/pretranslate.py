"""`manage.py pretranslate --file ID`: fill rows from the memories that serve a file, a folder or a project."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.ldm.selectors.chosen_files import Chosen, files_of
from apps.ldm.services.pretranslate import run
from apps.ldm.services.pretranslate.options import KINDS, THRESHOLD, options_of
from locanext_project import workspaces
from locanext_project.errors import ServiceError

FLAGS = ("use_earlier", "overwrite", "confirmed", "locked", "penalised")


def add_places(parser: CommandParser) -> None:
    """What to work on, and in whose name."""
    where = parser.add_mutually_exclusive_group(required=True)
    for kind in ("file", "folder", "project"):
        where.add_argument(f"--{kind}", type=int, action="append", metavar="ID", help="may be repeated")
    parser.add_argument("--user", required=True, metavar="NAME", help="in whose name")
    parser.add_argument("--workspace", choices=workspaces.WORKSPACES, default=workspaces.SERVER)


def chosen(options: dict[str, Any]) -> Chosen:
    """The places of the command line."""
    return Chosen(options["file"] or (), options["folder"] or (), options["project"] or ())


def person(name: str) -> User:
    """The person with a user name. Raises CommandError."""
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(f"There is no person {name!r}.")
    return found


class Command(BaseCommand):
    help = "Fill rows from memories. Each file is one change set, which can be reverted."

    def add_arguments(self, parser: CommandParser) -> None:
        add_places(parser)
        parser.add_argument("--threshold", type=int, default=THRESHOLD, metavar="PERCENT", help="50 to 102")
        parser.add_argument("--kind", action="append", choices=KINDS, help="only these kinds; may be repeated")
        parser.add_argument("--any-key-first", action="store_true", help="do not prefer matches of the row's own key")
        for flag in FLAGS:
            parser.add_argument(f"--{flag.replace('_', '-')}", action="store_true")
        parser.add_argument("--dry-run", action="store_true", help="count only")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {"threshold": options["threshold"], "same_key_first": not options["any_key_first"]}
        wanted |= {flag: options[flag] for flag in FLAGS}
        if options["kind"]:
            wanted["kinds"] = options["kind"]
        with workspaces.use(options["workspace"]):
            actor = person(options["user"])
            try:
                report = run.pretranslate(
                    actor=actor,
                    files=files_of(actor, chosen(options)),
                    options=options_of(wanted),
                    dry_run=options["dry_run"],
                )
            except ServiceError as error:
                raise CommandError(error.message) from None
        if options["json"]:
            self.stdout.write(json.dumps(report.plain(), ensure_ascii=False, indent=2))
            return
        for line in report.files:
            self.stdout.write(f"{line['id']}\t{line['name']}\t{line.get('error') or str(line['filled']) + ' rows'}")
        word = "would be filled" if report.dry_run else "filled"
        self.stdout.write(f"{report.filled} of {report.considered} rows {word}, {report.no_match} without a match")
        for band, rows in sorted(report.bands.items(), reverse=True):
            self.stdout.write(f"{band:>8} %  {rows}")
