"""`manage.py tm_lookup TEXT`: look a text up in the memories of a file, or in one memory."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from apps.ldm.models import File
from apps.ldm.selectors.memories import for_file
from apps.tm.matching.proposals import Query
from apps.tm.models import Memory
from apps.tm.scope import ScopedMemory
from apps.tm.selectors import lookups
from locanext_project import workspaces


class Command(BaseCommand):
    help = "Look a text up in the memories that serve a file, or in one memory, and show what is proposed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text")
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--file", type=int, metavar="ID")
        where.add_argument("--memory", metavar="NAME")
        parser.add_argument("--key", default="")
        parser.add_argument("--threshold", type=int, default=lookups.THRESHOLD, metavar="PERCENT")
        parser.add_argument("--limit", type=int, default=lookups.LIMIT)
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--workspace", choices=workspaces.WORKSPACES, default=workspaces.SERVER)

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["threshold"] <= 100 or options["limit"] < 1:
            raise CommandError("--threshold lies between 0 and 100, --limit is 1 or more.")
        with workspaces.use(options["workspace"]):
            serving = self._serving(options["file"], options["memory"])
            query = Query(options["text"], key=options["key"])
            found = lookups.lookup(serving, query, threshold=options["threshold"], limit=options["limit"])
            shown = [lookups.present(one, serving, found.records) for one in found.shown()]
        if options["json"]:
            answer = {
                "proposals": shown,
                "memories": len(serving),
                "building": found.building,
                "took_ms": found.took_ms,
            }
            self.stdout.write(json.dumps(answer, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
            return
        for one in shown:
            where = "" if one["line"] is None else f" (line {one['line']['n']} of {one['line']['of']})"
            self.stdout.write(f"{one['score']:>3}  {one['kind']}{where}  {one['memory']['name']}")
            self.stdout.write(f"     {one['source']}\n     {one['target']}")
        memories = "1 memory" if len(serving) == 1 else f"{len(serving)} memories"
        self.stdout.write(f"{len(shown)} proposals of {memories} in {found.took_ms:.1f} ms")
        if found.building:
            self.stderr.write(
                "An index is missing or behind: `manage.py tm_index` builds it. Until then, equal sources only."
            )

    def _serving(self, file_id: int | None, name: str | None) -> list[ScopedMemory]:
        if file_id is not None:
            file = File.objects.filter(pk=file_id).first()
            if file is None:
                raise CommandError(f"There is no file {file_id}.")
            return for_file(file)
        memory = Memory.objects.filter(name=name, kind=Memory.Kind.MEMORY, trashed_at__isnull=True).first()
        if memory is None:
            raise CommandError(f"There is no memory {name!r}.")
        return [ScopedMemory(memory.pk, memory.name)]
