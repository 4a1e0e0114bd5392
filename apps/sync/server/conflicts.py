"""Conflicts as the server makes them, and as they travel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apps.accounts.models import User
from apps.ldm.models import Row
from apps.sync.models import Conflict
from apps.sync.protocol import Op
from apps.sync.server.decide import Verdict

FIELDS = (
    "op", "file_id", "row_id", "base", "kept", "kept_by_id", "kept_by_name", "kept_at", "lost", "lost_status",
    "lost_by_id", "lost_by_name", "lost_at", "reason", "resolution", "resolved_at", "resolved_by_id",
    "resolved_by_name",
)  # fmt: skip
CLOCK_SECONDS = 300.0
"""Clocks further apart than this say little about who was later: the conflict says so."""
TIMES = ("kept_at", "lost_at", "resolved_at")


def conflict_of(actor: User, row: Row, op: Op, verdict: Verdict, *, skew: float = 0.0) -> Conflict:
    """The conflict of an edit with a row that it had not seen; `row` is as it was before the edit. Not saved yet.

    `skew`: seconds between the clocks of the desktop and the server.
    """
    at = datetime.fromtimestamp(verdict.at, UTC)
    mine = {"by_id": actor.pk, "by_name": actor.name, "at": at}
    theirs = {"by_id": row.edited_by_id, "by_name": row.edited_by_name, "at": row.edited_at}
    won = verdict.outcome == "applied"
    kept, lost = (mine, theirs) if won else (theirs, mine)
    return Conflict(
        op=op.op,
        file_id=row.file_id,
        row_id=row.pk,
        base=op.base_target,
        reason="clock" if abs(skew) > CLOCK_SECONDS else "concurrent",
        kept=op.target if won else row.target,
        lost=row.target if won else op.target,
        lost_status=row.status if won else op.status,
        **{f"kept_{name}": value for name, value in kept.items()},
        **{f"lost_{name}": value for name, value in lost.items()},
    )


def conflict_json(conflict: Conflict) -> dict[str, Any]:
    """A conflict as JSON can hold it."""
    values = {name: getattr(conflict, name) for name in FIELDS}
    values["op"] = str(values["op"])
    return values | {name: values[name].isoformat() if values[name] else None for name in TIMES}
