"""Flags of the filter language that other apps know of: they say which rows of some files have one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from apps.accounts.models import User
from apps.ldm.selectors.filter_sets import NOTHING, Found, among
from apps.ldm.selectors.universe import Universe

Ask = Callable[[User, Sequence[int]], Iterable[int]]
"""(person, file ids) -> ids of rows that have the flag, as far as the person may know of it."""
_known: dict[str, Ask] = {}


def register(name: str, ask: Ask) -> None:
    """Have `is:name` answered; the name is one of `queries.fields.VALUES["is"]`."""
    _known[name] = ask


def is_known(name: str) -> bool:
    """Whether somebody answers for a flag."""
    return name in _known


def find(name: str, universe: Universe) -> Found:
    """Rows of the universe with a flag; nothing where nobody asks in a person's name."""
    if universe.user is None:
        return NOTHING
    rows = set(_known[name](universe.user, universe.file_ids))
    return among(rows if universe.only is None else rows & set(universe.only))
