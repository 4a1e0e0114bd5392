"""The compiled scan: signatures, the Hamming filter and the bit-parallel edit distance, in numba.

Edit distance: Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic
programming", Journal of the ACM 46, 1999, in the form of Hyyro, "A bit-vector algorithm for computing
Levenshtein and Damerau edit distances", Nordic Journal of Computing 10, 2003; for more than 64
characters in blocks, limited to the diagonals that a distance within the bound can use (Ukkonen,
"Algorithms for approximate string matching", Information and Control 64, 1985).

Importing this module needs numba; `engine` falls back to numpy where it is missing.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from apps.tm.matching import bounds
from apps.tm.matching import signatures as rule
from apps.tm.matching.segment import FIRST_CODE, FIRST_ROW, FIRST_WORD, LENGTH, ROWS
from apps.tm.matching.signatures import Codes, Words

# numba's disk cache notices changes of this file only: touch it when one of these figures changes elsewhere.
_CHUNK_ROWS = bounds.CHUNK_ROWS
_CJK = bounds.CJK
_LOSSLESS = bounds.LOSSLESS
_LOSSLESS_CHARACTERS = bounds.LOSSLESS_CHARACTERS
_MAX_WORDS = rule.MAX_WORDS
_KEYS = 1 << rule.KEY_BITS
_CHECK_EVERY = 16  # columns between two looks at whether the bound can still be kept

# Typed, because numba makes a float of an unsigned and a signed integer.
_ZERO, _ONE, _WORD_BITS = np.uint64(0), np.uint64(1), np.uint64(63)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_MASK = np.uint64(rule.MASK)
_FIRST, _SECOND = np.uint64(rule.FIRST), np.uint64(rule.SECOND)
_ELEMENT, _OCCURRENCE = np.uint64(rule.ELEMENT), np.uint64(rule.OCCURRENCE)
_KEY_SHIFT = np.uint64(32 - rule.KEY_BITS)

_F = TypeVar("_F")


def _compiled(function: _F) -> _F:
    """Compile lazily, without the interpreter's lock, into the disk cache where there is a place for one."""
    try:
        return cast(_F, njit(cache=True, nogil=True)(function))
    except RuntimeError:  # no folder for the cache: a frozen program without source files
        return cast(_F, njit(nogil=True)(function))


@intrinsic  # type: ignore[untyped-decorator]
def _popcount(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


_allowed_edits = _compiled(bounds.allowed_edits)
_hamming_bound = _compiled(bounds.hamming_bound)
_width = _compiled(rule.signature_words)


@_compiled
def _sign_one(codes: Codes, start: int, length: int, width: int, counts: Any, out: Words, at: int) -> None:
    """Set the bits of one text in out[at : at + width]; `counts` is all zero before and after."""
    shift = np.uint64(32)
    bits = width * 64
    while bits > 1:
        shift -= _ONE
        bits //= 2
    for place in range(start, start + length - 1):
        key = _key(codes[place], codes[place + 1])
        element = (key + np.uint64(counts[key]) * _OCCURRENCE + _ONE) & _MASK
        counts[key] += 1
        bit = ((element * _ELEMENT) & _MASK) >> shift
        out[at + np.int64(bit >> np.uint64(6))] |= _ONE << (bit & _WORD_BITS)
    for place in range(start, start + length - 1):
        counts[_key(codes[place], codes[place + 1])] = 0


@_compiled
def _key(first: Any, second: Any) -> Any:
    mixed = (np.uint64(first) * _FIRST + np.uint64(second)) & _MASK
    return ((mixed * _SECOND) & _MASK) >> _KEY_SHIFT


@_compiled
def sign(codes: Codes, length: int, width: int) -> Words:
    """Signatures of texts of one length: (rows * length,) code points to (rows * width,) words."""
    rows = len(codes) // length
    out = np.zeros(rows * width, dtype=np.uint64)
    counts = np.zeros(_KEYS, dtype=np.uint32)
    for row in range(rows):
        _sign_one(codes, row * length, length, width, counts, out, row * width)
    return out


@_compiled
def _distance_short(codes: Codes, start: int, n: int, slots: Any, pattern: Words, m: int, most: int) -> int:
    """Edit distance of a query of 1 to 64 characters, or more than `most` when it is more."""
    up, down = _ALL, _ZERO
    top = np.uint64(m - 1)
    distance = m
    size = len(slots)
    left_over = n - 1  # columns that can still lower the distance
    for code in codes[start : start + n]:
        equal = pattern[slots[code]] if code < size else _ZERO
        diagonal = equal | down
        diagonal = (((diagonal & up) + up) ^ up) | diagonal
        right = down | ~(diagonal | up)
        left = diagonal & up
        distance += np.int64((right >> top) & _ONE) - np.int64((left >> top) & _ONE)
        if distance - left_over > most:
            return most + 1
        left_over -= 1
        right = (right << _ONE) | _ONE
        up = (left << _ONE) | ~(diagonal | right)
        down = right & diagonal
    return distance


@_compiled
def _distance_long(
    codes: Codes, start: int, n: int, slots: Any, pattern: Words, m: int, most: int, ups: Words, downs: Words, ends: Any
) -> int:
    """Edit distance of a longer query, block by block on the diagonals within `most`; ends: value per block."""
    blocks = len(ends)
    back, ahead = (most + n - m) // 2, (most - n + m) // 2
    if n - m > most or m - n > most:
        return most + 1
    first, last, above = 0, -1, 0
    for column in range(1, n + 1):
        while last < (max(1, min(m, column + ahead)) - 1) // 64:
            last += 1
            ups[last], downs[last] = _ALL, _ZERO
            ends[last] = (ends[last - 1] if last else column - 1) + min(64, m - last * 64)
        if (max(1, column - back) - 1) // 64 > first:
            first = (max(1, column - back) - 1) // 64
            above = ends[first - 1]
        # Rows above the diagonals are taken to rise by one a column: never too small a value.
        above += 1
        code = codes[start + column - 1]
        slot = (np.int64(slots[code]) if code < len(slots) else 0) * blocks
        enters_up, enters_down = _ONE, _ZERO
        least, before = most + 1, above
        for block in range(first, last + 1):
            up, down = ups[block], downs[block]
            equal = pattern[slot + block]
            vertical = equal | down
            equal |= enters_down
            diagonal = (((equal & up) + up) ^ up) | equal
            right = down | ~(diagonal | up)
            left = diagonal & up
            height = min(64, m - block * 64)
            leaves_up = (right >> np.uint64(height - 1)) & _ONE
            leaves_down = (left >> np.uint64(height - 1)) & _ONE
            right = (right << _ONE) | enters_up
            left = (left << _ONE) | enters_down
            ups[block] = left | ~(vertical | right)
            downs[block] = right & vertical
            enters_up, enters_down = leaves_up, leaves_down
            ends[block] += np.int64(leaves_up) - np.int64(leaves_down)
            # Neighbouring cells differ by at most one, so a block's two ends bound what is inside.
            least = min(least, (before + ends[block] - height) // 2)
            before = ends[block]
        if column % _CHECK_EVERY == 0 and least > most:
            return most + 1
    return ends[blocks - 1]


@_compiled
def _insert(scores: Any, found: Any, count: int, score: float, entry: int) -> int:
    """Put a match into the best so far (score falling, then entry rising); returns the new count."""
    place = count
    if count == len(scores):
        place -= 1
    else:
        count += 1
    while place > 0 and (scores[place - 1] < score or (scores[place - 1] == score and found[place - 1] > entry)):
        scores[place], found[place] = scores[place - 1], found[place - 1]
        place -= 1
    scores[place], found[place] = score, entry
    return count


@_compiled
def _pattern(query: Any, blocks: int, size: int) -> tuple[Any, Words]:
    """Per code point the number of its row of bit masks (0: not in the query), and the masks."""
    slots = np.zeros(size, dtype=np.uint16)
    used = 0
    for code in query:
        if code < size and slots[code] == 0:
            used += 1
            slots[code] = used
    masks = np.zeros((used + 1) * blocks, dtype=np.uint64)
    for place in range(len(query)):
        code = query[place]
        if code < size:
            masks[np.int64(slots[code]) * blocks + place // 64] |= _ONE << np.uint64(place % 64)
    return slots, masks


@_compiled
def scan(
    query: Any, codes: Codes, words: Words, ids: Any, groups: NDArray[np.int64], alive: Any, size: int,
    threshold: float, lossless: bool, scores: Any, found: Any, count: int,
) -> int:  # fmt: skip
    """Search one segment, adding to the best so far; see `engine.Engine.scan` for the parameters.

    `size`: one more than the largest code point of the segment. `scores`, `found`: (limit,), changed.
    Returns how many of them are filled.
    """
    m, limit = len(query), len(scores)
    begin, end, rows, above = 0, 0, 0, 0
    for group in range(len(groups)):
        length = groups[group, LENGTH]
        above += length < m
        if abs(length - m) <= _allowed_edits(max(length, m), threshold, False):
            begin = group if rows == 0 else begin
            end = group + 1
            rows += groups[group, ROWS]
    if rows == 0:
        return count
    lossless = lossless or rows * max(8, m) <= _LOSSLESS_CHARACTERS
    cjk = 3 * np.sum(query >= _CJK) > m
    blocks = max(1, (m + 63) // 64)
    slots, pattern = _pattern(query, blocks, size)
    ups, downs = np.empty(blocks, dtype=np.uint64), np.empty(blocks, dtype=np.uint64)
    ends = np.empty(blocks, dtype=np.int64)
    # The query's signature in every width, width w at words [w, 2w).
    signed = np.zeros(2 * _MAX_WORDS, dtype=np.uint64)
    have = 0
    counts = np.zeros(_KEYS, dtype=np.uint32)
    above = max(above, begin)
    below = above - 1
    while True:
        cutoff = scores[limit - 1] if count == limit else threshold
        over = above < end and groups[above, LENGTH] - m <= _allowed_edits(groups[above, LENGTH], cutoff, False)
        under = below >= begin and m - groups[below, LENGTH] <= _allowed_edits(m, cutoff, False)
        if not over and not under:
            return count
        if over and (not under or groups[above, LENGTH] - m <= m - groups[below, LENGTH]):
            group = above
            above += 1
        else:
            group = below
            below -= 1
        length, width = groups[group, LENGTH], _width(groups[group, LENGTH])
        if have & width == 0:
            have |= width
            if m > 1:
                _sign_one(query, 0, m, width, counts, signed, width)
        count = _scan_group(
            query, codes, words, ids, groups[group], alive, slots, pattern, ups, downs, ends,
            signed[width : 2 * width], threshold, lossless, cjk, scores, found, count,
        )  # fmt: skip


@_compiled
def _scan_group(
    query: Any, codes: Codes, words: Words, ids: Any, group: Any, alive: Any, slots: Any, pattern: Words,
    ups: Words, downs: Words, ends: Any, signed: Words,
    threshold: float, lossless: bool, cjk: bool, scores: Any, found: Any, count: int,
) -> int:  # fmt: skip
    """Search the rows of one length; returns how many matches there are now."""
    m, length, limit, width = len(query), group[LENGTH], len(scores), len(signed)
    longer = max(m, length)
    loose = _allowed_edits(longer, scores[limit - 1] if count == limit else threshold, False)
    strict = _allowed_edits(longer, scores[limit - 1], True) if count == limit else loose
    # The filter may lose matches by the threshold, never by the cut-off: what is found depends on no order.
    most_edits = _allowed_edits(longer, threshold, False)
    bound = _LOSSLESS * most_edits if lossless else _hamming_bound(most_edits, longer, width, cjk)
    near = np.empty(_CHUNK_ROWS, dtype=np.int64)
    for chunk in range(0, group[ROWS], _CHUNK_ROWS):
        most = min(bound, _LOSSLESS * loose)
        base = group[FIRST_WORD] + chunk * width
        kept = _filter(words, base, min(_CHUNK_ROWS, group[ROWS] - chunk), signed, most, near)
        for place in range(kept):
            row = chunk + near[place]
            entry = ids[group[FIRST_ROW] + row]
            edits = loose if count < limit or entry < found[limit - 1] else strict
            if edits < 0 or not alive[entry]:
                continue
            start = group[FIRST_CODE] + row * length
            if m == 0 or length == 0:
                distance = longer
            elif m <= 64:
                distance = _distance_short(codes, start, length, slots, pattern, m, edits)
            else:
                distance = _distance_long(codes, start, length, slots, pattern, m, edits, ups, downs, ends)
            if distance <= edits:
                score = 1.0 - distance / longer if longer else 1.0
                count = _insert(scores, found, count, score, entry)
                if count == limit:
                    loose = _allowed_edits(longer, scores[limit - 1], False)
                    strict = _allowed_edits(longer, scores[limit - 1], True)
    return count


@_compiled
def _filter(words: Words, base: int, rows: int, signed: Words, most: int, near: Any) -> int:
    """Write the rows within a Hamming distance of `most` into `near`; returns how many.

    A slice a row and the written-out short forms are what the compiler makes vector code of.
    """
    width, kept, limit = len(signed), 0, np.uint64(most)
    part = words[base : base + rows * width]
    if width == 2:
        a, b = signed[0], signed[1]
        for row in range(rows):
            own = part[row * 2 : row * 2 + 2]
            near[kept] = row
            kept += _popcount(own[0] ^ a) + _popcount(own[1] ^ b) <= limit
        return kept
    if width == 4:
        a, b, c, d = signed[0], signed[1], signed[2], signed[3]
        for row in range(rows):
            own = part[row * 4 : row * 4 + 4]
            different = _popcount(own[0] ^ a) + _popcount(own[1] ^ b) + _popcount(own[2] ^ c) + _popcount(own[3] ^ d)
            near[kept] = row
            kept += different <= limit
        return kept
    for row in range(rows):
        own = part[row * width : (row + 1) * width]
        different = _ZERO
        for word in range(width):
            different += _popcount(own[word] ^ signed[word])
        near[kept] = row
        kept += different <= limit
    return kept
