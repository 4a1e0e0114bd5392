"""What a signature is: which bits a text sets, how wide it is, and the numpy form of computing it.

A signature is the presence bitmap of a text's hashed character bigrams, the k-th occurrence of a bigram
being an element of its own (so the symmetric difference of two sets of elements is the q-gram distance
of Ukkonen, "Approximate string-matching with q-grams and maximal matches", Theoretical Computer Science
92, 1992). One edit takes at most two bigrams away and brings at most two, so the Hamming distance of two
signatures is at most four times the edit distance of their texts; hash collisions only make it smaller.
The occurrence numbers are what keeps long texts of one language apart: they all contain the same bigrams.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Codes = NDArray[Any]  # uint16 or uint32 code points

# Bits a character, at least: wider signatures keep more unrelated texts apart and cost memory traffic. Long
# texts of one language share many bigrams, are few, and dear to verify: there the bits are worth it.
MIN_WORDS = 2
MAX_WORDS = 1024
BITS_SHORT, BITS_LONG, LONG = 4, 8, 128  # long: of more than 128 characters

# Odd multipliers of multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4).
FIRST = 0x9E3779B1
SECOND = 0x85EBCA6B
ELEMENT = 0xC2B2AE35
OCCURRENCE = 0x27D4EB2F
KEY_BITS = 16
MASK = 0xFFFFFFFF

_CELLS = 4_000_000  # cells of the largest intermediate of the numpy form


def signature_words(length: int) -> int:
    """Words of 64 bits in the signature of a text of `length` characters: a power of two, 2 to 1,024."""
    bits = length * (BITS_LONG if length > LONG else BITS_SHORT)
    words = MIN_WORDS
    while words < MAX_WORDS and words * 64 < bits:
        words *= 2
    return words


def signatures_numpy(codes: Codes, length: int, words: int) -> Words:
    """Signatures of texts of one length. `codes`: (rows * length,) code points; returns (rows * words,)."""
    if length < 2:
        return np.zeros(0 if length == 0 else len(codes) // length * words, dtype=np.uint64)
    texts = codes.reshape(-1, length)
    step = max(1, _CELLS // max(length, words * 64))
    parts = [_signatures_chunk(texts[at : at + step], words) for at in range(0, len(texts), step)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)


def _signatures_chunk(texts: Codes, words: int) -> Words:
    wide = texts.astype(np.uint64)
    keys = ((wide[:, :-1] * FIRST + wide[:, 1:]) & MASK) * SECOND & MASK
    keys >>= np.uint64(32 - KEY_BITS)
    keys += _occurrences(keys) * OCCURRENCE
    shift = np.uint64(33 - (words * 64).bit_length())
    bits = ((keys + 1) & MASK) * ELEMENT & MASK
    bits >>= shift
    flags = np.zeros((len(texts), words * 64), dtype=np.bool_)
    flags[np.arange(len(texts))[:, None], bits] = True
    packed = np.packbits(flags, axis=1, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False).reshape(-1)


def _occurrences(keys: Words) -> Words:
    """How many equal keys stand before each key in its row: shape and type of `keys`."""
    order = np.argsort(keys, axis=1, kind="stable")
    ordered = np.take_along_axis(keys, order, axis=1)
    places = np.broadcast_to(np.arange(keys.shape[1]), keys.shape)
    fresh = np.ones(keys.shape, dtype=np.bool_)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    firsts = np.maximum.accumulate(np.where(fresh, places, 0), axis=1)
    ranks = np.empty_like(keys)
    np.put_along_axis(ranks, order, (places - firsts).astype(np.uint64), axis=1)
    return ranks
