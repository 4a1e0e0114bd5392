"""`manage.py import_file PATH --project ID`: import a file, a folder or a zip from disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.formats import extensions
from apps.ldm.services.files.import_many import Item, import_many
from locanext_project import workspaces
from locanext_project.errors import ServiceError


class Command(BaseCommand):
    help = "Import a file, a folder with its paths, or a zip into a project."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--project", type=int, required=True, metavar="ID")
        parser.add_argument("--folder", type=int, metavar="ID")
        parser.add_argument("--user", required=True, metavar="NAME", help="in whose name")
        parser.add_argument("--options", default="{}", metavar="JSON", help="what the import dialog calls the mapping")
        parser.add_argument("--source-file", type=Path, help="the source-language file of a monolingual format")
        parser.add_argument("--variant", action="append", help="only this language or column; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        try:
            mapping = json.loads(options["options"])
        except ValueError as error:
            raise CommandError(f"--options is not JSON: {error}") from None
        source_path: Path | None = options["source_file"]
        source = (source_path.name, source_path.read_bytes()) if source_path else None
        with workspaces.use(workspaces.SERVER):
            actor = User.objects.filter(username=options["user"]).first()
            if actor is None:
                raise CommandError(f"There is no person {options['user']!r}.")
            try:
                project = permissions.get_project(actor, options["project"])
                folder = permissions.get_folder(actor, options["folder"]) if options["folder"] else None
                done = import_many(
                    actor=actor,
                    project=project,
                    folder=folder,
                    items=[Item(name, data, mapping or None, source) for name, data in _files(path)],
                    variants=options["variant"],
                    progress=lambda done, total, step: self.stdout.write(f"{done}/{total} {step}"),
                )
            except ServiceError as error:
                raise CommandError(error.message) from None
        for file in done.files:
            self.stdout.write(f"{file['id']}\t{file['name']}\t{file['rows']} rows\t{file['warnings']} warnings")
        for failed in done.errors:
            self.stderr.write(f"{failed['path']}: {failed['place']}: {failed['message']}")
        if done.errors:
            raise CommandError(f"{len(done.errors)} files were not imported.")


def _files(path: Path) -> list[tuple[str, bytes]]:
    if path.is_file():
        return [(path.name, path.read_bytes())]
    found = sorted(one for one in path.rglob("*") if one.is_file() and one.name.lower().endswith(tuple(extensions())))
    return [(str(one.relative_to(path.parent)).replace("\\", "/"), one.read_bytes()) for one in found]
