"""Querysets compiled once: where Django takes longer to build a statement than the database to answer it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

from locanext_project import workspaces

_MARK = 2_000_000_011
"""The first of the numbers that stand for values while a statement is compiled; every integer column takes them."""
M = TypeVar("M", bound=Model)
_Build = Callable[..., QuerySet[Any, tuple[Any, ...]]]


class _Statement(NamedTuple):
    """`values`: (None, a parameter), or (the type that the driver wants, the place of the number to put there).

    `converters`: of columns that need some."""

    sql: str
    values: tuple[tuple[type[int] | None, Any], ...]
    converters: tuple[tuple[int, Any, Any], ...]


class Prepared:
    """A queryset of plain values, as a function of whole numbers.

    `build(*numbers, **shape)` gives the queryset by `values_list`; the numbers may be compared with columns only,
    never looked at. It is called once for each count of numbers and each `shape` (hashable, of few kinds), so
    that the condition stays written in one place, in Django's terms.
    """

    def __init__(self, build: _Build) -> None:
        self._build = build
        self._statements: dict[tuple[Hashable, ...], _Statement | None] = {}

    def __call__(self, *numbers: int, **shape: Hashable) -> list[tuple[Any, ...]]:
        """The rows, from the workspace's database. A number that is None is Django's business: give none."""
        connection = connections[workspaces.alias()]
        key = (connection.vendor, len(numbers), *sorted(shape.items()))
        if key not in self._statements:
            self._statements[key] = self._compiled(len(numbers), shape)
        statement = self._statements[key]
        if statement is None:
            return []
        parameters = [value if kind is None else kind(numbers[value]) for kind, value in statement.values]
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

    def _compiled(self, count: int, shape: dict[str, Hashable]) -> _Statement | None:
        marks = [_MARK + n for n in range(count)]
        places = {mark: n for n, mark in enumerate(marks)}
        compiler = self._build(*marks, **shape).query.get_compiler(using=workspaces.alias())
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            if count:
                raise ValueError("A number was looked at: this cannot be prepared.") from None
            return None
        values = tuple(
            (type(one), places[one]) if isinstance(one, int) and one in places else (None, one) for one in parameters
        )
        if {place for kind, place in values if kind is not None} != set(range(count)):
            raise ValueError("A number is not in the statement as it is: it cannot be prepared.")
        found = compiler.get_converters([expression for expression, _, _ in compiler.select or ()])
        converters = tuple((place, expression, tuple(few)) for place, (few, expression) in found.items())
        return _Statement(sql, values, converters)


def instance(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """A stored instance of which these columns are known; the others are read when they are used."""
    known = dict(zip(names, values, strict=True))
    # from_db takes the values in the order of the model's columns.
    ordered = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(workspaces.alias(), ordered, [known[name] for name in ordered])
