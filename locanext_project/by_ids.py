"""Stored things by their ids: a few by a statement that was compiled once, many in portions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model

from locanext_project.chunks import chunks
from locanext_project.prepared import Prepared, instance

FEW = 50
"""More than so many are worth the time that building a statement takes."""
PORTION = 900
M = TypeVar("M", bound=Model)


def found(model: type[M], ids: Sequence[int]) -> Iterator[M]:
    """The instances with these ids, in no order; whole numbers only."""
    names = _columns(model)
    for values in values_of(model, names, ids):
        yield instance(model, names, values)


def one(model: type[M], pk: int) -> M | None:
    """The instance with this id, or None."""
    return next(found(model, [pk]), None)


def values_of(model: type[Model], names: tuple[str, ...], ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """These columns of what has one of the ids, in no order."""
    if 0 < len(ids) <= FEW:
        yield from _few(model, names)(*ids)
        return
    for some in chunks(ids, PORTION):
        yield from model._default_manager.filter(pk__in=some).values_list(*names)


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _few(model: type[Model], names: tuple[str, ...]) -> Prepared:
    return Prepared(lambda *ids: model._default_manager.filter(pk__in=ids).values_list(*names))
