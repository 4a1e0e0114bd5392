"""Texts of a memory's entries as one buffer, in which every text that holds another is found."""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

# Stands between two texts. No database stores it, so no text and no query holds it.
SEPARATOR = b"\x00"


def fold(text: str) -> str:
    """The text as searches compare it, character for character: as long as the text itself.

    `normalise.search_form` is this with CJK characters doubled for trigram indexes; a part of the
    one is a part of the other.
    """
    if text.isascii():
        return text.lower()
    # The two characters whose lower case depends on their neighbours, or is two characters, have one here.
    return text.replace("\u0130", "i").lower().replace("\u03c2", "\u03c3")


@dataclass(frozen=True, slots=True)
class TextBuffer:
    """Folded texts in UTF-8, one after the other, each with the separator behind it.

    `data`: the bytes, in memory or mapped. `starts`: (texts + 1,) int64, where each begins.
    """

    data: bytes | mmap.mmap
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def text(self, place: int) -> str:
        """One folded text."""
        start, end = int(self.starts[place]), int(self.starts[place + 1]) - len(SEPARATOR)
        return self.data[start:end].decode("utf-8", "replace")

    def find(self, wanted: str) -> Iterator[int]:
        """Places of the texts that hold a folded text, rising, each once."""
        needle = wanted.encode("utf-8", "surrogatepass")
        if not needle or SEPARATOR in needle:
            return
        at = self.data.find(needle)
        while at >= 0:
            place = int(np.searchsorted(self.starts, at, side="right")) - 1
            yield place
            at = self.data.find(needle, int(self.starts[place + 1]))


class TextWriter:
    """Collects texts for a buffer, in memory or into a file."""

    def __init__(self, file: IO[bytes] | None = None) -> None:
        """`file`: opened for writing; it stays the caller's to close."""
        self.file: Any = io.BytesIO() if file is None else file
        self._lengths: list[NDArray[np.int64]] = []

    def add(self, texts: Sequence[str]) -> None:
        """Fold and append texts."""
        encoded = [fold(text).encode("utf-8", "surrogatepass") for text in texts]
        self._lengths.append(np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded)))
        if encoded:
            self.file.write(SEPARATOR.join(encoded) + SEPARATOR)

    def starts(self) -> NDArray[np.int64]:
        """`TextBuffer.starts` of what was added."""
        lengths = np.concatenate([np.zeros(1, dtype=np.int64), *self._lengths])
        lengths[1:] += len(SEPARATOR)
        return np.cumsum(lengths)

    def buffer(self) -> TextBuffer:
        """What was added, where it was collected in memory."""
        return TextBuffer(self.file.getvalue(), self.starts())


def places(text: str, wanted: str, limit: int = 20) -> list[tuple[int, int]]:
    """(start, end) code points of the occurrences of `wanted` in a raw text, compared folded, without overlaps."""
    folded, needle = fold(text), fold(wanted)
    found: list[tuple[int, int]] = []
    at = folded.find(needle) if needle else -1
    while at >= 0 and len(found) < limit:
        found.append((at, at + len(needle)))
        at = folded.find(needle, at + len(needle))
    return found
