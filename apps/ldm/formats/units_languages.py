"""Which language of a file is the wanted one: by primary subtag and region."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from .languages import normal_code

EXACT, RELATED = 2, 1


@lru_cache(maxsize=4096)
def normal(code: str) -> str:
    """A language as it is compared and shown: BCP 47's spelling where it has that form, else lower case."""
    return normal_code(code) or code.strip().lower()


@lru_cache(maxsize=4096)
def fits(wanted: str, found: str) -> int:
    """How well a file's language is the wanted one: EXACT, RELATED or 0.

    Related is what is more or less precise: `ko` and `ko-KR`. Two different regions are two languages.
    """
    left, right = normal(wanted).lower(), normal(found).lower()
    if not left or not right:
        return 0
    if left == right:
        return EXACT
    return RELATED if left.startswith(right + "-") or right.startswith(left + "-") else 0


def best(wanted: str, found: Iterable[str]) -> str | None:
    """The one of the file's languages that fits best, the first of equals; None where none does."""
    chosen, score = None, 0
    for code in found:
        here = fits(wanted, code)
        if here > score:
            chosen, score = code, here
    return chosen


def listed(codes: Iterable[str]) -> str:
    """Languages for an error message."""
    names = list(dict.fromkeys(codes))
    shown = ", ".join(names[:20]) or "none"
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown
