"""What the room of a mirrored file asks of the line to the server, whoever makes that line.

A desktop's windows show who is in the server's file and what is held there. The part that knows
the server registers here how to open a line; without one a room knows its own windows only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from apps.ldm.live.news import Held, Person


@dataclass(slots=True)
class View:
    """The server's room as one line sees it. `connection` is the line's own name there."""

    connection: str
    people: dict[str, Person] = field(default_factory=dict)
    leases: dict[int, Held] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a row."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """The server's answer to who wants a row; `holder` says who else has it, where that is the reason."""

    granted: bool
    holder: Holder | None = None


class Listener(Protocol):
    """What a line tells the room; called on the room's event loop."""

    def on_change(self) -> None:
        """The line's view is another, or there is none any more."""

    def on_typing(self, row: int, person_id: int, name: str, text: str) -> None:
        """Somebody types in a row on the server."""

    def on_late(self, row: int, said: Said) -> None:
        """An answer came after nobody waited for it any more."""


class Line(Protocol):
    """One window's line to the server's room. Nothing of it raises; it comes back by itself."""

    view: View | None
    """None while the line is not up."""
    joining: bool
    """Whether it is about to be let in: the others may see its window before it knows its name."""

    def at(self, row: int | None) -> None:
        """The window's cursor is on a row."""

    async def lease(self, row: int) -> Said | None:
        """Ask for a row, or renew it; None where no answer comes in a short time."""

    def release(self, row: int) -> None:
        """The window has finished with a row."""

    def typing(self, row: int, text: str) -> None:
        """The window's text of a row it holds."""

    def close(self) -> None:
        """The window is closed."""


Factory = Callable[[int, Listener], Line]
_factory: Factory | None = None


def provide(factory: Factory) -> None:
    """Name who opens lines: called with a file of the server and the window's listener, on its event loop."""
    global _factory
    _factory = factory


def open_line(file_id: int, listener: Listener) -> Line | None:
    """A line to the server's room of a file; None where nobody provides any."""
    return None if _factory is None else _factory(file_id, listener)
