"""What an import would do to a term base: which terms are new, changed, gone, and which stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from apps.ldm.formats.units import TermUnit
from apps.tm.models import Term

Mode = Literal["overwrite", "merge", "keep_all", "diff"]
SAID = ("use", "part_of_speech", "case_sensitive", "definition", "note", "concept")
"""What a file says of a term beside its texts."""


class Known(NamedTuple):
    """A live term of the base."""

    pk: int
    source: str
    target: str
    use: str
    part_of_speech: str
    case_sensitive: bool
    definition: str
    note: str
    concept: str


@dataclass(slots=True)
class Planned:
    """`merged` counts terms that fell together with another one of the file."""

    new: list[TermUnit] = field(default_factory=list)
    changed: list[tuple[Known, TermUnit]] = field(default_factory=list)
    gone: list[Known] = field(default_factory=list)
    unchanged: int = 0
    merged: int = 0


def make(memory_id: int, units: Iterable[TermUnit], mode: Mode) -> Planned:
    """Compare terms of a file with the live ones of a base; see `load.load_terms` for the modes."""
    planned = Planned()
    base: dict[str, dict[str, Known]] = {}
    live = Term.objects.filter(memory_id=memory_id, removed_at__isnull=True).order_by("-pk")
    for values in live.values_list(*Known._fields).iterator(chunk_size=5000):
        known = Known(*values)
        base.setdefault(known.source, {})[known.target] = known
    file: dict[str, dict[str, TermUnit]] = {}
    for unit in units:
        group = file.setdefault(unit.source, {})
        planned.merged += unit.target in group
        # Put at the end: of equal ones the last counts, in its place too.
        group.pop(unit.target, None)
        group[unit.target] = unit
    for source, group in file.items():
        _compare(planned, base.pop(source, {}), list(group.values()), mode)
    if mode == "diff":
        planned.gone += [known for group in base.values() for known in group.values()]
    planned.gone.sort(key=lambda known: known.pk)
    return planned


def said(known: Known, unit: TermUnit) -> list[str | bool]:
    """The values of SAID after the import: what the file leaves empty stays."""
    return [value if (value := getattr(unit, name)) != "" else getattr(known, name) for name in SAID]


def _compare(planned: Planned, present: dict[str, Known], units: list[TermUnit], mode: Mode) -> None:
    """Decide about the terms of one source."""
    if mode == "merge" and present:
        planned.unchanged += len(units)
        return
    fresh = []
    for unit in units:
        known = present.pop(unit.target, None)
        if known is None:
            fresh.append(unit)
        elif mode == "keep_all" or said(known, unit) == [getattr(known, name) for name in SAID]:
            planned.unchanged += 1
        else:
            planned.changed.append((known, unit))
    if mode in ("overwrite", "diff"):
        # A translation that was replaced keeps its row, its id and who made it.
        left = sorted(present.values(), key=lambda known: known.pk)
        replaced = min(len(left), len(fresh))
        planned.changed += list(zip(left, fresh, strict=False))
        planned.gone += left[replaced:]
        fresh = fresh[replaced:]
    planned.new += fresh
