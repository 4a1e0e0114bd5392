"""The order of a file's rows, packed: what a revert of a re-import restores."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from apps.ldm.models import Row


def pack_order(rows: Iterable[Row]) -> bytes:
    """Row ids, positions and segments as one array of 64-bit integers."""
    numbers = array("q")
    for row in rows:
        numbers.extend((row.pk, row.position, row.segment))
    return numbers.tobytes()


def unpack_order(data: bytes) -> dict[int, tuple[int, int]]:
    """{row id: (position, segment)} of `pack_order`."""
    numbers = array("q")
    numbers.frombytes(data)
    return {numbers[n]: (numbers[n + 1], numbers[n + 2]) for n in range(0, len(numbers), 3)}
