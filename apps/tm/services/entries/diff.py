"""A file against a memory: what is new, changed, gone and unchanged; to look at, or to apply.

A unit is identified by its key, and where the key does not tell (several sources have it, or one
of the two has none) by its source. In this order, each entry and each unit at most once: equal in
all; equal in key and source; in the key; in the source, where the unit or the entry has no key.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils import timezone

from apps.tm.models import Entry, Memory
from apps.tm.selectors import memories
from apps.tm.services.entries.incoming import LoadResult, LoadWarning, Maker, UnitLike, differs, usable
from apps.tm.services.entries.loading import Loading, by_ids
from apps.tm.services.entries.writing import Stamp
from locanext_project.chunks import chunks

Progress = Callable[[int, int | None, str], None]
BATCH = 5000
SAMPLES = 50
# What makes two the same, in order of trust: from the unit, and from an entry's values (key, source, target).
Same = tuple[Callable[[str, str, str], object], Callable[[str, str, str], object]]


@dataclass(slots=True)
class DiffReport:
    """The dry run: how many of each, and the first SAMPLES of each as the API shows them."""

    counts: dict[str, int] = field(default_factory=dict)
    """new, changed, gone, unchanged, merged (with another unit of the file), skipped."""
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    warnings: list[LoadWarning] = field(default_factory=list)
    revision: int = 0
    """The memory's revision that it was compared with."""


def compare(*, memory_id: int, units: Iterable[UnitLike], progress: Progress | None = None) -> DiffReport:
    """What applying a file as a diff would do; writes nothing. `progress` may raise to cancel. Raises NotFound."""
    memory = memories.get(memory_id, Memory.Kind.MEMORY)
    result = LoadResult()
    diff = Diff(memory, Maker(memory.pk, Stamp.of(None, memory.revision + 1, timezone.now())), result)
    read = usable(units, result)
    while batch := list(islice(read, BATCH)):
        diff.feed(batch)
        if progress is not None:
            progress(result.read, None, "")
    return diff.report()


class Diff(Loading):
    """The mode "diff": what the file does not have becomes tombstones."""

    def __init__(self, memory: Memory, maker: Maker, result: LoadResult) -> None:
        super().__init__(memory, maker, result)
        self._ids, self._rest = array("q"), array("q")
        self._by_triple: dict[int, int] = {}
        self._doubles: list[int] = []
        for pk, *triple_and_rest in self.present(
            "pk", "key", "source", "target", "previous", "next", "speaker", "note"
        ):
            triple = hash(tuple(triple_and_rest[:3]))
            if triple in self._by_triple:
                self._doubles.append(pk)
                continue
            self._by_triple[triple] = len(self._ids)
            self._ids.append(pk)
            self._rest.append(hash(tuple(triple_and_rest[3:])))
        self._taken = bytearray(len(self._ids))
        self._seen: set[int] = set()
        self._left: list[UnitLike] = []
        self._pairs: list[tuple[int, UnitLike]] = []

    def feed(self, units: list[UnitLike]) -> list[UnitLike]:
        """Take a batch: what is equal in all is settled, the rest waits for the end of the file; nothing to add yet."""
        for unit in units:
            triple = hash((unit.key, unit.source, unit.target))
            if triple in self._seen:
                self.result.merged += 1
                continue
            self._seen.add(triple)
            number = self._by_triple.get(triple)
            if number is None:
                self._left.append(unit)
                continue
            self._taken[number] = True
            if self._rest[number] == hash((unit.previous, unit.next, unit.speaker, unit.note)):
                self.result.unchanged += 1
            else:
                self._pairs.append((self._ids[number], unit))
        return []

    def _match(self) -> list[int]:
        """Pair the waiting units with entries that are not taken; returns the ids of those that stay alone."""
        alone = sorted([pk for number, pk in enumerate(self._ids) if not self._taken[number]] + self._doubles)
        if not self._left or not alone:
            return alone
        values = {
            pk: (key, source, target)
            for some in chunks(alone, 900)
            for pk, key, source, target in Entry.objects.filter(pk__in=some).values_list(
                "pk", "key", "source", "target"
            )
        }
        for of_unit, of_entry in _PASSES:
            if not self._left:
                break
            waiting: dict[object, list[int]] = {}
            for pk in reversed(values):
                if (name := of_entry(*values[pk])) is not None:
                    waiting.setdefault(name, []).append(pk)
            left = []
            for unit in self._left:
                ids = waiting.get(of_unit(unit.key, unit.source, unit.target))
                if ids:
                    pk = ids.pop()
                    del values[pk]
                    self._pairs.append((pk, unit))
                else:
                    left.append(unit)
            self._left = left
        return list(values)

    def finish(self) -> None:
        """Write what is changed, new and gone."""
        gone = self._match()
        for some in chunks(self._pairs):
            present = by_ids([pk for pk, _ in some])
            found = [(present[pk], unit) for pk, unit in some if differs(present[pk], unit)]
            self.result.changed += len(found)
            self.result.unchanged += len(some) - len(found)
            self.change(found)
        for units in chunks(self._left):
            self.add(units)
        for ids in chunks(gone):
            self.remove(list(by_ids(ids).values()))

    def report(self) -> DiffReport:
        """What `finish` would do."""
        gone = self._match()
        changed: list[dict[str, Any]] = []
        count = 0
        for some in chunks(self._pairs):
            present = by_ids([pk for pk, _ in some])
            found = [(present[pk], unit) for pk, unit in some if differs(present[pk], unit)]
            count += len(found)
            changed += [_changed_sample(entry, unit) for entry, unit in found[: SAMPLES - len(changed)]]
        return DiffReport(
            counts={
                "new": len(self._left),
                "changed": count,
                "gone": len(gone),
                "unchanged": self.result.unchanged + len(self._pairs) - count,
                "merged": self.result.merged,
                "skipped": self.result.skipped,
            },
            samples={
                "new": [_sample(unit) for unit in self._left[:SAMPLES]],
                "changed": changed,
                "gone": [_sample(entry) for entry in by_ids(gone[:SAMPLES]).values()],
            },
            warnings=self.result.warnings,
            revision=self.memory.revision,
        )


def _sample(text: UnitLike | Entry) -> dict[str, Any]:
    return {"key": text.key, "source": text.source, "target": text.target}


def _changed_sample(entry: Entry, unit: UnitLike) -> dict[str, Any]:
    before = {"key_before": entry.key, "source_before": entry.source, "target_before": entry.target}
    return {"entry_id": entry.pk, **_sample(unit), "key": unit.key or entry.key, **before}


def _keyless(key: str, name: object) -> object:
    return None if key else name


# The unit's name must never be None where an entry's is not: entries whose name is None take no part.
_PASSES: tuple[Same, ...] = (
    (lambda key, source, target: (key, source), lambda key, source, target: (key, source)),
    (lambda key, source, target: key or None, lambda key, source, target: key or None),
    (lambda key, source, target: _keyless(key, (source, target)), lambda key, source, target: (source, target)),
    (lambda key, source, target: _keyless(key, source), lambda key, source, target: source),
    (lambda key, source, target: (source, target), lambda key, source, target: _keyless(key, (source, target))),
    (lambda key, source, target: source, lambda key, source, target: _keyless(key, source)),
)
