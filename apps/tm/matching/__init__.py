"""Comparing texts: normalisation, hashing and fuzzy matching. Pure: no Django."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.tm.matching.fuzzy import FuzzyIndex, Match, warm
    from apps.tm.matching.storage import IndexFileError

__all__ = ["FuzzyIndex", "IndexFileError", "Match", "warm"]


def __getattr__(name: str) -> Any:
    # On demand, because many modules import `normalise` only and need no numpy for it.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".storage" if name == "IndexFileError" else ".fuzzy", __name__), name)
