"""Indexes of entries given as tuples, without a database."""

from __future__ import annotations

from collections.abc import Sequence

from apps.tm.indexes.base import FIELDS, Base, Identity
from apps.tm.indexes.building import Builder, Text
from apps.tm.indexes.texts import TextWriter
from apps.tm.matching.normalise import text_hash

IDENTITY = Identity(7, "2026-11-21T10:00:00.000000+00:00")


def text(pk: int, source: str, target: str = "t", key: str = "", rev: int = 1) -> Text:
    """An entry as the builder takes it."""
    return Text(pk, rev, text_hash(source), source, target, key)


def base_of(texts: Sequence[Text], revision: int = 1) -> Base:
    """The index of some entries, in memory."""
    builder = Builder({field: TextWriter() for field in FIELDS})
    builder.add(texts)
    return builder.finish(IDENTITY, revision, [])
