"""Memories that serve a project, and readers that begin with nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.ldm.models import MemoryAssignment, Project
from apps.ldm.services.memories.create import create
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from apps.tm.services.entries import ConfirmedText, upsert
from tests.ldm.services.conftest import file, make_file, project  # noqa: F401 (fixtures)
from tests.tm.indexes.conftest import _fresh_readers  # noqa: F401 (fixture)


@pytest.fixture
def make_memory(lead: User, project: Project) -> Callable[..., Memory]:  # noqa: F811
    """`make_memory([(key, source, target), ...], name=, penalty=)`: a memory that serves the project."""

    def make(texts: list[tuple[str, str, str]], name: str = "Main", penalty: int = 0) -> Memory:
        memory = create(
            actor=lead, name=name, source_language="ko", target_language="en", to=Ref("project", project.pk)
        )
        MemoryAssignment.objects.filter(memory=memory).update(penalty=penalty)
        upsert(
            actor=lead,
            memory_id=memory.pk,
            texts=[ConfirmedText(key, source, target, None, None, "", "old.xml") for key, source, target in texts],
        )
        memory.refresh_from_db()
        return memory

    return make
