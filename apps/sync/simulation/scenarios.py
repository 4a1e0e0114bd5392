"""One short script for each deliberate defect, in which it shows; without the defect every one of them is clean."""

from __future__ import annotations

from typing import Any

from apps.sync.carriers.faulty import DELAYED, DOUBLED, LOST, UNANSWERED
from apps.sync.simulation.script import Script, Step


def _script(*steps: Step, skews: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Script:
    return Script(skews=skews, warm=True, chances=False, steps=steps, probe=1)


def _edit(row: int = 0, *, node: int = 0, how: str = "text", pause: float = 60.0) -> Step:
    return Step("edit", node=node, row=row, how=how, pause=pause)


def _round(*pushes: str, node: int = 0, **force: Any) -> Step:
    """A round; the answers of the network to each `push` in turn."""
    return Step("round", node=node, salt=1, force={"faults": {"push": list(pushes)}} | force)


def _online(row: int = 0) -> Step:
    return Step("online", row=row, how="text")


NO_DEDUPE = _script(_edit(), _round(DOUBLED))
TS_ONLY = _script(_edit(), _round(), _edit(), _round())
NO_AFTER = _script(_edit(), _round(UNANSWERED), _edit(), _round())
AFTER_ONE = _script(_edit(), _round(UNANSWERED), _edit(), _round(LOST), _edit(), _round())
WRONG_CLOCK = _script(_edit(), _online(), _round(), skews=(1e6, 0.0, 0.0))
"""The desktop's clock is far ahead, so that its older edit looks newer."""
LOSER = _script(_edit(), _online(), _round())
CURSOR_FIRST = _script(_online(), _round(crash_after="changes"))
ARRIVAL_ON_EDIT = _script(_online(), _round(in_flight={"changes": 0}))
BACK_AGAIN = _script(_online(1), _round(in_flight={"changes": 1}), _edit(1, how="back"))
EDIT_IN_FLIGHT = _script(_edit(), _round(in_flight={"push": 0}))
EXPIRED_LOGIN = _script(_edit(), _round("login"))
REMOVED = _script(Step("reimport", row=0), _round())
WIDE_REVISION = _script(Step("reimport", row=0), _round())
"""Every row of the file moves: one revision has more rows than a page."""
ARRIVES_LATE = _script(_edit(), _round(DELAYED), _edit(), _round(), Step("arrive"))
"""The earlier edit of one person arrives after the later one."""
