"""`manage.py tm_index`: build the index folders of memories, or show them."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.tm.indexes import folders, reader, warm
from apps.tm.indexes.state import state_of
from apps.tm.matching import IndexFileError
from apps.tm.models import Memory
from apps.tm.services import indexes
from locanext_project import workspaces


class Command(BaseCommand):
    help = "Build what is missing or behind of the memories' indexes. Small memories need none and are left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--memory", metavar="NAME", help="only this one, whatever its size")
        parser.add_argument("--rebuild", action="store_true", help="also where nothing has changed")
        parser.add_argument("--list", action="store_true", help="build nothing, only show what there is")
        parser.add_argument(
            "--warm", action="store_true", help="only compile the search, or see that it is compiled; build nothing"
        )
        parser.add_argument("--workspace", choices=workspaces.WORKSPACES, default=workspaces.SERVER)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["warm"]:
            self.stdout.write(f"The fuzzy search is ready: {warm.warm():.1f} s.")
            return
        with workspaces.use(options["workspace"]):
            wanted = self._wanted(options["memory"])
            for memory in wanted:
                if options["list"]:
                    state = state_of(memory)
                    size = folders.size(folders.folder_of(memory.pk)) / 1e6
                    self.stdout.write(
                        f"{memory.pk}\t{memory.name}\t{memory.entries} entries\t{state['state']}\t{size:.1f} MB"
                    )
                elif memory.entries > reader.SMALL or options["memory"]:
                    self._build(memory, options["rebuild"])
            if not options["list"]:
                indexes.tidy()

    def _wanted(self, name: str | None) -> list[Memory]:
        memories = Memory.objects.filter(kind=Memory.Kind.MEMORY, trashed_at__isnull=True).order_by("pk")
        if name is None:
            return list(memories)
        found = list(memories.filter(name=name))
        if not found:
            raise CommandError(f"There is no memory {name!r}.")
        return found

    def _build(self, memory: Memory, rebuild: bool) -> None:
        begin = time.perf_counter()
        try:
            built = indexes.build(memory_id=memory.pk, rebuild=rebuild)
        except IndexFileError as error:
            raise CommandError(str(error)) from None
        took = time.perf_counter() - begin
        done = f"built in {took:.1f} s" if built.built else "is up to date"
        self.stdout.write(f"{memory.name}: {built.entries} entries, {built.bytes / 1e6:.1f} MB, {done}")
