"""Querysets compiled once: where Django takes longer to build a statement than the database to answer it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

from locanext_project import workspaces

_MARK = 2_000_000_011
"""The first of the numbers that stand for values while a statement is compiled; every integer column takes them."""
_TEXT_MARK = "\u2063prepared {}\u2063"
"""The same for texts."""
Value = int | str | UUID
M = TypeVar("M", bound=Model)
_Build = Callable[..., QuerySet[Any, tuple[Any, ...]]]


class _Statement(NamedTuple):
    """`values`: (None, a parameter), or (what makes it what the driver wants, the place of the value to put there).

    `converters`: of columns that need some."""

    sql: str
    values: tuple[tuple[Callable[[Any], Any] | None, Any], ...]
    converters: tuple[tuple[int, Any, Any], ...]


class Prepared:
    """A queryset of plain values, as a function of whole numbers, texts and UUIDs.

    `build(*values, **shape)` gives the queryset by `values_list`; the values may be compared with columns only,
    never looked at. It is called once for each number and kind of values and each `shape` (hashable, of few kinds),
    so that the condition stays written in one place, in Django's terms.
    """

    def __init__(self, build: _Build) -> None:
        self._build = build
        self._statements: dict[tuple[Hashable, ...], _Statement | None] = {}

    def __call__(self, *given: Value, **shape: Hashable) -> list[tuple[Any, ...]]:
        """The rows, from the workspace's database. A value that is None is Django's business: give none."""
        connection = connections[workspaces.alias()]
        kinds = tuple(map(_kind, given))
        key = (connection.vendor, kinds, *sorted(shape.items()))
        if key not in self._statements:
            self._statements[key] = self._compiled(kinds, shape)
        statement = self._statements[key]
        if statement is None:
            return []
        parameters = [value if make is None else make(given[value]) for make, value in statement.values]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        if not statement.converters or not rows:
            return rows
        # By column: of many rows that is faster, and a column in which there is nothing is left as it is.
        columns = list(zip(*rows, strict=True))
        for place, expression, converters in statement.converters:
            column = columns[place]
            if column.count(None) < len(column):
                for convert in converters:
                    column = tuple(convert(value, expression, connection) for value in column)
                columns[place] = column
        return list(zip(*columns, strict=True))

    def _compiled(self, kinds: Sequence[type[Value]], shape: dict[str, Hashable]) -> _Statement | None:
        marks = [_mark(kind, n) for n, kind in enumerate(kinds)]
        compiler = self._build(*marks, **shape).query.get_compiler(using=workspaces.alias())
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            if kinds:
                raise ValueError("A value was looked at: this cannot be prepared.") from None
            return None
        places = {_plain(mark): n for n, mark in enumerate(marks)}
        values = tuple(
            (_maker(one, kinds[places[_plain(one)]]), places[_plain(one)]) if _plain(one) in places else (None, one)
            for one in parameters
        )
        if {place for make, place in values if make is not None} != set(range(len(kinds))):
            raise ValueError("A value is not in the statement as it is: it cannot be prepared.")
        found = compiler.get_converters([expression for expression, _, _ in compiler.select or ()])
        converters = tuple((place, expression, tuple(few)) for place, (few, expression) in found.items())
        return _Statement(sql, values, converters)


def _kind(value: Value) -> type[Value]:
    """Which mark stands for a value: subclasses are as their base."""
    return int if isinstance(value, int) else str if isinstance(value, str) else UUID


def _mark(kind: type[Value], n: int) -> Value:
    if kind is str:
        return _TEXT_MARK.format(n)
    return UUID(int=_MARK + n) if kind is UUID else _MARK + n


def _plain(parameter: Any) -> Hashable:
    """A parameter as it is compared with the marks: SQLite's UUIDs are texts."""
    if isinstance(parameter, UUID):
        return parameter.hex
    return parameter if isinstance(parameter, (int, str)) else None


def _maker(parameter: Any, kind: type[Value]) -> Callable[[Any], Any]:
    """What makes a value what the driver got in its place."""
    if kind is UUID and isinstance(parameter, str):
        return _hex
    return _same if kind is UUID else type(parameter)


def _hex(value: UUID) -> str:
    return value.hex


def _same(value: Any) -> Any:
    return value


def instance(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """A stored instance of which these columns are known; the others are read when they are used."""
    known = dict(zip(names, values, strict=True))
    # from_db takes the values in the order of the model's columns.
    ordered = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(workspaces.alias(), ordered, [known[name] for name in ordered])
