"""What becomes of an edit that was made elsewhere: causality first, then time, and the loser is kept.

An edit that saw the present text, or that replaces an own earlier edit which became the present
text, always wins. Only otherwise are times compared, and never two clocks: an edit's time is the
server's present less the edit's age, which one and the same clock of the desktop measured. That a row is meant
to be empty goes with its text: said alone, it never takes the place of another text.
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
    blank: bool = False
    """Whether it is meant to be empty."""


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
    present: Present,
    *,
    op: str,
    base_rev: int,
    after: Sequence[str],
    target: str,
    status: int,
    at: float,
    blank: bool | None = None,
    flag_only: bool = False,
) -> Verdict:
    """The verdict over one edit; `blank` is what it says of an empty row, None where it says nothing.

    `flag_only`: its person wrote no text, and said only this.
    """
    same = target == present.target and status == present.status
    if (flag_only and not same) or (same and blank in (None, present.blank)):
        return Verdict("noop", False, at)
    # It saw what is there: it comes after it, whatever the clocks say.
    saw = base_rev == present.text_rev or bool(present.last_op and present.last_op in after)
    later = present.edited_at is None or (at, op) > (present.edited_at, present.last_op)
    if same:
        # No text meets another: there is nothing to keep of the one that loses.
        return Verdict("applied" if flag_only or saw or later else "noop", False, at)
    if saw:
        return Verdict("applied", False, max(at, (present.edited_at or 0.0) + 1e-6))
    return Verdict("applied" if later else "lost", True, at)
