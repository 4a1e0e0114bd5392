"""Keys that a source-language file has and the translated file lacks: which, and where they belong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .base import FormatError, Options

OPTIONS: dict[str, type | tuple[type, ...]] = {"add_missing": bool, "add_keys": list}


@dataclass(frozen=True, slots=True)
class Missing:
    """A key to add; `after` is the key before it in the source (present or missing too), or None."""

    key: str
    after: str | None


def missing_keys(
    present: Collection[str], source: Iterable[str], addable: Collection[str], options: Options
) -> list[Missing]:
    """The keys to add: those of `addable` that are not present, in the order of the source's keys.

    Option `add_missing` false: none. Option `add_keys` (what an earlier read of the same file
    found, as `remembered` writes it): exactly those, whatever the source file has become, so that
    the positions of the segments stay. Raises FormatError when that option is malformed.
    """
    if "add_keys" in options:
        return [one for one in _given(options) if one.key not in present]
    if options.get("add_missing") is False:
        return []
    found: list[Missing] = []
    after: str | None = None
    for key in source:
        if key not in present:
            if key not in addable:
                continue  # neither in the file nor ever will be: nothing can stand behind it
            found.append(Missing(key, after))
        after = key
    return found


def nearest_present(missing: Sequence[Missing], present: Collection[str]) -> dict[str, str | None]:
    """For each missing key the nearest key before it that the file has, or None."""
    result: dict[str, str | None] = {}
    for one in missing:
        if one.after is None or one.after in present:
            result[one.key] = one.after
        else:
            result[one.key] = result.get(one.after)
    return result


def remembered(missing: Sequence[Missing]) -> list[list[Any]]:
    """The value of option `add_keys`: a list of [key, key before it or None]."""
    return [[one.key, one.after] for one in missing]


def in_order(present: Sequence[str], missing: Sequence[Missing]) -> list[tuple[str, Missing | None]]:
    """Every key in the order of the rows: the file's, each missing one behind its neighbour."""
    known = set(present)
    behind: dict[str | None, list[Missing]] = {}
    for one in missing:
        behind.setdefault(one.after if one.after in known else None, []).append(one)
        known.add(one.key)
    result: list[tuple[str, Missing | None]] = []
    for key in (None, *present):
        if key is not None:
            result.append((key, None))
        waiting = behind.get(key, [])[::-1]
        while waiting:
            one = waiting.pop()
            result.append((one.key, one))
            waiting.extend(reversed(behind.get(one.key, [])))
    return result


def _given(options: Options) -> list[Missing]:
    result = []
    for item in options["add_keys"]:
        well_formed = isinstance(item, list | tuple) and len(item) == 2 and isinstance(item[0], str)
        if not well_formed or not isinstance(item[1], str | None):
            raise FormatError("option 'add_keys' must be a list of [key, key before it or null]")
        result.append(Missing(item[0], item[1]))
    return list({one.key: one for one in result}.values())
