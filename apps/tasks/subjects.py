"""Names of the things that tasks are about, told by the apps that have them, to people who may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from apps.accounts.models import User

# (viewer, ids) -> {id: name} of those that the viewer may see.
Names: TypeAlias = "Callable[[User, Collection[int]], Mapping[int, str]]"
_kinds: dict[str, Names] = {}


def register(kind: str, names: Names) -> None:
    """Have `names` tell the names of subjects of a kind, such as "file"."""
    _kinds[kind] = names


def add_names(viewer: User, tasks: Iterable[dict[str, Any]]) -> None:
    """Write `name` into the subjects of presented tasks: "" where it is gone or the viewer may not see it."""
    subjects = defaultdict(list)
    for task in tasks:
        if task["subject"]:
            subjects[task["subject"]["kind"]].append(task["subject"])
    for kind, found in subjects.items():
        names = _kinds[kind](viewer, {one["id"] for one in found}) if kind in _kinds else {}
        for one in found:
            one["name"] = names.get(one["id"], "")
