"""The figures both engines share: how much a filter forgives, and when it forgives everything."""

from __future__ import annotations

# Hamming distance allowed for each allowed edit. Four loses nothing, whatever the texts; neighbouring
# edits share bigrams, so less loses next to nothing on text that people wrote.
LOSSLESS = 4.0
SINGLE = 3.0
BATCH = 2.5
SLACK = 2.0

# A segment with no more rows than this in the admissible lengths is always filtered without loss.
LOSSLESS_ROWS = 8_192

# The filter's bound is fixed for this many rows, so that both engines keep the same rows.
CHUNK_ROWS = 4_096

# Longer texts go to the fall-back, whose tables do not grow with length times alphabet.
LONGEST_COMPILED = 16_384


def allowed_edits(longer: int, cutoff: float, strict: bool) -> int:
    """The largest distance at which 1 - distance / longer is >= cutoff (> when strict); -1 if none is.

    Exact in floating point: decided by the same expression that gives the score.
    """
    if longer == 0:
        return 0 if (cutoff < 1.0 if strict else cutoff <= 1.0) else -1
    edits = min(longer, max(0, int((1.0 - cutoff) * longer)) + 1)
    while edits >= 0:
        score = 1.0 - edits / longer
        if score > cutoff or (score == cutoff and not strict):
            break
        edits -= 1
    return edits
