"""The scan without a compiler: the same filter in numpy, the edit distance by rapidfuzz.

Its filter keeps what that of `scan` keeps and both verify exactly, so the answers are equal.
rapidfuzz computes the Levenshtein distance bit-parallel (Hyyro 2003) and works on code points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from apps.tm.matching.best import Best
from apps.tm.matching.bounds import CHUNK_ROWS, CJK, LOSSLESS, LOSSLESS_CHARACTERS, allowed_edits, hamming_bound
from apps.tm.matching.segment import LENGTH, ROWS, Segment, encode
from apps.tm.matching.signatures import Words, signature_words, signatures_numpy


def scan(text: str, segment: Segment, alive: NDArray[np.bool_], lossless: bool, best: Best) -> None:
    """Search one segment, adding to `best`; parameters as in `engine.Engine.scan`."""
    m = len(text)
    groups = [
        group
        for group in segment.groups.tolist()
        if abs(group[LENGTH] - m) <= allowed_edits(max(group[LENGTH], m), best.threshold, False)
    ]
    lossless = lossless or sum(group[ROWS] for group in groups) * max(8, m) <= LOSSLESS_CHARACTERS
    signed: dict[int, Words] = {}
    # Nearest length first, the longer one of two equally near: the order of the compiled scan.
    for group in sorted(groups, key=lambda group: (abs(group[LENGTH] - m), -group[LENGTH])):
        length = group[LENGTH]
        # Shorter texts can be out of reach while longer ones, further away, are not.
        if abs(length - m) > allowed_edits(max(length, m), best.cutoff, False):
            continue
        width = signature_words(length)
        if width not in signed:
            signed[width] = signatures_numpy(encode(text), m, width) if m > 1 else np.zeros(width, dtype=np.uint64)
        _scan_group(text, segment, group, signed[width], alive, lossless, best)


def _scan_group(
    text: str,
    segment: Segment,
    group: list[int],
    signed: Words,
    alive: NDArray[np.bool_],
    lossless: bool,
    best: Best,
) -> None:
    length, first, rows, first_code, first_word = group
    width, longer = len(signed), max(len(text), length)
    cjk = 3 * sum(ord(character) >= CJK for character in text) > len(text)
    # The filter may lose matches by the threshold, never by the cut-off: what is found depends on no order.
    most_edits = allowed_edits(longer, best.threshold, False)
    bound = LOSSLESS * most_edits if lossless else hamming_bound(most_edits, longer, width, cjk)
    for chunk in range(0, rows, CHUNK_ROWS):
        most = min(bound, LOSSLESS * allowed_edits(longer, best.cutoff, False))
        begin = first_word + chunk * width
        words = segment.words[begin : first_word + min(chunk + CHUNK_ROWS, rows) * width].reshape(-1, width)
        different = np.bitwise_count(words ^ signed).sum(axis=1, dtype=np.int64)
        for near in np.flatnonzero(different <= most).tolist():
            row = chunk + near
            entry = int(segment.ids[first + row])
            edits = best.edits(longer, entry)
            if edits < 0 or not alive[entry]:
                continue
            verify(text, segment.text(first_code + row * length, length), entry, edits, best)


def verify(query: str, text: str, entry: int, edits: int, best: Best) -> None:
    """Put the entry in when its text is within `edits` (0 or more) of the query."""
    distance = Levenshtein.distance(query, text, score_cutoff=edits)
    if distance <= edits:
        longer = max(len(query), len(text))
        best.insert(1.0 - distance / longer if longer else 1.0, entry)
