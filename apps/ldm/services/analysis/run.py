"""Analysis of files: every row in one band, and sums by file, language and in all."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.formats.words import count_characters, count_words
from apps.ldm.models import File, Status
from apps.ldm.selectors import memories as serving
from apps.ldm.selectors.chosen_files import ChosenFile
from apps.ldm.selectors.row_queries import QueriedRow, portions
from apps.ldm.services.analysis.bands import INTERNAL, NEW, REPETITION, Figures, Size, band_of
from apps.ldm.services.analysis.rates import rates_of
from apps.ldm.services.analysis.scope import EarlierTexts
from apps.ldm.services.pretranslate import looking
from apps.tm.matching.proposals import Query
from apps.tm.scope import ScopedMemory
from apps.tm.selectors.lookups import lookup_many

THRESHOLD = 50
"""Percent from which a match is one here: the lowest band's, whatever the look-ups of the editor ask for."""
BATCH = 1000
Progress = Callable[[int, int | None, str], None]


@dataclass(slots=True)
class Waiting:
    """Rows whose band the scope still decides: number of the source, best score of a memory, size."""

    numbers: array[int] = field(default_factory=lambda: array("q"))
    scores: array[int] = field(default_factory=lambda: array("h"))
    sizes: list[Size] = field(default_factory=list)

    def add(self, number: int, score: int, size: Size) -> None:
        self.numbers.append(number)
        self.scores.append(score)
        self.sizes.append(size)


@dataclass(slots=True)
class FileResult:
    """A file's figures. `languages`: source and target."""

    one: ChosenFile
    languages: tuple[str, str]
    memories: int
    figures: Figures = field(default_factory=Figures)
    waiting: Waiting = field(default_factory=Waiting)


def analyse(
    *,
    actor: User,
    files: Sequence[ChosenFile],
    internal: bool = True,
    leave_confirmed: bool = False,
    progress: Progress = lambda done, total, step: None,
) -> dict[str, Any]:
    """The figures of files, as JSON (see `plain`). Writes nothing.

    Each row counts once: equal sources of memories first (102, 101, 100), then repetitions of an earlier source
    of the same languages, then the better of the memories' best match and the most similar earlier source.
    `internal`: look for the latter. `leave_confirmed`: confirmed, reviewed and approved rows do not count, but
    later rows repeat them. `progress` may raise to cancel. Raises NotFound for a file that went meanwhile.
    """
    total = sum(int(one.file.counts()["rows"]) for one in files)
    scopes: dict[tuple[str, str], EarlierTexts] = {}
    results: list[FileResult] = []
    prepared: set[int] = set()
    incomplete: list[str] = []
    done = 0

    def report(rows: int) -> None:
        nonlocal done
        done += rows
        progress(min(done, total), total, "analysing")

    for one in files:
        file = permissions.get_file(actor, one.file.pk)
        memories = serving.for_file(file, user=actor)
        fresh = [memory for memory in memories if memory.memory_id not in prepared]
        prepared.update(memory.memory_id for memory in fresh)
        missing = looking.prepare(fresh, lambda read, entries: progress(read, entries, "indexing"))
        incomplete += [memory.name for memory in fresh if memory.memory_id in missing]
        languages = _languages(file)
        result = FileResult(one, languages, len(memories))
        earlier = scopes.setdefault(languages, EarlierTexts())
        for portion in portions(file):
            _count(portion, memories, result, earlier, leave_confirmed, report)
        results.append(result)
    _settle(results, scopes, internal, progress)
    return plain(results, incomplete, {"internal": internal, "leave_confirmed": leave_confirmed})


def _languages(file: File) -> tuple[str, str]:
    project = file.project
    return file.source_language or project.source_language, file.target_language or project.target_language


def _size(row: QueriedRow, language: str) -> Size:
    source = row.query.source
    return Size(1, count_words(source, language), count_characters(source), count_characters(source, spaces=False))


def _count(
    portion: Sequence[QueriedRow],
    memories: Sequence[ScopedMemory],
    result: FileResult,
    earlier: EarlierTexts,
    leave_confirmed: bool,
    report: Callable[[int], None],
) -> None:
    """Put the rows of a portion into their bands, as far as memories and equal sources decide."""
    counted: list[tuple[QueriedRow, Size, int, bool]] = []
    for row in portion:
        size = _size(row, result.languages[0])
        number, repeated = earlier.seen(row.query.source)
        if leave_confirmed and row.status >= Status.CONFIRMED:
            result.figures.left_out = result.figures.left_out.plus(size)
        else:
            counted.append((row, size, number, repeated))
    equal = _scores(memories, [row.query for row, *_ in counted], False, lambda rows: None)
    rest: list[tuple[QueriedRow, Size, int]] = []
    for (row, size, number, repeated), score in zip(counted, equal, strict=True):
        if score >= 100:
            result.figures.add(band_of(score), size)
        elif repeated:
            result.figures.add(REPETITION, size)
        else:
            rest.append((row, size, number))
    report(len(portion) - len(rest))
    scores = _scores(memories, [row.query for row, *_ in rest], True, report)
    for (_row, size, number), score in zip(rest, scores, strict=True):
        result.waiting.add(number, score, size)


def _scores(
    memories: Sequence[ScopedMemory], queries: Sequence[Query], fuzzy: bool, report: Callable[[int], None]
) -> list[int]:
    """The best score for each query; 0 where there is none. Without `fuzzy` only equal sources matter."""
    scores: list[int] = []
    for start in range(0, len(queries), BATCH):
        batch = queries[start : start + BATCH]
        if memories:
            threshold = THRESHOLD if fuzzy else 100
            found = lookup_many(memories, batch, threshold=threshold, limit=1, fuzzy=fuzzy).results
            scores += [one.proposals[0].score if one.proposals else 0 for one in found]
        else:
            scores += [0] * len(batch)
        report(len(batch))
    return scores


def _settle(
    results: Sequence[FileResult], scopes: dict[tuple[str, str], EarlierTexts], internal: bool, progress: Progress
) -> None:
    """The rest: the memories' best match, or a more similar earlier source of the scope."""
    for step, (languages, earlier) in enumerate(scopes.items()):
        mine = [result for result in results if result.languages == languages]
        similar: dict[int, float] = {}
        if internal:
            progress(step, len(scopes), "comparing")
            similar = earlier.similar([number for result in mine for number in result.waiting.numbers])
        for result in mine:
            waiting = result.waiting
            for number, score, size in zip(waiting.numbers, waiting.scores, waiting.sizes, strict=True):
                alike = int(100 * similar.get(number, 0.0))
                band = INTERNAL if alike > score else band_of(score) if score >= THRESHOLD else NEW
                result.figures.add(band, size)
            result.waiting = Waiting()
        if internal:
            progress(step + 1, len(scopes), "comparing")


def plain(results: Sequence[FileResult], incomplete: list[str], options: dict[str, bool]) -> dict[str, Any]:
    """As JSON: figures of each file, their sums by language and in all, weighted by the rates of the projects."""
    rates = {result.one.file.project_id: rates_of(result.one.file.project) for result in results}
    every: list[dict[str, Any]] = []
    by_language: dict[str, Figures] = {}
    weighted: dict[str, float] = {}
    total, weight = Figures(), 0.0
    for result in results:
        file, figures = result.one.file, result.figures
        own = figures.weighted(rates[file.project_id])
        every.append(
            {
                "id": file.pk,
                "name": file.name,
                "folder": result.one.folder,
                "project": {"id": file.project_id, "name": file.project.name},
                "source_language": result.languages[0],
                "target_language": result.languages[1],
                "memories": result.memories,
                "weighted": round(own, 2),
                **figures.plain(),
            }
        )
        language = result.languages[1]
        by_language[language] = by_language.get(language, Figures()).plus(figures)
        weighted[language] = weighted.get(language, 0.0) + own
        total, weight = total.plus(figures), weight + own
    return {
        "files": every,
        "languages": [
            {"language": language, "weighted": round(weighted[language], 2), **figures.plain()}
            for language, figures in by_language.items()
        ],
        "total": {"weighted": round(weight, 2), **total.plain()},
        "rates": {str(pk): values for pk, values in rates.items()},
        "options": options,
        "incomplete": incomplete,
    }
