"""Long things in portions: statements, transactions and messages hold only so much at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(values: Iterable[T], size: int = 5000) -> Iterator[list[T]]:
    """Lists of at most `size` values, in their order, read as they are wanted."""
    iterator = iter(values)
    while some := list(islice(iterator, size)):
        yield some
