"""A segment: texts sorted by length, with their signatures, as a few flat arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.tm.matching.signatures import Codes, Words, signature_words

# Columns of `Segment.groups`, a row for each length that occurs.
LENGTH, FIRST_ROW, ROWS, FIRST_CODE, FIRST_WORD = range(5)

_CHUNK = 50_000  # texts encoded at a time, so that building needs little more memory than the result

SignatureFunction = Callable[[Codes, int, int], Words]


@dataclass(frozen=True, slots=True)
class Segment:
    """Texts of a set of entries, in order of length, then of entry number.

    `codes`: code points of every text, one after the other, uint16 (uint32 where a text needs it).
    `words`: the signatures, `signature_words(length)` words of uint64 each. `ids`: (rows,) int32 entry
    numbers. `groups`: (lengths, 5) int64, see the column constants; offsets need no array of their own.
    `alphabet`: one more than the largest code point.
    """

    codes: Codes
    words: Words
    ids: NDArray[np.int32]
    groups: NDArray[np.int64]
    alphabet: int

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def nbytes(self) -> int:
        """Bytes of the four arrays."""
        return int(self.codes.nbytes + self.words.nbytes + self.ids.nbytes + self.groups.nbytes)

    def text(self, start: int, length: int) -> str:
        """The text of `length` characters whose code points begin at `start` of `codes`."""
        return decode(self.codes[start : start + length])

    def texts(self) -> Iterator[tuple[int, str]]:
        """Every entry number with its text, in the segment's order."""
        for length, first, rows, code, _ in self.groups.tolist():
            for row in range(rows):
                yield int(self.ids[first + row]), self.text(code + row * length, length)


def encode(text: str) -> NDArray[np.uint32]:
    """Code points of a text, lone surrogates included: (characters,) uint32, read-only."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def decode(codes: NDArray[Any]) -> str:
    """The text of an array of code points, the inverse of `encode`."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def build_segment(texts: Sequence[str], ids: NDArray[np.int32] | None, sign: SignatureFunction) -> Segment:
    """A segment of `texts`; `ids` are their entry numbers, ascending (0, 1, 2, ... when None)."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    order = np.argsort(lengths, kind="stable")
    groups = layout(lengths)
    codes = _gather(texts, order, int(lengths.sum()))
    numbers = order if ids is None else ids[order]
    alphabet = int(codes.max()) + 1 if len(codes) else 0
    return Segment(codes, sign_groups(codes, groups, sign), numbers.astype(np.int32), groups, alphabet)


def layout(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The table of groups for texts of these lengths."""
    distinct, counts = np.unique(lengths, return_counts=True)
    groups = np.zeros((len(distinct), 5), dtype=np.int64)
    groups[:, LENGTH] = distinct
    groups[:, ROWS] = counts
    widths = np.array([signature_words(int(length)) for length in distinct], dtype=np.int64)
    for column, sizes in ((FIRST_ROW, counts), (FIRST_CODE, counts * distinct), (FIRST_WORD, counts * widths)):
        groups[1:, column] = np.cumsum(sizes)[:-1]
    return groups


def sign_groups(codes: Codes, groups: NDArray[np.int64], sign: SignatureFunction) -> Words:
    """The signatures of all texts of a segment, group after group."""
    if not len(groups):
        return np.zeros(0, dtype=np.uint64)
    last = groups[-1]
    words = np.zeros(last[FIRST_WORD] + last[ROWS] * signature_words(int(last[LENGTH])), dtype=np.uint64)
    for length, _, rows, code, word in groups.tolist():
        width = signature_words(length)
        if length > 1:
            words[word : word + rows * width] = sign(codes[code : code + rows * length], length, width)
    return words


def _gather(texts: Sequence[str], order: NDArray[np.int64], total: int) -> Codes:
    """Code points of `texts` in the given order, in the narrowest of the two types that holds them."""
    codes: Codes = np.zeros(total, dtype=np.uint16)
    at = 0
    for start in range(0, len(order), _CHUNK):
        part = encode("".join([texts[i] for i in order[start : start + _CHUNK].tolist()]))
        if codes.dtype == np.uint16 and len(part) and part.max() > 0xFFFF:
            codes = codes.astype(np.uint32)
        codes[at : at + len(part)] = part
        at += len(part)
    return codes
