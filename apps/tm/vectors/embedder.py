"""What an engine is: a name, a dimension, and texts in, vectors of length one out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class EngineUnavailable(Exception):
    """An engine cannot work here. `code` is one of REASONS, `detail` says what exactly, for people who repair it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


# not_installed: the ML packages are missing; no_model: nothing of that name; offline: it would have to be
# downloaded and must not be; damaged: files that are no such model; no_memory: it does not fit; unknown: no engine.
REASONS = ("not_installed", "no_model", "offline", "damaged", "no_memory", "unknown")


class Embedder(Protocol):
    """An engine that is loaded. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """As a memory names it: "ngram", "static:NAME", "transformer:NAME"."""

    @property
    def version(self) -> str:
        """Changes whenever the same text may get another vector: stored vectors of another version are not used."""

    @property
    def dimension(self) -> int:
        """Numbers of a vector."""

    @property
    def instant(self) -> bool:
        """Whether a thousand texts take less than a tenth of a second."""

    @property
    def threshold(self) -> float:
        """The least cosine at which a neighbour is worth showing."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimension), every row of length 1, or all zeros for a text without anything to go by."""


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows brought to length 1, in place; rows of zeros, or with what is no number, become zeros."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    usable = np.isfinite(lengths) & (lengths > 1e-12)
    if not usable.all():
        vectors[~usable] = 0.0
    np.divide(vectors, lengths[:, None], out=vectors, where=usable[:, None])
    return vectors
