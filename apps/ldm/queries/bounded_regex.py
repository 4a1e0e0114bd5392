"""Regular expressions that people type: compiled with the place of an error, and stopped when they run away.

The `regex` library is used, not `re`: it stops at a time limit, and other threads run while it works.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import regex

LONGEST = 1000
"""Characters of a pattern."""
PER_TEXT = 0.25
"""Seconds that one pattern may take in one text, however long."""


class BadPattern(ValueError):
    """A pattern that cannot be compiled. `at`: the offset of the error in it, in code points.

    `template` with `words` in it is the message, so that it can be said in another language.
    """

    def __init__(self, template: str, at: int, **words: object) -> None:
        self.template = template
        self.words = words
        self.message = template % words if words else template
        super().__init__(self.message)
        self.at = at


class RunawayPattern(RuntimeError):
    """A pattern took longer than it may; `text` is what it was looked for in."""

    def __init__(self, source: str, text: str) -> None:
        super().__init__("This expression takes too long. Make it simpler: avoid repetitions inside repetitions.")
        self.source = source
        self.text = text


@dataclass(slots=True)
class Budget:
    """Seconds that all texts of one request may take together."""

    seconds: float
    _until: float = 0.0

    def left(self) -> float:
        """Seconds that are left, counted from the first time somebody asks; never below 0."""
        if not self._until:
            self._until = time.monotonic() + self.seconds
        return max(0.0, self._until - time.monotonic())


class BoundedPattern:
    """A compiled pattern. Raises BadPattern; every use of it raises RunawayPattern past its time.

    `budget`: of all uses together; without one each text has PER_TEXT for itself.
    """

    def __init__(
        self, source: str, *, ignore_case: bool = False, budget: Budget | None = None, longest: int = LONGEST
    ) -> None:
        if not source:
            raise BadPattern("The expression is empty.", 0)
        if len(source) > longest:
            raise BadPattern("The expression has more than %(most)s characters.", longest, most=longest)
        try:
            self._compiled = regex.compile(source, regex.IGNORECASE if ignore_case else 0)
        except regex.error as error:
            raise BadPattern(str(error.msg), min(error.pos or 0, len(source))) from None
        except (RecursionError, OverflowError, ValueError):
            raise BadPattern("The expression is too large.", 0) from None
        self.source = source
        self._budget = budget

    @property
    def groups(self) -> int:
        """How many groups it has."""
        return int(self._compiled.groups)

    @property
    def names(self) -> dict[str, int]:
        """Numbers of the named groups."""
        return dict(self._compiled.groupindex)

    def matches(self, text: str) -> bool:
        """Whether it is found anywhere in the text."""
        try:
            return self._compiled.search(text, timeout=self._seconds(text), concurrent=True) is not None
        except TimeoutError:
            raise RunawayPattern(self.source, text) from None

    def finditer(self, text: str) -> Iterator[regex.Match[str]]:
        """Every match in the text, left to right, without overlaps. The time limit is that of all of them."""
        try:
            yield from self._compiled.finditer(text, timeout=self._seconds(text), concurrent=True)
        except TimeoutError:
            raise RunawayPattern(self.source, text) from None

    def _seconds(self, text: str) -> float:
        if self._budget is None:
            return PER_TEXT
        left = self._budget.left()
        if not left:
            raise RunawayPattern(self.source, text)
        return min(PER_TEXT, left)
