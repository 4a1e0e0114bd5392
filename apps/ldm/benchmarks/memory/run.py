"""The parts of `bench memory` in their order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from apps.ldm.benchmarks.memory import corpus, fuzzy, requests
from apps.ldm.benchmarks.memory.fuzzy import Made
from apps.ldm.benchmarks.tables import Table

Say = Callable[[str], None]
SIZES = (100_000, 1_000_000)
ASKED = 2000


def run(scale: float, say: Say, folder: Path | None = None) -> list[Table]:
    """Run everything; `scale` 1 is 100,000 and 1,000,000 segments.

    `folder`: real translations, *.tsv with columns `en`, `ko`, `ja`, `zh`, `fr`; without one the text is invented.
    """
    found = corpus.pools(folder)
    tables: list[Table] = []
    made = None
    for size in SIZES:
        wanted = max(5000, int(size * scale))
        say(f"Making {wanted:,} segments of {', '.join(found)}")
        by_language = corpus.segments(found, wanted)
        asked = corpus.queries(found, by_language, ASKED)
        made = Made(found, by_language, corpus.mixed(by_language), asked)
        tables.append(fuzzy.run(made, say))
    if made is not None:
        tables.append(requests.run(made, say))
    return tables
