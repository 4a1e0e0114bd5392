"""Which column of a table is what: the options that say so, and the variants that follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .base import FormatError

NO_DETAILS: tuple[str, str, None] = ("", "", None)
ROLES = ("key", "source", "target", "context", "comment", "max_length", "speaker")


class ColumnRole(NamedTuple):
    """What a column holds. `language` is a code, or "" when it is not known."""

    role: str
    language: str = ""


@dataclass(slots=True)
class Layout:
    """The roles of a table's columns (0-based). `header_row` counts as the caller's rows do."""

    header_row: int | None = None
    columns: dict[int, ColumnRole] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)
    open_targets: bool = False
    """The targets are every language column of a guess: those without any text may be dropped."""
    new_target: bool = False
    """The target is a column that the table does not have yet."""

    def with_role(self, role: str) -> list[int]:
        """The columns of a role, from left to right."""
        return sorted(index for index, column in self.columns.items() if column.role == role)

    @property
    def source(self) -> int | None:
        """The source column, None when there is none."""
        return next(iter(self.with_role("source")), None)


def parse_columns(option: Any, index_of: Callable[[str], int], name: str) -> dict[int, ColumnRole]:
    """Roles by column from an option `{column id: role or {"role", "language"}}`.

    Raises FormatError naming the option when it is malformed or names two sources.
    """
    if not isinstance(option, Mapping):
        raise FormatError("must be a mapping of columns to roles", f"option {name}")
    found: dict[int, ColumnRole] = {}
    for column, value in option.items():
        place = f"option {name}, column {column!r}"
        if not isinstance(column, str):
            raise FormatError("a column is named by text", place)
        language: Any = ""
        role: Any = value
        if isinstance(value, Mapping):
            role, language = value.get("role", ""), value.get("language") or ""
            if unknown := set(map(str, value)) - {"role", "language"}:
                raise FormatError("unknown entry %(name)r", place, name=sorted(unknown)[0])
        if role in ("", None):
            continue
        if role not in ROLES or not isinstance(language, str):
            raise FormatError(
                "unknown role %(role)r; roles are %(choices)s", place, role=role, choices=", ".join(ROLES)
            )
        index = index_of(column)
        if index in found:
            raise FormatError("the column is named twice", place)
        found[index] = ColumnRole(role, language)
    for role in ("source", "context", "comment", "max_length", "speaker"):
        if sum(1 for column in found.values() if column.role == role) > 1:
            raise FormatError("more than one column is the %(role)s", f"option {name}", role=role)
    if found and not any(column.role == "target" for column in found.values()):
        raise FormatError("no column is a target", f"option {name}")
    return found


def columns_option(columns: Mapping[int, ColumnRole], id_of: Callable[[int], str]) -> dict[str, dict[str, str]]:
    """The option that `parse_columns` reads as these roles."""
    return {
        id_of(index): {"role": role.role, **({"language": role.language} if role.language else {})}
        for index, role in sorted(columns.items())
    }


def check_options(options: Mapping[str, Any], known: Mapping[str, type | tuple[type, ...]]) -> None:
    """Raise FormatError naming the first option that is unknown or of the wrong type."""
    for name, value in options.items():
        kind = known.get(name)
        if kind is None:
            raise FormatError(
                "unknown option; known are %(choices)s", f"option {name}", choices=", ".join(sorted(known))
            )
        if value is None:
            continue
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise FormatError("%(value)s is not what this option takes", f"option {name}", value=f"{value!r:.60}")


def variant_names(layout: Layout, id_of: Callable[[int], str], many: bool) -> dict[int, str]:
    """The variant of each target column: language, else (for many targets) header title, else column id."""
    names: dict[int, str] = {}
    for index in layout.with_role("target"):
        title = layout.titles.get(index, "").strip()
        choices = [layout.columns[index].language]
        if many:
            choices += [title, f"{title} {id_of(index)}".strip()]
        names[index] = next((name for name in choices if name and name not in names.values()), "")
    return names


class KeyCounter:
    """Makes repeated keys distinct: "a", "a#2", "a#3"."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def distinct(self, key: str) -> str:
        """`key`, or the first of `key#2`, `key#3` … that was not given yet."""
        seen = self._seen
        if key not in seen:
            seen[key] = 1
            return key
        number = seen[key]
        while True:
            number += 1
            candidate = f"{key}#{number}"
            if candidate not in seen:
                seen[key] = number
                seen[candidate] = 1
                return candidate


class RowReader:
    """Turns a row's texts into segments, one per target column."""

    def __init__(self, layout: Layout, variants: Mapping[int, str], prefix: str = "") -> None:
        """`prefix` goes before every key ("Sheet:")."""
        self.keys = layout.with_role("key")
        self.source = layout.source
        self.targets = [(index, variants[index]) for index in layout.with_role("target")]
        self.context, self.comment, self.speaker, self.max_length = (
            next(iter(layout.with_role(role)), None) for role in ("context", "comment", "speaker", "max_length")
        )
        self.extras = any(x is not None for x in (self.context, self.comment, self.speaker, self.max_length))
        self.prefix = prefix

    def key(self, get: Callable[[int, str], str]) -> str:
        """The trimmed key cells joined by a space; "" without any."""
        if len(self.keys) == 1:
            return get(self.keys[0], "").strip()
        return " ".join(get(index, "").strip() for index in self.keys).strip()

    def details(self, get: Callable[[int, str], str]) -> tuple[str, str, int | None]:
        """Context (with the speaker before it), comment and length limit of a row."""
        context = get(self.context, "") if self.context is not None else ""
        if self.speaker is not None and (speaker := get(self.speaker, "").strip()):
            context = f"{speaker}: {context}" if context else speaker
        comment = get(self.comment, "") if self.comment is not None else ""
        limit = length_limit(get(self.max_length, "")) if self.max_length is not None else None
        return context, comment, limit


def length_limit(text: str) -> int | None:
    """A whole positive number, also written "20.0"; None for anything else."""
    text = text.strip()
    whole, point, fraction = text.partition(".")
    if not whole.isascii() or not whole.isdecimal() or len(whole) > 9 or (point and fraction.strip("0")):
        return None
    return int(whole) or None
