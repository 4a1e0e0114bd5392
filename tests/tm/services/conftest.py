"""Memories to work on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from apps.accounts.models import User
from apps.tm.models import Entry, Memory
from apps.tm.services.entries import ConfirmedText, upsert
from tests.tm.services.builders import memory_named


@pytest.fixture
def memory(lead: User) -> Memory:
    """An empty memory, Korean to English."""
    return memory_named("Passage", lead)


@pytest.fixture
def make_entries(lead: User, memory: Memory) -> Callable[..., list[Entry]]:
    """`make_entries([(key, source, target), ...])`: confirmed entries in the memory, by id."""

    def make(pairs: Sequence[tuple[str, str, str]]) -> list[Entry]:
        upsert(actor=lead, memory_id=memory.pk, texts=[ConfirmedText(*pair) for pair in pairs])
        memory.refresh_from_db()
        return list(Entry.objects.filter(memory=memory).order_by("pk"))

    return make
