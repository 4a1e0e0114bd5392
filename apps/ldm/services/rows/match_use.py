"""What became of the best match that a person was shown: counted when the row is confirmed, nameless."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from apps.ldm.models import Origin, Row, Status
from apps.tm.services import usage

LIKE = 0.5
"""From this similarity on, a text typed beside a match counts as the match, edited."""
_COMPARED = 5000


@dataclass(frozen=True, slots=True)
class MatchShown:
    """The best match beside the row while it was edited, as the client saw it."""

    memory_id: int
    kind: str
    score: int | None
    target: str


def count(row: Row, match: MatchShown, *, status_before: Status, origin_before: str, serves: bool) -> None:
    """Count the match when the edit confirmed the row; once, since only the step to confirmed counts.

    `serves`: the memory is one of those that the file asks; others are not counted. Call in the
    save's transaction, after every other lock but the audit log's.
    """
    if not serves or status_before >= Status.CONFIRMED or row.status < Status.CONFIRMED:
        return
    if (band := usage.band_of(match.kind, match.score)) is not None:
        usage.record_match(memory_id=match.memory_id, band=band, outcome=outcome(row.target, match, origin_before))


def outcome(target: str, match: MatchShown, origin_before: str) -> str:
    """ "as_is" for the match's own text, "edited" where it was the start of the text, else "not_used"."""
    if target == match.target:
        return "as_is"
    if origin_before == Origin.MEMORY:
        return "edited"
    alike = Levenshtein.normalized_similarity(target[:_COMPARED], match.target[:_COMPARED], score_cutoff=LIKE)
    return "edited" if alike >= LIKE else "not_used"
