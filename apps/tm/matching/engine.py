"""Which of the two engines searches: the compiled one where numba is, numpy and rapidfuzz elsewhere."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from apps.tm.matching import fallback
from apps.tm.matching.best import Best
from apps.tm.matching.bounds import LONGEST_COMPILED
from apps.tm.matching.segment import Segment, encode
from apps.tm.matching.signatures import Codes, Words, signatures_numpy

VARIABLE = "LOCANEXT_FUZZY_ENGINE"
NAMES = ("numba", "numpy")


class Engine(Protocol):
    """What building and searching need."""

    name: str

    def sign(self, codes: Codes, length: int, width: int) -> Words:
        """Signatures of texts of one length: (rows * length,) code points to (rows * width,) words."""

    def scan(self, text: str, segment: Segment, alive: NDArray[np.bool_], lossless: bool, best: Best) -> None:
        """Search one segment and put what is found into `best`.

        `alive`: (entries,), False where an entry was removed. `lossless`: filter so that no
        match whatever can be lost.
        """


class NumpyEngine:
    """numpy and rapidfuzz: nothing to compile, several times slower on large memories."""

    name = "numpy"

    def sign(self, codes: Codes, length: int, width: int) -> Words:
        return signatures_numpy(codes, length, width)

    def scan(self, text: str, segment: Segment, alive: NDArray[np.bool_], lossless: bool, best: Best) -> None:
        fallback.scan(text, segment, alive, lossless, best)


class NumbaEngine:
    """The compiled scan; releases the interpreter's lock while it searches."""

    name = "numba"

    def __init__(self) -> None:
        """Raises ImportError where numba is missing."""
        from apps.tm.matching import scan  # here, because importing numba takes most of a second

        self._kernels = scan

    def sign(self, codes: Codes, length: int, width: int) -> Words:
        return self._kernels.sign(codes, length, width)

    def scan(self, text: str, segment: Segment, alive: NDArray[np.bool_], lossless: bool, best: Best) -> None:
        if len(text) > LONGEST_COMPILED:
            fallback.scan(text, segment, alive, lossless, best)
            return
        best.count = self._kernels.scan(
            encode(text),
            segment.codes,
            segment.words,
            segment.ids,
            segment.groups,
            alive,
            segment.alphabet,
            best.threshold,
            lossless,
            best.scores,
            best.found,
            best.count,
        )


@lru_cache(maxsize=len(NAMES))
def engine_named(name: str) -> Engine:
    """The engine of that name. Raises ImportError for "numba" where it is missing, ValueError for no name of ours."""
    if name == "numba":
        return NumbaEngine()
    if name == "numpy":
        return NumpyEngine()
    raise ValueError(f"{VARIABLE} is {name!r}; it may be {' or '.join(NAMES)}.")


def default_engine() -> Engine:
    """The engine that LOCANEXT_FUZZY_ENGINE names; without it numba, or numpy where numba is missing."""
    name = os.environ.get(VARIABLE, "").strip().lower()
    if name:
        return engine_named(name)
    try:
        return engine_named("numba")
    except ImportError:
        return engine_named("numpy")
