"""Which of a row's proposals fills it, if any."""

from __future__ import annotations

from typing import NamedTuple

from apps.ldm.services.pretranslate.options import EARLIER, Options
from apps.tm.matching.proposals import Proposal, Proposals, Query


class Choice(NamedTuple):
    """A whole text for a row. `score`: percent. `memory_id`: the memory of the entry that it comes from."""

    target: str
    score: int
    kind: str
    memory_id: int


def choose(query: Query, found: Proposals, options: Options) -> Choice | None:
    """The text that fills a row.

    Equal sources come first, then a match of the row's own key where that is preferred, then the best match,
    and at last the earlier translation where it is wanted. Matches of single lines are no text for a row:
    only rows whose lines are all known have a proposal of the kind "line" for the whole.
    """
    best = next((one for one in found.proposals if _fits(one, one.kind, options)), None)
    if best is not None and best.entry.source == query.source:
        return _choice(best, best.kind)
    own = found.earlier if found.earlier is not None and found.earlier.target.strip() else None
    if own is not None and options.same_key_first and query.key and own.entry.key == query.key:
        kind = "repaired" if own.repairs else "fuzzy"
        if _fits(own, kind, options):
            return _choice(own, kind)
    if best is not None:
        return _choice(best, best.kind)
    return _choice(own, EARLIER) if own is not None and options.use_earlier else None


def _fits(proposal: Proposal, kind: str, options: Options) -> bool:
    return (
        kind in options.kinds
        and proposal.score >= options.threshold
        and proposal.line is None
        and bool(proposal.target.strip())
    )


def _choice(proposal: Proposal, kind: str) -> Choice:
    return Choice(proposal.target, proposal.score, kind, proposal.entry.memory_id)
