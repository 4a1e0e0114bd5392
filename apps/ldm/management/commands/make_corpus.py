"""`manage.py make_corpus`: a large file of varied game text, for benchmarks."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.ldm.demo.corpus import FORMATS, write_corpus

EXCEL_ROWS = 1_048_575


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ArgumentTypeError("must lie between 0 and 1")
    return value


class Command(BaseCommand):
    help = "Write a large file of invented Korean game text with English targets."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int, required=True, help="how many rows, up to 1,000,000 and more")
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--out", type=Path, required=True, help="the file to write")
        parser.add_argument("--seed", type=int, default=1, help="another seed, other text (default: 1)")
        parser.add_argument("--translated", type=_share, default=0.5, help="share of rows with a target (default: 0.5)")

    def handle(self, *args: Any, **options: Any) -> None:
        rows, out = options["rows"], options["out"]
        if rows < 0:
            raise CommandError("--rows cannot be negative.")
        if options["format"] == "xlsx" and rows > EXCEL_ROWS:
            raise CommandError(f"An Excel sheet holds at most {EXCEL_ROWS:,} rows beside its header.")
        begin = time.perf_counter()
        try:
            size = write_corpus(out, options["format"], rows, options["seed"], options["translated"])
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}") from error
        seconds = time.perf_counter() - begin
        self.stdout.write(
            f"{rows:,} rows, {size / 1e6:.1f} MB, {seconds:.1f} s ({rows / max(seconds, 1e-9):,.0f} rows/s)"
        )
