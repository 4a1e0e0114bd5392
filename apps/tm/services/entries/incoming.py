"""Units of a file on their way into a memory: what is usable, and what they are as entries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from django.utils.translation import gettext as _

from apps.tm.matching.normalise import key_hash, text_hash
from apps.tm.models import Entry
from apps.tm.services.entries.texts import NAME, SHORT
from apps.tm.services.entries.writing import Stamp

MOST_WARNINGS = 200
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class UnitLike(Protocol):
    """What readers of formats give, see `apps.ldm.formats.units`; texts are raw, dates have an offset or are UTC."""

    @property
    def key(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def previous(self) -> str | None: ...
    @property
    def next(self) -> str | None: ...
    @property
    def speaker(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def created(self) -> datetime | None: ...
    @property
    def changed(self) -> datetime | None: ...
    @property
    def confirmed(self) -> bool | None: ...
    @property
    def place(self) -> str: ...


class Unit(NamedTuple):
    """A unit with all its texts storable; see UnitLike."""

    key: str
    source: str
    target: str
    previous: str | None
    next: str | None
    speaker: str
    note: str
    author: str
    created: datetime | None
    changed: datetime | None
    confirmed: bool | None
    place: str


class LoadWarning(NamedTuple):
    """Why something of the file was left out, and where."""

    place: str
    text: str


@dataclass(slots=True)
class LoadResult:
    """What an import did: `read` units are added + changed + unchanged + merged + skipped; `removed` are entries.

    `merged` counts units that fell together with another one of the file.
    """

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    merged: int = 0
    removed: int = 0
    skipped: int = 0
    warnings: list[LoadWarning] = field(default_factory=list)
    """The first MOST_WARNINGS."""
    revision: int = 0

    def skip(self, place: str, text: str) -> None:
        """Count a unit that is left out."""
        self.skipped += 1
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(LoadWarning(place, text))


def usable(units: Iterable[UnitLike], result: LoadResult) -> Iterator[UnitLike]:
    """The units that can become entries; the others are counted, the first ones with their place.

    What the reader itself has left out (`skipped` and `warnings` of `apps.ldm.formats.units`) counts too.
    """
    for unit in units:
        result.read += 1
        source, target = unit.source, unit.target
        if not source or not target or source.isspace() or target.isspace():
            empty = not source or source.isspace()
            result.skip(unit.place, _("The source is empty.") if empty else _("The target is empty."))
            continue
        joined = f"{source}{target}{unit.key}{unit.previous}{unit.next}{unit.speaker}{unit.note}{unit.author}"
        if joined.isascii() and "\0" not in joined or _UNSTORABLE.search(joined) is None:
            yield unit
        elif _UNSTORABLE.search(source + target + unit.key) is None:
            yield _cleaned(unit)
        else:
            result.skip(unit.place, _("It has a character that cannot be stored."))
    left_out = int(getattr(units, "skipped", 0))
    result.read += left_out
    result.skipped += left_out
    told = [LoadWarning(warning.place, warning.text) for warning in getattr(units, "warnings", ())]
    result.warnings = [*told, *result.warnings][:MOST_WARNINGS]


def _cleaned(unit: UnitLike) -> Unit:
    """Without what cannot be stored in the texts that say nothing of what the unit is."""

    def clean(text: str | None) -> Any:
        return text if text is None else _UNSTORABLE.sub("", text)

    return Unit(
        unit.key, unit.source, unit.target, clean(unit.previous), clean(unit.next), clean(unit.speaker),
        clean(unit.note), clean(unit.author), unit.created, unit.changed, unit.confirmed, unit.place,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes entries of units: in whose name, at which revision, from which file."""

    memory_id: int
    stamp: Stamp
    origin: str = ""
    confirmed: bool = False
    """What a unit is that does not say whether it is confirmed."""

    def rows(self) -> Callable[[UnitLike], tuple[Any, ...]]:
        """A function that makes the tuple of `writing.ENTRY_FIELDS` of a unit."""
        memory_id, origin, default, stamp = self.memory_id, self.origin[:SHORT], self.confirmed, self.stamp
        now, rev, actor_id, actor_name = stamp.at, stamp.rev, stamp.author_id, stamp.author_name

        def row(unit: UnitLike) -> tuple[Any, ...]:
            key, source, author = unit.key, unit.source, unit.author
            by_id, by = (None, author[:NAME]) if author else (actor_id, actor_name)
            changed = unit.changed or unit.created
            created = unit.created or changed
            changed = now if changed is None else changed if changed.tzinfo else changed.replace(tzinfo=UTC)
            created = now if created is None else created if created.tzinfo else created.replace(tzinfo=UTC)
            sure = default if unit.confirmed is None else unit.confirmed
            return (
                memory_id, key, key_hash(key) if key else None, source, unit.target, text_hash(source),
                unit.previous, unit.next, unit.speaker[:SHORT], unit.note, origin,
                sure, changed if sure else None, by_id if sure else None, by if sure else "",
                created, by_id, by, changed, by_id, by, rev, None,
            )  # fmt: skip

        return row

    def give(self, entry: Entry, unit: UnitLike) -> None:
        """Give an entry the texts of a unit, and the stamps of the import or of the file.

        What the file does not know stays; a text that changes is as confirmed as the file says.
        """
        stamp = self.stamp
        if entry.source != unit.source or entry.target != unit.target:
            entry.source, entry.source_hash, entry.target = unit.source, text_hash(unit.source), unit.target
            entry.origin = self.origin[:SHORT]
            sure = self.confirmed if unit.confirmed is None else unit.confirmed
            at = unit.changed or unit.created or stamp.at
            by = (None, unit.author[:NAME]) if unit.author else (stamp.author_id, stamp.author_name)
            entry.changed_at = at if at.tzinfo else at.replace(tzinfo=UTC)
            entry.changed_by_id, entry.changed_by_name = by
            entry.confirmed, entry.confirmed_at = sure, entry.changed_at if sure else None
            entry.confirmed_by_id, entry.confirmed_by_name = by if sure else (None, "")
        if unit.key:
            entry.key, entry.key_hash = unit.key, key_hash(unit.key)
        entry.previous = entry.previous if unit.previous is None else unit.previous
        entry.next = entry.next if unit.next is None else unit.next
        entry.speaker = unit.speaker[:SHORT] or entry.speaker
        entry.note = unit.note or entry.note
        entry.rev = stamp.rev


def differs(entry: Entry, unit: UnitLike) -> bool:
    """Whether a unit says anything else than the entry does; what it does not know it does not say."""
    return (
        entry.target != unit.target
        or entry.source != unit.source
        or (bool(unit.key) and entry.key != unit.key)
        or (unit.previous is not None and entry.previous != unit.previous)
        or (unit.next is not None and entry.next != unit.next)
        or (bool(unit.speaker) and entry.speaker != unit.speaker[:SHORT])
        or (bool(unit.note) and entry.note != unit.note)
    )


def content(unit: UnitLike) -> int:
    """A 64-bit hash of what `differs` compares beside source and key; equal ones differ in nothing."""
    return hash((unit.target, unit.previous, unit.next, unit.speaker[:SHORT], unit.note))
