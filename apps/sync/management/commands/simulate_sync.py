"""`manage.py simulate_sync`: desktops and a server, with everything that goes wrong, judged by the invariants."""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

VIOLATION = 3
SHOWN = 3
"""So many seeds of a run are shrunk and printed."""


class Command(BaseCommand):
    help = (
        "Play seeded scripts of three desktops and a server over the real services; exits 0 when every"
        " invariant held, 3 when one did not. Makes its own temporary databases."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seeds", type=int, default=100, metavar="N")
        parser.add_argument("--first", type=int, default=0, metavar="S")
        parser.add_argument("--seconds", type=float, default=0, help="begin no further seed after so many; 0: all")
        parser.add_argument("--mutant", default="", metavar="NAME", help="with this deliberate defect")
        parser.add_argument("--list-mutants", action="store_true")
        parser.add_argument("--script", type=Path, metavar="FILE", help="play a script that a failing seed printed")

    def handle(self, *args: Any, **options: Any) -> None:
        from apps.sync.simulation.mutants import MUTANTS
        from apps.sync.simulation.run import prepared

        if options["list_mutants"]:
            for name, mutant in MUTANTS.items():
                self.stdout.write(f"{name:18} {mutant.what}")
            return
        if options["mutant"] and options["mutant"] not in MUTANTS:
            raise CommandError(f"There is no mutant {options['mutant']!r}. --list-mutants names them.")
        postgres = settings.DATABASES["default"] if settings.DATABASE_TYPE == "postgresql" else None
        with prepared(postgres) as simulation:
            # What is there now stays; runs leave little behind.
            gc.freeze()
            gc.set_threshold(100_000, 50, 50)
            broken = self._script(simulation, options) if options["script"] else self._seeds(simulation, options)
        if broken:
            sys.exit(VIOLATION)

    def _script(self, simulation: Any, options: dict[str, Any]) -> bool:
        from apps.sync.simulation.mutants import defect_of
        from apps.sync.simulation.script import Script

        try:
            script = Script.parse(options["script"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['script']}: {error}") from error
        with defect_of(options["mutant"]):
            result = simulation.run(script)
        self.stdout.write(result.message or "Every invariant held.")
        return bool(result.broken)

    def _seeds(self, simulation: Any, options: dict[str, Any]) -> bool:
        from apps.sync.simulation.mutants import MUTANTS, defect_of
        from apps.sync.simulation.script import generate

        checks: Counter[str] = Counter()
        broken: Counter[str] = Counter()
        operations = crashes = played = 0
        first, count = options["first"], options["seeds"]
        started, used = time.perf_counter(), time.process_time()
        with defect_of(options["mutant"]):
            if options["mutant"]:
                result = simulation.run(MUTANTS[options["mutant"]].scenario)
                self.stdout.write(f"its scenario: {result.message or 'not noticed'}")
                broken[result.broken] += bool(result.broken)
            for seed in range(first, first + count):
                if 0 < options["seconds"] < time.perf_counter() - started:
                    break
                played += 1
                result = simulation.run(script := generate(seed))
                checks += result.checks
                operations += result.operations
                crashes += result.crashes
                if result.broken:
                    broken[result.broken] += 1
                    if sum(broken.values()) <= SHOWN and not options["mutant"]:
                        self._show(simulation, seed, script, result)
        seconds, used = time.perf_counter() - started, time.process_time() - used
        self.stdout.write(
            f"seeds {first} to {first + played - 1}: {operations:,} operations, {crashes:,} crashes, {seconds:.1f} s,"
            f" {1000 * seconds / max(played, 1):.0f} ms a seed ({1000 * used / max(played, 1):.0f} ms of the processor)"
        )
        for name in sorted({*checks, *broken} - {""}, key=lambda name: (len(name), name)):
            self.stdout.write(f"{name:6} {checks[name]:>10,} checks {broken[name]:>7,} violations")
        return any(broken.values())

    def _show(self, simulation: Any, seed: int, script: Any, result: Any) -> None:
        self.stdout.write(f"seed {seed}: {result.message}")
        shorter = simulation.shrink(script, result.broken)
        self.stdout.write(f"---- {len(shorter.steps)} of its {len(script.steps)} steps; play them with --script")
        self.stdout.write(f"{shorter.text()}\n----")
        self.stdout.flush()
