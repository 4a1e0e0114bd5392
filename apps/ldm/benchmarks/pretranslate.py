"""`bench pretranslate`: files filled and analysed against a memory of a million entries, written and all."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from apps.ldm.benchmarks.memory import corpus
from apps.ldm.benchmarks.memory.fuzzy import Made
from apps.ldm.benchmarks.memory.place import Place, bench_memory
from apps.ldm.benchmarks.tables import Table, seconds
from apps.ldm.models import File
from apps.ldm.selectors.chosen_files import ChosenFile
from apps.ldm.services.analysis import run as analysing
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.pretranslate import run as pretranslating
from apps.ldm.services.pretranslate.options import Options
from apps.ldm.services.rows.revert import revert_change_set
from apps.tm.indexes import reader
from apps.tm.services import indexes

Say = Callable[[str], None]
T = TypeVar("T")
ENTRIES, EQUAL, FUZZY, ANALYSED = 1_000_000, 100_000, 10_000, 100_000
NEW_SHARE = 0.2
"""Of the analysed rows; the rest is equal (half), similar (a fifth) and repeated (a tenth)."""


def run(scale: float, say: Say) -> list[Table]:
    """Run everything; `scale` 1 is a memory of 1,000,000 entries and files of 100,000 and 10,000 rows."""
    found = corpus.pools(None)
    wanted = max(5000, int(ENTRIES * scale))
    say(f"Making {wanted:,} segments")
    by_language = corpus.segments(found, wanted)
    texts = corpus.mixed(by_language)
    table = Table(f"Pretranslation: a memory of {len(texts):,} entries")
    with bench_memory(Made(found, by_language, texts, texts[:10]), table, say) as place:
        took, _ = seconds(lambda: indexes.build(memory_id=place.memory.pk))
        table.add("index built", took, "s")
        reader.forget()
        took, _ = seconds(lambda: _fill(place, _imported(place, "warm.txt", texts[:20]), Options()))
        table.add("a file of 20 rows, everything opened anew", took, "s")
        _equal(table, place, texts[: max(2000, int(EQUAL * scale))], say)
        _similar(table, place, texts, max(1000, int(FUZZY * scale)), say)
        _analysis(table, place, found, texts, max(2000, int(ANALYSED * scale)), say)
    return [table]


def _imported(place: Place, name: str, sources: Sequence[str]) -> ChosenFile:
    """A file of rows without targets, in a text table."""
    rows = (text.replace("\t", " ").replace("\n", "\\n") for text in sources)
    data = "".join(f"7\t{n}\t1\t0\t3\t{text}\t\t\t\r\n" for n, text in enumerate(rows)).encode("utf-8")
    (file,) = import_file(actor=place.actor, project=place.project, folder=None, filename=name, data=data)
    return ChosenFile(File.objects.select_related("project__platform").get(pk=file.pk), "")


def _fill(place: Place, file: ChosenFile, options: Options, dry_run: bool = False) -> pretranslating.Report:
    return pretranslating.pretranslate(actor=place.actor, files=[file], options=options, dry_run=dry_run)


def _timed(work: Callable[[], T]) -> tuple[float, float, T]:
    """Seconds by the clock, and of this process on all processors: what others on the machine add little to."""
    busy = time.process_time()
    took, answer = seconds(work)
    return took, time.process_time() - busy, answer


def _equal(table: Table, place: Place, texts: Sequence[str], say: Say) -> None:
    say(f"Filling {len(texts):,} rows whose sources are there")
    file = _imported(place, "equal.txt", texts)
    took, report = seconds(lambda: _fill(place, file, Options(), dry_run=True))
    table.add(f"dry run, {report.filled:,} equal or in context", report.rows / took, "rows/s")
    took, busy, report = _timed(lambda: _fill(place, file, Options()))
    table.add("filled and written", report.filled / took, "rows/s", at_least=5000)
    table.add("filled and written, by processor time", report.filled / busy, "rows/s")
    change_set = report.files[0]["change_set"]
    took, undone = seconds(lambda: revert_change_set(actor=place.actor, change_set_id=change_set))
    table.add("reverted", undone.rows / took, "rows/s")


def _similar(table: Table, place: Place, texts: Sequence[str], count: int, say: Say) -> None:
    say(f"Filling {count:,} rows that need a fuzzy search")
    chance, known = random.Random(5), set(texts)  # noqa: S311 (texts to try, not secrets)
    asked: list[str] = []
    while len(asked) < count:
        text = corpus.edited(chance.choice(texts), chance)
        if text.strip() and text not in known:
            asked.append(text)
    file = _imported(place, "similar.txt", asked)
    took, busy, report = _timed(lambda: _fill(place, file, Options()))
    table.add(f"fuzzy, {report.filled:,} of {count:,} filled and written", report.rows / took, "rows/s", at_least=250)
    table.add("fuzzy, by processor time", report.rows / busy, "rows/s")


def _analysis(
    table: Table, place: Place, found: dict[str, list[str]], texts: Sequence[str], count: int, say: Say
) -> None:
    say(f"Analysing {count:,} rows")
    chance = random.Random(6)  # noqa: S311
    known = set(texts)
    unseen = [text for text in corpus.mixed(corpus.segments(found, round(count * NEW_SHARE), 77)) if text not in known]
    equal = [chance.choice(texts) for _ in range(count // 2)]
    similar = [corpus.edited(chance.choice(texts), chance) for _ in range(count // 5)]
    repeated = [chance.choice([*unseen, *similar]) for _ in range(count // 10)]
    rows = [text for text in (*unseen, *equal, *similar, *repeated) if text.strip()]
    chance.shuffle(rows)
    file = _imported(place, "analysed.txt", rows)
    took, result = seconds(lambda: analysing.analyse(actor=place.actor, files=[file]))
    sizes = result["total"]["bands"]
    inner = ", ".join(f"{band} {size[0]:,}" for band, size in sizes.items() if size[0])
    table.add(f"analysis of {len(rows):,} rows ({inner})", took, "s")
    table.add("analysis", len(rows) / took, "rows/s")
