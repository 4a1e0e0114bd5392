"""Comparing a newer version with the rows: for every segment what happens, decided three-way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.ldm.formats import Document, Segment
from apps.ldm.models import File, ImportPlanItem, Row, Status
from apps.ldm.services.reimport.recognise import KEY, KEY_AND_SOURCE, SOURCE, Identity, recognise

NEW, CHANGED, GONE, CONFLICTING = (str(kind) for kind in ImportPlanItem.Kind)
MOVED, UNCHANGED = "moved", "unchanged"


@dataclass(slots=True)
class Item:
    """One segment of the newer version, or one row it no longer has."""

    kind: str
    row: Row | None
    segment: Segment | None
    segment_position: int
    recognised_by: str = ""
    target_from_file: bool = False
    """The file's target differs from the original it replaces, so it is wanted."""
    locked: bool = False
    """Whether the row is locked afterwards: as the file says where that changed, else as it is here."""


@dataclass(slots=True)
class Comparison:
    """Every item in the newer version's order, the gone ones last."""

    items: list[Item] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Counts by kind, and by what recognised the rows."""
        kinds = Counter(item.kind for item in self.items)
        recognised = Counter(item.recognised_by for item in self.items if item.row is not None)
        kept = sum(item.recognised_by == SOURCE and bool(item.row and item.row.target) for item in self.items)
        return {
            **{kind: kinds[kind] for kind in (NEW, CHANGED, GONE, CONFLICTING, MOVED, UNCHANGED)},
            "recognised_by_key": recognised[KEY],
            "recognised_by_key_and_source": recognised[KEY_AND_SOURCE],
            "recognised_by_source": recognised[SOURCE],
            "translations_kept_by_source": kept,
        }


def live_rows(file: File) -> list[Row]:
    """The file's rows in order."""
    return list(Row.objects.filter(file=file, removed_at__isnull=True).order_by("position"))


def removed_rows(file: File) -> list[Row]:
    """Rows an earlier version had, the last removed first: a newer one may bring them back."""
    return list(Row.objects.filter(file=file, removed_at__isnull=False).order_by("-removed_at", "pk"))


def compare(
    rows: Sequence[Row],
    removed: Sequence[Row],
    present: Document | None,
    newer: Document,
    positions: Sequence[int],
    *,
    rule: str = "all",
) -> Comparison:
    """Compare a file's rows with the segments of `newer` at `positions` (those of its variant).

    A segment that is none of the live `rows` but was a row once (`removed`) gets that row back,
    with its text and history. `present` is the original the rows came from: it tells whose target
    moved since.
    """
    segments = [newer.segments[position] for position in positions]
    keyed = bool(getattr(newer, "keyed", True)) and (present is None or bool(getattr(present, "keyed", True)))
    found = recognise(
        [Identity(row.key, row.plural, row.source) for row in rows],
        [Identity(segment.key, segment.plural, segment.source) for segment in segments],
        rule=rule,
        keys_mean_something=keyed,
    )
    returning = _returning(removed, segments, found.old_of_new, rule, keyed)
    result = Comparison()
    for order, (segment, old, how) in enumerate(zip(segments, found.old_of_new, found.by, strict=True)):
        if old is None:
            again, how_again = returning.get(order, (None, ""))
            result.items.append(_new(again, segment, positions[order], how_again))
            continue
        row = rows[old]
        base = _base(present, row)
        locked = row.locked if base is not None and base.locked == segment.locked else segment.locked
        if base is None:
            locked = row.locked or segment.locked
        kind, take = _decide(row, segment, base.target if base else "", locked, moved=(row.position != order))
        result.items.append(Item(kind, row, segment, positions[order], how, take, locked))
    result.items.extend(Item(GONE, rows[old], None, -1) for old in found.gone)
    return result


def _returning(
    removed: Sequence[Row], segments: Sequence[Segment], old_of_new: Sequence[int | None], rule: str, keyed: bool
) -> dict[int, tuple[Row, str]]:
    """Removed rows that come back, by the position of the segment they are."""
    if not removed:
        return {}
    unknown = [order for order, old in enumerate(old_of_new) if old is None]
    found = recognise(
        [Identity(row.key, row.plural, row.source) for row in removed],
        [Identity(segments[order].key, segments[order].plural, segments[order].source) for order in unknown],
        rule=rule,
        keys_mean_something=keyed,
    )
    return {
        order: (removed[old], how)
        for order, old, how in zip(unknown, found.old_of_new, found.by, strict=True)
        if old is not None
    }


def _new(again: Row | None, segment: Segment, position: int, how: str) -> Item:
    """A segment the file does not have now; `again` is the row it was once."""
    if again is None:
        return Item(NEW, None, segment, position)
    differs = bool(segment.target) and segment.target != again.target
    if differs and again.target and again.status > Status.ORIGINAL:
        return Item(CONFLICTING, again, segment, position, how, True, segment.locked)
    return Item(NEW, again, segment, position, how, differs, segment.locked)


def _base(present: Document | None, row: Row) -> Segment | None:
    """The segment of the original that the row came from; both sides are compared with it."""
    if present is None or not 0 <= row.segment < len(present.segments):
        return None
    return present.segments[row.segment]


def _decide(row: Row, segment: Segment, base: str, locked: bool, *, moved: bool) -> tuple[str, bool]:
    """What happens to a recognised row, and whether the file's target is wanted.

    An empty target in the file never takes a text away: a build without translations is common.
    """
    wanted = bool(segment.target) and segment.target != base and segment.target != row.target
    edited_here = row.target != base or row.status >= Status.CONFIRMED
    # An empty row that is meant to be empty is a decision as well.
    if wanted and edited_here and (row.target or row.blank_intended):
        return CONFLICTING, True
    other = (
        segment.source != row.source
        or segment.key != row.key
        or segment.context != row.context
        or segment.comment != row.comment
        or segment.max_length != row.max_length
        or locked != row.locked
        or (dict(segment.codes) or None) != row.codes
    )
    if wanted or other:
        return CHANGED, wanted
    return (MOVED if moved else UNCHANGED), False
