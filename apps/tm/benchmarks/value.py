"""What a memory is worth on a version history: `manage.py bench value OLD NEW --source en --target ko`.

The old version's rows are the memory, the new version's the task, and the new version's own
translation is the reference, which is never in the memory. Figures are of the first proposal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from apps.tm.benchmarks.chrf import chrf, edit_similarity
from apps.tm.benchmarks.history import History, HistoryError, RowClass, history, read_version
from apps.tm.benchmarks.value_table import ValueTable
from apps.tm.matching.memory_store import MemoryStore
from apps.tm.matching.pipeline import propose
from apps.tm.matching.proposals import Proposal

USEFUL, FALSE = 60.0, 30.0
"""chrF from which a proposal is useful, and below which it is false."""
_NEAR = 0.5
"""Edit similarity of the entries whose repairs are judged."""
_WORSE = 1.0
"""Points of chrF by which a repair counts as better or worse."""

CLASSES: dict[str, tuple[RowClass, ...]] = {
    "same": ("same",),
    "edited": ("edited",),
    "new": ("new",),
    "changed": ("edited", "new"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions of one table, and which columns to take."""

    name: str
    old: Path
    new: Path
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The first proposal for one row, held against its reference."""

    kind: RowClass
    shown: bool
    hundred: bool
    equal: bool
    chrf: float
    """0 without any proposal; of the best below the cut where none is shown."""
    edit: float
    earlier: bool
    unequal_hundreds: int
    """Proposals of 100 and above whose source is not the row's: there must be none."""
    seconds: float
    repairs: frozenset[str]
    """Kinds of repairs, of entries near enough to be judged."""
    unrepaired: float
    """chrF of the entry's own target, where it was repaired."""


def read_pairs(path: Path) -> list[Pair]:
    """Pairs of a TSV: name, old table, new table, source, target; paths from its folder. Raises HistoryError."""
    pairs = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryError(f"{path}: {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 5:
            raise HistoryError(f"{path}:{number}: name, old, new, source and target were expected, tabs between them.")
        name, old, new, source, target = (cell.strip() for cell in cells)
        pairs.append(Pair(name, path.parent / old, path.parent / new, source, target))
    if not pairs:
        raise HistoryError(f"{path}: there is no pair in it.")
    return pairs


def run(
    pairs: Sequence[Pair], threshold: int = 75, log: Callable[[str], object] = lambda text: None
) -> list[ValueTable]:
    """Figures per class of rows, pooled over all pairs, and the repairs. Raises HistoryError."""
    outcomes: list[Outcome] = []
    entries = 0
    for pair in pairs:
        old = read_version(pair.old, pair.source, pair.target)
        new = read_version(pair.new, pair.source, pair.target)
        told = history(pair.name, old, new, pair.target)
        log(f"{told.name}: {len(told.memory):,} entries, {len(told.tasks):,} rows\n")
        entries += len(told.memory)
        outcomes += judge(told, threshold)
    names = ", ".join(pair.name for pair in pairs)
    return [_classes(outcomes, f"{names}: {entries:,} entries, cut {threshold}"), _repairs(outcomes)]


def judge(told: History, threshold: int) -> list[Outcome]:
    """The outcome of every row of one history."""
    store = MemoryStore(told.memory)
    outcomes = []
    for task in told.tasks:
        begin = time.perf_counter()
        result = propose(task.query, store, threshold=threshold)
        seconds = time.perf_counter() - begin
        shown = bool(result.proposals)
        every = result.proposals if shown else propose(task.query, store, threshold=1).proposals
        first = every[0] if every else None
        source = task.query.source
        repairs = _judged(first, source)
        outcomes.append(
            Outcome(
                task.kind,
                shown,
                shown and first is not None and first.score >= 100,
                first is not None and first.target == task.reference,
                chrf(first.target, task.reference) if first else 0.0,
                edit_similarity(first.target, task.reference) if first else 0.0,
                result.earlier is not None,
                sum(one.score >= 100 and one.entry.source != source for one in (*every, *result.lines)),
                seconds,
                repairs,
                chrf(first.entry.target, task.reference) if first and repairs else 0.0,
            )
        )
    return outcomes


def _judged(first: Proposal | None, source: str) -> frozenset[str]:
    if first is None or not first.repairs:
        return frozenset()
    if Levenshtein.normalized_similarity(source, first.entry.source) < _NEAR:
        return frozenset()
    return frozenset(repair.kind for repair in first.repairs)


def _classes(outcomes: Sequence[Outcome], title: str) -> ValueTable:
    columns = {name: [one for one in outcomes if one.kind in kinds] for name, kinds in CLASSES.items()}
    table = ValueTable(title, list(columns))
    for name, figure, unit in _FIGURES:
        table.add(name, unit, [figure(rows) for rows in columns.values()])
    return table


def _share(rows: Sequence[Outcome], of: Callable[[Outcome], bool]) -> float | None:
    return 100.0 * sum(map(of, rows)) / len(rows) if rows else None


def _mean(values: Iterable[float]) -> float | None:
    every = list(values)
    return sum(every) / len(every) if every else None


def _per_1000(rows: Sequence[Outcome], of: Callable[[Outcome], bool]) -> float | None:
    share = _share(rows, of)
    return None if share is None else 10.0 * share


Figure = Callable[[Sequence[Outcome]], float | None]
_FIGURES: list[tuple[str, Figure, str]] = [
    ("rows", lambda rows: float(len(rows)), ""),
    ("with a proposal at the cut", lambda rows: _share(rows, lambda one: one.shown), "%"),
    (
        "with a proposal or the earlier one",
        lambda rows: _share(rows, lambda one: one.shown or one.earlier),
        "%",
    ),
    ("with the earlier translation beside it", lambda rows: _share(rows, lambda one: one.earlier), "%"),
    ("at 100 and above", lambda rows: _share(rows, lambda one: one.hundred), "%"),
    ("of these = reference", lambda rows: _share([one for one in rows if one.hundred], lambda one: one.equal), "%"),
    ("of all rows = reference", lambda rows: _share(rows, lambda one: one.shown and one.equal), "%"),
    ("chrF of those at the cut", lambda rows: _mean(one.chrf for one in rows if one.shown), ""),
    ("edit similarity of those at the cut", lambda rows: _mean(one.edit for one in rows if one.shown), ""),
    ("chrF, all rows", lambda rows: _mean(one.chrf if one.shown else 0.0 for one in rows), ""),
    ("edit similarity, all rows", lambda rows: _mean(one.edit if one.shown else 0.0 for one in rows), ""),
    ("chrF at any score", lambda rows: _mean(one.chrf for one in rows), ""),
    ("useful (chrF >= 60)", lambda rows: _per_1000(rows, lambda one: one.shown and one.chrf >= USEFUL), "/1000"),
    ("false (chrF < 30)", lambda rows: _per_1000(rows, lambda one: one.shown and one.chrf < FALSE), "/1000"),
    ("100s with another source", lambda rows: float(sum(one.unequal_hundreds for one in rows)), ""),
    ("time per look-up", lambda rows: _mean(1000.0 * one.seconds for one in rows), "ms"),
]

_REPAIRS: dict[str, frozenset[str]] = {
    "numbers and codes": frozenset({"number", "code"}),
    "sentences": frozenset({"sentence"}),
    "edges": frozenset({"punctuation", "case"}),
}


def _repairs(outcomes: Sequence[Outcome]) -> ValueTable:
    """Of changed rows, by what was repaired in the first proposal; a row with two kinds is in both columns."""
    columns = [[one for one in outcomes if one.kind != "same" and one.repairs & kinds] for kinds in _REPAIRS.values()]
    table = ValueTable("Repairs in first proposals of changed rows (edit similarity >= 50)", list(_REPAIRS))
    figures: list[tuple[str, Figure, str]] = [
        ("rows touched", lambda rows: float(len(rows)), ""),
        ("chrF before", lambda rows: _mean(one.unrepaired for one in rows), ""),
        ("chrF after", lambda rows: _mean(one.chrf for one in rows), ""),
        ("become the reference", lambda rows: _share(rows, lambda one: one.equal), "%"),
        ("better", lambda rows: _share(rows, lambda one: one.chrf > one.unrepaired + _WORSE), "%"),
        ("worse", lambda rows: _share(rows, lambda one: one.chrf < one.unrepaired - _WORSE), "%"),
    ]
    for name, figure, unit in figures:
        table.add(name, unit, [figure(rows) for rows in columns])
    return table
