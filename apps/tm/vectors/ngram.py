"""The built-in engine: hashed character n-grams. No download, no model; near in letters, not in meaning.

Feature hashing with signs (Weinberger and others, "Feature hashing for large scale multitask learning",
ICML 2009). Hangul is taken apart into jamo, so that a stem is found under its particles and endings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from apps.tm.vectors.embedder import unit

DIMENSION = 256
_BLOCK = 100_000  # characters taken at once: what is made of them stays in the processor's cache
_LONGEST = 20_000  # characters of a text that count
_HANGUL, _HANGUL_END = 0xAC00, 0xD7A3
_LEAD, _VOWEL, _TAIL = 0x1100, 0x1161, 0x11A7
# n-grams of letters and jamo, and those of characters that are words of their own (ideographs, kana).
_LETTERS = (3, 4, 5)
_IDEOGRAPHS = (1, 2)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xBF58476D1CE4E5B9)
_TEXT_BITS = np.uint64(24)
_HASH_BITS = np.uint64(40)


class NgramEmbedder:
    """Vectors of 256 numbers from the character n-grams of a text; the cosine is their overlap."""

    name = "ngram"
    version = "ngram-1"
    dimension = DIMENSION
    instant = True
    threshold = 0.6

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, 256); see `Embedder`."""
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        start, size = 0, 0
        for place, text in enumerate(texts):
            size += len(text)
            if size >= _BLOCK:
                vectors[start : place + 1] = _embed_block(texts[start : place + 1])
                start, size = place + 1, 0
        if start < len(texts):
            vectors[start:] = _embed_block(texts[start:])
        return unit(vectors)


def _embed_block(texts: Sequence[str]) -> NDArray[np.float32]:
    codes, owners = _characters(texts)
    words = _own_words(codes)
    keys = _keys(codes, owners, words, _IDEOGRAPHS) + _keys(codes, owners, ~words, _LETTERS)
    if not any(map(len, keys)):
        return np.zeros((len(texts), DIMENSION), dtype=np.float32)
    every = np.concatenate(keys)
    every.sort()
    first = np.flatnonzero(np.concatenate(([True], every[1:] != every[:-1])))
    counts = np.diff(np.concatenate((first, [len(every)])))
    grams = every[first]
    owner = (grams >> _HASH_BITS).astype(np.int64)
    bucket = (grams & np.uint64(DIMENSION - 1)).astype(np.int64)
    sign = ((grams >> np.uint64(8)) & np.uint64(1)).astype(np.float64) * 2.0 - 1.0
    weights = sign * (1.0 + np.log(counts))
    summed = np.bincount(owner * DIMENSION + bucket, weights, minlength=len(texts) * DIMENSION)
    return summed.reshape(len(texts), DIMENSION).astype(np.float32)


def _characters(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """All texts as code points, each between two spaces, Hangul as jamo; and which text each belongs to."""
    padded = [f" {' '.join(text[:_LONGEST].casefold().split())} " for text in texts]
    joined = "".join(padded).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, dtype=np.uint32)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    hangul = (codes >= _HANGUL) & (codes <= _HANGUL_END)
    if not hangul.any():
        return codes, owners
    index = np.where(hangul, codes - np.uint32(_HANGUL), 0)
    tail = index % 28
    width = np.where(hangul, np.where(tail > 0, 3, 2), 1)
    ends = np.cumsum(width)
    out = np.repeat(codes, width)
    starts = (ends - width)[hangul]
    index, tail = index[hangul], tail[hangul]
    out[starts] = _LEAD + index // 588
    out[starts + 1] = _VOWEL + index % 588 // 28
    closed = tail > 0
    out[starts[closed] + 2] = _TAIL + tail[closed]
    return out, np.repeat(owners, width)


def _own_words(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which characters are ideographs or kana."""
    kana = (codes >= 0x3040) & (codes <= 0x30FF)
    unified = (codes >= 0x3400) & (codes <= 0x9FFF)
    rare = ((codes >= 0xF900) & (codes <= 0xFAFF)) | ((codes >= 0x20000) & (codes <= 0x3FFFF))
    return kana | unified | rare


def _keys(
    codes: NDArray[np.uint32], owners: NDArray[np.int64], wanted: NDArray[np.bool_], lengths: Sequence[int]
) -> list[NDArray[np.uint64]]:
    """Keys of all n-grams within one text whose characters are all wanted: the text above, 40 bits of hash below."""
    if not wanted.any():
        return []
    keys = []
    hashed = np.zeros(len(codes), dtype=np.uint64)
    inside = np.ones(len(codes), dtype=np.bool_)
    for length in range(1, max(lengths) + 1):
        count = len(codes) - length + 1
        if count <= 0:
            break
        # The n-gram one shorter that starts here, and the character behind it.
        hashed = (hashed[:count] ^ codes[length - 1 :]) * _MIX
        hashed ^= hashed >> np.uint64(29)
        inside = inside[:count] & wanted[length - 1 :]
        if length not in lengths:
            continue
        kept = inside & (owners[:count] == owners[length - 1 :])
        low = (hashed[kept] + np.uint64(length)) * _STIR
        keys.append((owners[:count][kept].astype(np.uint64) << _HASH_BITS) | (low >> _TEXT_BITS))
    return keys
