"""The one error of the filter language: what is wrong, where, and what would be right."""

from __future__ import annotations

from collections.abc import Sequence


class QueryError(ValueError):
    """A query that cannot be understood. `at` and `length` are code points of the query's text."""

    def __init__(self, message: str, at: int = 0, length: int = 0, valid: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.length = length
        self.valid = tuple(valid)
