"""The modes of an import that need no list of the whole file: keep all, merge, overwrite.

What is known of entries and units is kept as 64-bit hashes of Python, keyed anew in every process:
for a million of each, the chance that any two fall together is one in ten million.
"""

from __future__ import annotations

from array import array

from apps.tm.models import Memory
from apps.tm.services.entries.incoming import LoadResult, Maker, UnitLike, content, differs
from apps.tm.services.entries.loading import Loading, by_ids
from locanext_project.chunks import chunks

NEW = 0
"""The id of an entry that this import has added."""


class KeepAll(Loading):
    """Everything is added, but for what is equal in source, key and target."""

    def __init__(self, memory: Memory, maker: Maker, result: LoadResult) -> None:
        super().__init__(memory, maker, result)
        self._old = {hash(triple) for triple in self.present("source", "key", "target")}
        self._new: set[int] = set()

    def feed(self, units: list[UnitLike]) -> list[UnitLike]:
        """Take a batch; returns the units to add."""
        fresh = []
        for unit in units:
            triple = hash((unit.source, unit.key, unit.target))
            if triple in self._old:
                self.result.unchanged += 1
            elif triple in self._new:
                self.result.merged += 1
            else:
                self._new.add(triple)
                fresh.append(unit)
        return fresh

    def finish(self) -> None:
        """Nothing is left."""


class Merge(Loading):
    """Existing entries win; equal source and key in the file become the target that is there most often."""

    def __init__(self, memory: Memory, maker: Maker, result: LoadResult) -> None:
        super().__init__(memory, maker, result)
        self._old = {hash(pair) for pair in self.present("source", "key")}
        self._new: dict[int, int] = {}
        # Target and date of the first unit of each source and key, by the number in `_new`.
        self._targets, self._dates = array("q"), array("d")
        # Of those that came again: how often each target, when last, and a unit that has it.
        self._tallies: dict[int, dict[int, tuple[int, float, UnitLike | None]]] = {}

    def feed(self, units: list[UnitLike]) -> list[UnitLike]:
        """Take a batch; returns the units to add."""
        fresh = []
        for unit in units:
            pair = hash((unit.source, unit.key))
            if pair in self._old:
                self.result.unchanged += 1
            elif (number := self._new.get(pair)) is None:
                self._new[pair] = len(self._targets)
                self._targets.append(hash(unit.target))
                self._dates.append(_date(unit))
                fresh.append(unit)
            else:
                self._count(number, unit)
                self.result.merged += 1
        return fresh

    def _count(self, number: int, unit: UnitLike) -> None:
        tally = self._tallies.setdefault(number, {self._targets[number]: (1, self._dates[number], None)})
        target, date = hash(unit.target), _date(unit)
        times, latest, kept = tally.get(target, (0, float("-inf"), unit))
        if kept is not None and date > latest:
            kept = unit
        tally[target] = (times + 1, max(latest, date), kept)

    def finish(self) -> None:
        """Give those entries their target whose first unit had a rarer one."""
        winners = []
        for tally in self._tallies.values():
            # Of equals the first, which is the one that came first.
            _, _, unit = max(tally.values(), key=lambda counted: counted[:2])
            if unit is not None:
                winners.append(unit)
        for some in chunks(winners):
            entries = self.added(some)
            self.change([(entries[unit.source, unit.key], unit) for unit in some])


def _date(unit: UnitLike) -> float:
    """When a unit was changed, in seconds; what is not known is before everything."""
    date = unit.changed or unit.created
    return float("-inf") if date is None else date.timestamp()


class Overwrite(Loading):
    """The file's target wins where source and key are equal, the last one of the file."""

    def __init__(self, memory: Memory, maker: Maker, result: LoadResult) -> None:
        super().__init__(memory, maker, result)
        self._numbers: dict[int, int] = {}
        # By number: the entry's id or NEW, what was last said of it, whether the file has said anything.
        self._ids, self._contents, self._said = array("q"), array("q"), bytearray()
        self._several: dict[int, list[int]] = {}
        self._late: dict[int, UnitLike] = {}
        fields = ("pk", "source", "key", "target", "previous", "next", "speaker", "note")
        for pk, source, key, *rest in self.present(*fields):
            number = self._numbers.setdefault(hash((source, key)), len(self._ids))
            if number < len(self._ids):
                self._several.setdefault(number, [self._ids[number]]).append(pk)
            else:
                self._know(pk, hash(tuple(rest)), said=False)

    def _know(self, pk: int, contents: int, *, said: bool) -> None:
        self._ids.append(pk)
        self._contents.append(contents)
        self._said.append(said)

    def feed(self, units: list[UnitLike]) -> list[UnitLike]:
        """Take a batch; returns the units to add."""
        fresh: list[UnitLike] = []
        first: dict[int, UnitLike] = {}
        for unit in units:
            number = self._numbers.setdefault(hash((unit.source, unit.key)), len(self._ids))
            says = content(unit)
            if number == len(self._ids):
                self._know(NEW, says, said=True)
                fresh.append(unit)
                continue
            same, said = says == self._contents[number], self._said[number]
            self._contents[number], self._said[number] = says, True
            if said:
                self.result.merged += 1
                if not same:
                    self._late[number] = unit
            elif same and number not in self._several:
                self.result.unchanged += 1
            else:
                first[number] = unit
        self._settle(first)
        return fresh

    def _settle(self, units: dict[int, UnitLike]) -> None:
        """Give existing entries what the file says of them first; of several one stays."""
        if not units:
            return
        ids = {number: self._several.pop(number, [self._ids[number]]) for number in units}
        entries = by_ids([pk for some in ids.values() for pk in some])
        pairs, gone = [], []
        for number, unit in units.items():
            group = sorted((entries[pk] for pk in ids[number]), key=lambda entry: (entry.rev, entry.pk), reverse=True)
            kept = next((entry for entry in group if entry.target == unit.target), group[0])
            gone += [entry for entry in group if entry is not kept]
            self._ids[number] = kept.pk
            if differs(kept, unit):
                pairs.append((kept, unit))
        self.result.changed += len(pairs)
        self.result.unchanged += len(units) - len(pairs)
        self.change(pairs)
        self.remove(gone)

    def finish(self) -> None:
        """Give entries what the file says of them last."""
        fresh = [unit for number, unit in self._late.items() if self._ids[number] == NEW]
        for some in chunks(fresh):
            entries = self.added(some)
            found = [(entries[unit.source, unit.key], unit) for unit in some]
            self.change([pair for pair in found if differs(*pair)])
        old = [(self._ids[number], unit) for number, unit in self._late.items() if self._ids[number] != NEW]
        for portion in chunks(old):
            present = by_ids([pk for pk, _ in portion])
            found = [(present[pk], unit) for pk, unit in portion if differs(present[pk], unit)]
            # What the first unit left as it was is changed after all.
            moved = sum(entry.rev < self.stamp.rev for entry, _ in found)
            self.result.changed += moved
            self.result.unchanged -= moved
            self.change(found)
