"""What becomes of an edit that was made elsewhere: causality first, then time, and the loser is kept.

An edit that saw the present text, or that replaces an own earlier edit which became the present
text, always wins. Only otherwise are times compared, and never two clocks: an edit's time is the
server's present less the edit's age, which one and the same clock of the desktop measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Present:
    """The row on the server: its text, who made it when (seconds since 1970; None: an import), by which edit."""

    target: str
    status: int
    text_rev: int
    edited_at: float | None
    last_op: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with an edit; `at` is its time on the server's clock."""

    outcome: str
    """noop, applied, or lost."""
    concurrent: bool
    at: float


def time_of(*, server_now: float, client_now: float, edited_at: float) -> float:
    """When an edit was made, by the server's clock. A clock that was set back makes an edit new, never future."""
    return server_now - max(0.0, client_now - edited_at)


def decide(
    present: Present, *, op: str, base_rev: int, after: Sequence[str], target: str, status: int, at: float
) -> Verdict:
    """The verdict over one edit."""
    if target == present.target and status == present.status:
        return Verdict("noop", False, at)
    if base_rev == present.text_rev or (present.last_op and present.last_op in after):
        # It saw what is there: it comes after it, whatever the clocks say.
        return Verdict("applied", False, max(at, (present.edited_at or 0.0) + 1e-6))
    if present.edited_at is None or (at, op) > (present.edited_at, present.last_op):
        return Verdict("applied", True, at)
    return Verdict("lost", True, at)
