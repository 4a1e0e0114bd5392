"""Lists of objects in a JSON file as tables, so that the import dialog can map their fields (option `fields`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .base import Column, FormatError, Table
from .column_guess import guess_layout
from .column_words import meaning
from .json_syntax import STRING, JsonArray, JsonObject, Scalar, Value, decoded, escaped_token
from .text_edits import SURROGATE

_SAMPLE = 100
_MOST_FIELDS = 200
_MOST_TABLES = 50


@dataclass(slots=True)
class _Shape:
    """The objects of all lists at one place of the tree: their fields in order of appearance."""

    listed: bool
    total: int = 0
    names: dict[str, None] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)


def tables(root: Value, text: str, fields: Mapping[str, Any] | None, limit: int) -> list[Table]:
    """A table for every list of objects, and for every object of objects that looks bilingual.

    The name is the pointer of the list, `*` for the items of a list around it; a column's id is
    the field's name. Roles are those of `fields`, else proposed by name and content. A table is
    used when `fields` are given and it has their source.
    """
    shapes: dict[str, _Shape] = {}
    for name, listed, node in _rows(root, "", False):
        shape = shapes.get(name) or shapes.setdefault(name, _Shape(listed))
        shape.total += 1
        _take(shape, node, text)
    result = []
    for name, shape in shapes.items():
        roles = _given(fields) if fields else _proposed(shape)
        if shape.names and (shape.listed or _is_bilingual(roles)):
            result.append(_table(name, shape, roles, fields is not None, limit))
    return sorted(result, key=lambda table: (not table.used, -table.total))[:_MOST_TABLES]


def _rows(value: Value, pointer: str, inside: bool) -> Iterator[tuple[str, bool, JsonObject]]:
    """Every object that may be a row: the name of its table, whether that is a list, and the object."""
    if isinstance(value, JsonArray):
        name = pointer or "/"
        for item in value.items:
            if isinstance(item, JsonObject):
                yield name, True, item
            yield from _rows(item, f"{pointer}/*", True)
    elif isinstance(value, JsonObject):
        for step, member in value.members.items():
            if isinstance(member.value, JsonObject) and not inside:
                yield pointer or "/", False, member.value
            yield from _rows(member.value, pointer + escaped_token(step), False)


def _take(shape: _Shape, node: JsonObject, text: str) -> None:
    row: dict[str, str] = {}
    for name, member in node.members.items():
        if not isinstance(member.value, Scalar):
            continue
        if name not in shape.names and len(shape.names) < _MOST_FIELDS:
            shape.names[name] = None
        if len(shape.rows) < _SAMPLE:
            row[name] = _shown(member.value, text)
    if len(shape.rows) < _SAMPLE:
        shape.rows.append(row)


def _shown(value: Scalar, text: str) -> str:
    """A string decoded; numbers and words as the file writes them; a null is empty."""
    raw = text[value.start : value.end]
    if value.kind != STRING:
        return "" if raw == "null" else raw
    try:
        shown = decoded(raw[1:-1], lambda _: FormatError("a wrong escape"))
    except FormatError:  # only a field that is not read can hold one: shown as it is
        return raw[1:-1]
    return raw[1:-1] if SURROGATE.search(shown) else shown


def _given(fields: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Role and language by the field's name."""
    names: dict[str, tuple[str, str]] = {}
    for role, value in fields.items():
        for name in value if isinstance(value, list) else [value]:
            names[name] = (role, "")
    return names


def _proposed(shape: _Shape) -> dict[str, tuple[str, str]]:
    names = list(shape.names)
    rows = [names, *([row.get(name, "") for name in names] for row in shape.rows)]
    layout = guess_layout(rows, True)
    found = {names[i]: (c.role, c.language) for i, c in layout.columns.items() if i < len(names)}
    keys = [name for name, (role, _) in found.items() if role == "key"]
    return {name: role for name, role in found.items() if name not in keys[1:]}


def _is_bilingual(roles: Mapping[str, tuple[str, str]]) -> bool:
    """Whether the names of fields, not their content alone, say source and target."""
    told = {role for name, (role, _) in roles.items() if meaning(name).role == role or meaning(name).language}
    return {"source", "target"} <= told


def _table(name: str, shape: _Shape, roles: Mapping[str, tuple[str, str]], given: bool, limit: int) -> Table:
    names = list(shape.names)
    # A field that no object has yet can still be the target: it is added to each.
    names += [name for name, (role, _) in roles.items() if given and role == "target" and name not in shape.names]
    columns = [Column(one, one, *roles.get(one, ("", ""))) for one in names]
    shown = [[row.get(one, "") for one in names] for row in shape.rows[: max(limit, 0)]]
    used = given and any(column.role == "source" for column in columns)
    return Table(name, columns, shown, shape.total, used)
