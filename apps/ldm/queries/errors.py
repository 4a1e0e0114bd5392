"""The one error of the filter language: what is wrong, where, and what would be right."""

from __future__ import annotations

from collections.abc import Sequence


class QueryError(ValueError):
    """A query that cannot be understood. `at` and `length` are code points of the query's text.

    `template` with `words` in it is the message, so that it can be said in another language.
    """

    def __init__(self, template: str, at: int = 0, length: int = 0, valid: Sequence[str] = (), **words: object) -> None:
        self.template = template
        self.words = words
        self.message = template % words if words else template
        super().__init__(self.message)
        self.at = at
        self.length = length
        self.valid = tuple(valid)
