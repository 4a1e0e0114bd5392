"""The figures both engines share: how much a filter forgives, and when it forgives everything."""

from __future__ import annotations

# Hamming distance allowed for each allowed edit. Four loses nothing, whatever the texts. Fewer are enough on
# text that people wrote, because neighbouring edits share bigrams, and the more so the longer the text: the
# share evens out, and more bits of one text coincide with bits of the other by chance.
LOSSLESS = 4
FACTORS = (3.0, 3.0, 2.6, 2.4, 2.4, 2.5, 2.45)  # for signatures of 1, 2, 4, ... 64 and more words
# Hangul, kana and ideographs repeat fewer bigrams: edits show more, and unrelated texts are further apart.
FACTORS_CJK = (3.0, 3.0, 2.8, 2.8, 2.8, 2.8, 2.7)
CJK = 0x2E80  # the first code point of those scripts
SLACK = 4.0  # added once: up to four edits the filter loses nothing
SHARE = 0.25  # of the characters: edits that the filter is prepared for at any threshold

# A segment with no more characters than this in the admissible rows is always filtered without loss.
LOSSLESS_CHARACTERS = 100_000

# Rows filtered at a time, with one bound; the cut-off of the verification rises within them.
CHUNK_ROWS = 4_096

# Longer texts go to the fall-back, whose tables do not grow with length times alphabet.
LONGEST_COMPILED = 16_384


def hamming_bound(edits: int, longer: int, words: int, cjk: bool) -> int:
    """The largest Hamming distance, in signatures of `words` words, of texts kept for `edits` allowed edits.

    `longer`: characters of the longer text. `cjk`: see `FACTORS_CJK`. Unrelated texts are as far apart
    whatever the threshold, so the bound for a high one need not be below that for `SHARE`, and then it
    mostly loses nothing at all.
    """
    step = 0
    while words > 1 and step < len(FACTORS) - 1:
        words //= 2
        step += 1
    factor = FACTORS_CJK[step] if cjk else FACTORS[step]
    return int(min(LOSSLESS * edits, factor * max(edits, SHARE * longer) + SLACK))


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
