"""Which revisions of a file have been told: in order, without a gap, and nothing claimed that is not there."""

from __future__ import annotations

from dataclasses import dataclass

MOST_ROWS = 200
MOST_BYTES = 60 * 1024
"""What is more is told as a hint: the client fetches it. Below a socket's 64 KB, counts and brackets included."""
WAIT = 1.0
"""Seconds to wait for a revision that is known to exist and has not come: a hint has every window ask, so it is
worth some patience with a process that is busy."""

Fragment = tuple[int, str]
"""A row's id and its JSON text."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Every row that changed from revision `first` to `last`, as it was after its last change among them."""

    first: int
    last: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """There is something up to this revision: fetch it."""

    revision: int


class Spans:
    """Takes revisions in any order; gives them back as ranges without a gap.

    Revisions of a file are committed in order, so one that is known proves that all before it
    exist. What does not come within WAIT seconds becomes a hint.
    """

    def __init__(self, told: int) -> None:
        self.told = told
        self._top = told
        self._held: dict[int, tuple[Fragment, ...] | None] = {}
        self._lacking_since: float | None = None

    @property
    def waits(self) -> bool:
        """Whether something is known that has not been told."""
        return self._top > self.told

    def take(self, revision: int, rows: tuple[Fragment, ...] | None) -> None:
        """A revision with all rows it changed, or None where they are too many."""
        if revision <= self.told:
            return
        self._top = max(self._top, revision)
        if revision not in self._held:
            self._held[revision] = rows

    def exists(self, revision: int) -> None:
        """A revision that somebody saw in the database."""
        self._top = max(self._top, revision)

    def ready(self, now: float) -> Changes | Hint | None:
        """What can be told at this moment (seconds of a clock that does not jump), or None."""
        first = last = self.told + 1
        while last in self._held:
            last += 1
        last -= 1
        if last >= first:
            run = [self._held.pop(revision) for revision in range(first, last + 1)]
            self.told, self._lacking_since = last, None
            return _told(first, last, run)
        if not self.waits:
            return None
        if self._lacking_since is None:
            self._lacking_since = now
        if now - self._lacking_since < WAIT:
            return None
        self._lacking_since = None
        self.told = self._top
        self._held = {revision: rows for revision, rows in self._held.items() if revision > self.told}
        return Hint(self.told)


def _told(first: int, last: int, run: list[tuple[Fragment, ...] | None]) -> Changes | Hint:
    rows: dict[int, str] = {}
    for fragments in run:
        if fragments is None:
            return Hint(last)
        rows.update(fragments)
    texts = tuple(rows.values())
    if len(texts) > MOST_ROWS or sum(map(_size, texts)) > MOST_BYTES:
        return Hint(last)
    return Changes(first, last, texts)


def _size(text: str) -> int:
    """Bytes of a text in UTF-8; the cheap way where it is short anyway."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
