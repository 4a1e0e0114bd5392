"""One short script for each deliberate defect, in which it shows; without the defect every one of them is clean."""

from __future__ import annotations

from typing import Any

from apps.sync.carriers.faulty import DELAYED, DOUBLED, LOST, UNANSWERED
from apps.sync.simulation.script import Script, Step


def _script(*steps: Step, skews: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Script:
    return Script(skews=skews, warm=True, chances=False, steps=steps, probe=1)


def _edit(row: int = 0, *, node: int = 0, how: str = "text", pause: float = 60.0) -> Step:
    return Step("edit", node=node, row=row, how=how, pause=pause)


def _round(*pushes: str, node: int = 0, pause: float = 60.0, **force: Any) -> Step:
    """A round; the answers of the network to each `push` in turn."""
    return Step("round", node=node, pause=pause, salt=1, force={"faults": {"push": list(pushes)}} | force)


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


# ---- leases, on rows that somebody has open on the server ----
def _lease(how: str, row: int = 0, *, node: int = 0, pause: float = 3.0) -> Step:
    return Step("lease", node=node, row=row, how=how, pause=pause)


LEASE_REFUSES = _script(_edit(1), _lease("open", 1), _round(pause=3.0))
LEASE_WINS = _script(_edit(1), _lease("open", 1), _round(), _lease("save", 1))
LEASE_FOR_EVER = _script(_lease("open", 1, node=1), Step("online", row=1, how="text", pause=90.0))
LEASE_OF_ANYONE = _script(_lease("open", 1, node=1), _lease("forge", 1, node=2))

# ---- memories, uploads ----
_MEMORY = Step("memory")
_WHOLE = Step("round", salt=0)
"""A round about everything."""


def _bring(*creates: str, node: int = 0, salt: int = 0) -> Step:
    return Step("bring", node=node, salt=salt, force={"faults": {"create": list(creates)}})


FORGET_CONFIRMED = _script(_MEMORY, _edit(1, how="confirmed"), _round())
STAY_BESIDE = _script(_MEMORY, _WHOLE, _edit(1, how="confirmed"), _round())
MEMORIES_ONCE = _script(_MEMORY, _WHOLE, _bring(node=1), _round())
NEW_KEY = _script(_bring(UNANSWERED), _bring())
ANY_REVISION = _script(_bring(UNANSWERED), _bring(salt=1))


# ---- decided conflicts ----
def _decide(how: str, node: int = 0) -> Step:
    return Step("resolve", node=node, how=how)


_LOSES = (_edit(1), _online(1), _round())
"""An edit of the first desktop that loses against the lead's."""
LAST_DECIDES = _script(*_LOSES, _decide("here keep"), _decide("there third"), _round())
GUESS_KEPT = _script(*_LOSES, _decide("there swap"), _WHOLE)
OWN_WAY = LAST_DECIDES
TOLD_FIRST = _script(*_LOSES, _round(in_flight={"changes": "swap"}))
SWAP_ALONE = _script(*_LOSES, _decide("here third"), _round())
ONE_HISTORY = _script(_online(1), _edit(1), _round())
