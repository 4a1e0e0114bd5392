"""Finding the texts for a file's rows: look-ups in batches, equal questions asked once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from apps.ldm.models import File, Status
from apps.ldm.selectors.row_queries import QueriedRow, portions
from apps.ldm.services.pretranslate.choosing import Choice, choose
from apps.ldm.services.pretranslate.options import Options
from apps.ldm.services.rows.rules import check_text
from apps.tm.indexes import reader
from apps.tm.matching import IndexFileError
from apps.tm.matching.proposals import Query
from apps.tm.scope import ScopedMemory
from apps.tm.selectors.lookups import lookup_many
from apps.tm.services import indexes
from locanext_project.errors import Invalid, NotFound

BATCH = 1000
"""Rows of one look-up: between two of them a person can cancel."""
SAMPLES_OF_A_KIND, SAMPLE_LENGTH = 4, 300
SECOND_CHOICES = 10
"""Proposals that are looked at where the best one is of a kind that is not wanted."""
Done = Callable[[int], None]


class Fill(NamedTuple):
    """A text for a row, and what the row was when it was looked up."""

    row_id: int
    text_rev: int
    source_hash: int
    choice: Choice


@dataclass(slots=True)
class Found:
    """What was found for a file: `fills` by rising row id, and how many rows met which fate."""

    rows: int = 0
    considered: int = 0
    asked: int = 0
    """Look-ups: fewer than rows considered where rows are equal with their neighbours."""
    same: int = 0
    """Rows that have the text already."""
    unfit: int = 0
    """Rows whose text the file's format cannot hold."""
    no_match: int = 0
    fills: list[Fill] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)


def prepare(memories: Sequence[ScopedMemory], progress: Callable[[int, int], None]) -> list[int]:
    """Have the indexes of large memories on disk; those that cannot be built, which find equal sources only."""
    missing = []
    opened = reader.open_many([memory.memory_id for memory in memories])
    for memory_id in [one.memory_id for one in opened.values() if one.state != reader.READY]:
        try:
            indexes.build(memory_id=memory_id, progress=progress)
        except NotFound:
            continue
        except IndexFileError:
            missing.append(memory_id)
    return missing


def look(file: File, memories: Sequence[ScopedMemory], options: Options, done: Done = lambda rows: None) -> Found:
    """The text for every row of a file that may be filled. Writes nothing.

    `done(rows)` is told of rows since it was told last, and may raise to cancel.
    """
    found = Found()
    serving = [memory for memory in memories if options.penalised or memory.penalty <= 0]
    names = {memory.memory_id: memory.name for memory in serving}
    for portion in portions(file):
        wanted = [row for row in portion if _may_fill(row, options)]
        found.rows += len(portion)
        found.considered += len(wanted)
        # Equal rows are one question, and equal sources stand in one batch, which searches for each text once.
        same: dict[Query, list[QueriedRow]] = {}
        for row in wanted:
            same.setdefault(row.query, []).append(row)
        queries = sorted(same, key=lambda query: query.source)
        for start in range(0, len(queries), BATCH):
            batch = queries[start : start + BATCH]
            for query, choice in zip(batch, _choices(serving, batch, options), strict=True):
                _keep(found, file, same[query], choice, names)
            done(sum(len(same[query]) for query in batch))
        found.asked += len(queries)
        done(len(portion) - len(wanted))
    found.fills.sort(key=lambda fill: fill.row_id)
    return found


def _choices(memories: Sequence[ScopedMemory], queries: Sequence[Query], options: Options) -> list[Choice | None]:
    if not memories:
        return [None] * len(queries)

    def ask(some: Sequence[Query], limit: int) -> list[Choice | None]:
        answers = lookup_many(
            memories, some, threshold=options.threshold, limit=limit, fuzzy=options.wants_fuzzy
        ).results
        return [choose(query, answer, options) for query, answer in zip(some, answers, strict=True)]

    chosen = ask(queries, 1)
    if not options.every_kind:
        # The best one may be of a kind that is not wanted, with one that is behind it.
        again = [place for place, choice in enumerate(chosen) if choice is None]
        for place, choice in zip(again, ask([queries[place] for place in again], SECOND_CHOICES), strict=True):
            chosen[place] = choice
    return chosen


def _keep(
    found: Found, file: File, rows: Sequence[QueriedRow], choice: Choice | None, names: Mapping[int, str]
) -> None:
    """Put rows of one question where they belong."""
    if choice is None:
        found.no_match += len(rows)
        return
    try:
        choice = choice._replace(target=check_text(file, choice.target))
    except Invalid:
        found.unfit += len(rows)
        return
    for row in rows:
        if row.target == choice.target:
            found.same += 1
            continue
        found.fills.append(Fill(row.pk, row.text_rev, row.source_hash, choice))
        if sum(sample["kind"] == choice.kind for sample in found.samples) < SAMPLES_OF_A_KIND:
            found.samples.append(
                {
                    "row": row.pk,
                    "n": row.position + 1,
                    "key": row.query.key,
                    "source": row.query.source[:SAMPLE_LENGTH],
                    "target": choice.target[:SAMPLE_LENGTH],
                    "score": choice.score,
                    "kind": choice.kind,
                    "memory": names[choice.memory_id],
                }
            )


def _may_fill(row: QueriedRow, options: Options) -> bool:
    if row.locked and not options.locked:
        return False
    if row.status >= Status.CONFIRMED:
        return options.confirmed
    if row.target or row.blank_intended:
        return options.overwrite and not row.blank_intended
    return True
