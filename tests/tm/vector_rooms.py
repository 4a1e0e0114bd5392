"""What tests of a memory's vectors stand on: folders and readers of their own, memories with texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from apps.accounts.models import User
from apps.tm.indexes import vector_reader
from apps.tm.models import Memory
from apps.tm.scope import ScopedMemory
from apps.tm.selectors import engines
from apps.tm.services import vectors
from apps.tm.services.entries import ConfirmedText, upsert
from apps.tm.services.vectors import Built
from tests.tm.services.builders import memory_named

TEXTS = (
    "대장장이에게 말을 걸고 보상을 받으세요.",
    "안개가 걷히면 문이 열린다.",
    "늑대는 밤에만 나타난다.",
    "열쇠를 잃어버렸다.",
    "Talk to the smith before you leave.",
    "The gate opens when the fog lifts.",
)


def fresh_rooms(settings: Any, folder: Path) -> None:
    """Index and model folders of this test alone; nothing that another test loaded."""
    settings.DATA_DIR, settings.MODELS_DIR = folder, folder / "models"
    forget()


def forget() -> None:
    """Become another process: what was opened and loaded is not known here."""
    vector_reader.forget()
    engines.LOADED.forget()


def filled(lead: User, name: str = "Passage", texts: Sequence[str] = TEXTS, engine: str = "ngram") -> Memory:
    """A memory with confirmed entries, the target of each being its number."""
    memory = memory_named(name, lead)
    memory.engine = engine
    memory.save(update_fields=["engine"])
    confirm(lead, memory, dict(zip(texts, map(str, range(len(texts))), strict=True)))
    return memory


def confirm(lead: User, memory: Memory, pairs: dict[str, str]) -> None:
    """Confirm sources with their targets, the source being the key."""
    texts = [ConfirmedText(key=source[:50], source=source, target=target) for source, target in pairs.items()]
    upsert(actor=lead, memory_id=memory.pk, texts=texts)
    memory.refresh_from_db()


def build(memory: Memory) -> Built:
    """Build without progress."""
    return vectors.build(memory_id=memory.pk, progress=lambda step, done, total: None)


def scoped(*memories: Memory, penalty: int = 0) -> list[ScopedMemory]:
    """Memories as a look-up gets them, the first the nearest."""
    return [ScopedMemory(one.pk, one.name, rank, penalty) for rank, one in enumerate(memories)]
