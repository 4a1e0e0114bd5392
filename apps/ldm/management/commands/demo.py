"""`manage.py demo`: make or retire the demo project and its accounts; start.py calls it at every start."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.ldm.services import demo
from locanext_project import workspaces


class Command(BaseCommand):
    help = "`ensure` makes the demo on an empty database; `retire` switches its accounts off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("ensure", "retire"))
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        with workspaces.use(workspaces.SERVER):
            answer = demo.ensure() if options["act"] == "ensure" else demo.retire()
        if options["json"]:
            self.stdout.write(json.dumps(answer))
            return
        for name, value in answer.items():
            self.stdout.write(f"{name}: {value}")
