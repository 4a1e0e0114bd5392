"""Neighbours by meaning: always of the entries as they are now, by each memory's own engine, never waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import User
from apps.tm.indexes import vector_reader
from apps.tm.matching.normalise import text_hash
from apps.tm.models import Entry, Memory
from apps.tm.selectors import engines, semantic
from apps.tm.selectors.semantic import neighbours, search
from apps.tm.selectors.vector_state import vector_state
from apps.tm.services import revisions
from tests.tm import vector_rooms as rooms
from tests.tm.services.builders import memory_named
from tests.tm.vectors import models

pytestmark = pytest.mark.django_db
QUERY = "보상을 받으려면 대장장이에게 말을 거세요."
SMITH, FOG = rooms.TEXTS[0], rooms.TEXTS[1]


@pytest.fixture(autouse=True)
def _rooms(settings: Any, tmp_path: Path) -> None:
    rooms.fresh_rooms(settings, tmp_path)


def targets(memory: Memory, text: str = QUERY, limit: int = 5) -> list[str] | None:
    found = neighbours(rooms.scoped(memory), text, limit)
    return None if found is None else [entry.target for entry, _cosine in found]


def remove(lead: User, memory: Memory, source: str) -> None:
    """Delete an entry as the services do: under the lock, with a new revision."""
    locked = revisions.lock(memory.pk)
    rev = revisions.raise_revision(locked, lead, entries=-1, confirmed=-1)
    Entry.objects.filter(memory=memory, source=source).update(removed_at="2026-01-01T00:00:00Z", rev=rev)


def both(built: bool, memory: Memory) -> None:
    if built:
        rooms.build(memory)


def test_a_small_memory_needs_no_files(lead: User) -> None:
    memory = rooms.filled(lead)
    found = neighbours(rooms.scoped(memory), QUERY, 5)
    assert found is not None and [entry.target for entry, _ in found] == ["0"]
    assert found[0][1] >= engines.LOADED.wait("ngram").threshold
    assert vector_state(memory)["state"] == "ready"


def test_junk_is_not_shown(lead: User) -> None:
    memory = rooms.filled(lead)
    for text in ("완전히 다른 이야기입니다", "Nothing alike in here", "12345", "{0}", "", "   ", "\n"):
        assert targets(memory, text) == []


def test_the_same_source_is_no_neighbour_of_itself(lead: User) -> None:
    assert targets(rooms.filled(lead), SMITH) == []
    assert targets(rooms.filled(lead, "Other"), f"  {SMITH}\\n") == []


@pytest.mark.parametrize("built", [False, True])
def test_edits_are_seen_by_the_next_look(lead: User, built: bool) -> None:
    """Defect 15: vectors were not synchronised with edits, and the memory looked stale after every one."""
    memory = rooms.filled(lead)
    both(built, memory)
    assert targets(memory) == ["0"]
    rooms.confirm(lead, memory, {SMITH: "changed"})
    assert targets(memory) == ["changed"]
    near = "대장장이에게 말을 걸고 보상을 받자."
    rooms.confirm(lead, memory, {near: "added"})
    assert sorted(targets(memory) or []) == ["added", "changed"]
    remove(lead, memory, SMITH)
    assert targets(memory) == ["added"]
    assert vector_state(Memory.objects.get(pk=memory.pk))["state"] == "ready"
    rooms.build(memory)
    memory.refresh_from_db()
    assert vector_state(memory)["revision"] == memory.revision
    assert targets(memory) == ["added"]


@pytest.mark.parametrize("built", [False, True])
def test_an_entry_whose_source_changes_has_the_new_vector_only(lead: User, built: bool) -> None:
    memory = rooms.filled(lead)
    both(built, memory)
    assert targets(memory) == ["0"]
    changed = "여관 주인은 방이 없다고 했다."
    locked = revisions.lock(memory.pk)
    rev = revisions.raise_revision(locked, lead)
    Entry.objects.filter(memory=memory, source=SMITH).update(source=changed, source_hash=text_hash(changed), rev=rev)
    assert targets(memory) == []
    assert targets(memory, "여관 주인이 방이 없다고 했어.") == ["0"]


def test_a_confirm_in_one_process_is_seen_in_another(lead: User) -> None:
    memory = rooms.filled(lead)
    rooms.build(memory)
    assert targets(memory) == ["0"]
    kept = vector_reader._readers.copy()  # the other process keeps its reader
    rooms.forget()
    rooms.confirm(lead, memory, {"대장장이에게 말을 걸고 보상을 받자.": "added"})
    assert sorted(targets(memory) or []) == ["0", "added"]
    vector_reader._readers.clear()
    vector_reader._readers.update(kept)
    assert sorted(targets(memory) or []) == ["0", "added"]
    rooms.build(memory)  # and what one builds, the other opens
    assert sorted(targets(memory) or []) == ["0", "added"]
    assert all(reader._index is not None and reader._index.fresh == 0 for reader in vector_reader._readers.values())


def test_a_removed_entry_that_comes_back_is_found_again(lead: User) -> None:
    memory = rooms.filled(lead)
    rooms.build(memory)
    remove(lead, memory, SMITH)
    assert targets(memory) == []
    locked = revisions.lock(memory.pk)
    rev = revisions.raise_revision(locked, lead, entries=1, confirmed=1)
    Entry.objects.filter(memory=memory, source=SMITH).update(removed_at=None, rev=rev)
    assert targets(memory) == ["0"]


def test_purged_tombstones_do_no_harm(lead: User) -> None:
    memory = rooms.filled(lead)
    rooms.build(memory)
    assert targets(memory) == ["0"]
    remove(lead, memory, SMITH)
    Entry.objects.filter(memory=memory, source=SMITH).delete()
    memory.refresh_from_db()
    Memory.objects.filter(pk=memory.pk).update(purged_revision=memory.revision)
    rooms.confirm(lead, memory, {"늑대는 밤에 나타난다.": "wolf"})
    assert targets(memory) == []
    assert "wolf" in (targets(memory, "늑대는 밤에만 나타난다!") or [])


def test_memories_answer_together_the_nearest_first(lead: User) -> None:
    first, second = rooms.filled(lead), rooms.filled(lead, "Second")
    found = neighbours(rooms.scoped(first, second), QUERY, 5)
    assert found is not None
    assert [entry.memory_id for entry, _ in found] == [first.pk, second.pk]
    assert [entry.rank for entry, _ in found] == [0, 1]
    assert len(neighbours(rooms.scoped(first, second), QUERY, 1) or []) == 1


def test_entries_that_are_shown_already_make_room(lead: User) -> None:
    memory = rooms.filled(lead)
    rooms.confirm(lead, memory, {"대장장이에게 말을 걸고 보상을 받자.": "second"})
    first = search(rooms.scoped(memory), QUERY, 1).found
    assert first is not None and len(first) == 1
    other = search(rooms.scoped(memory), QUERY, 1, without=[first[0].entry.entry_id]).found
    assert other is not None and [near.entry.target for near in other] != [first[0].entry.target]


def test_engines_that_cannot_answer(lead: User) -> None:
    none, missing = rooms.filled(lead, engine=""), rooms.filled(lead, "Missing", engine="static:missing")
    assert neighbours(rooms.scoped(none), QUERY) is None
    assert neighbours(rooms.scoped(missing), QUERY) is None
    deadline = time.monotonic() + 20
    while engines.LOADED.state("static:missing")[0] != "unavailable" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert neighbours(rooms.scoped(missing), QUERY) is None
    assert vector_state(Memory.objects.get(pk=missing.pk))["state"] == "unavailable"
    assert neighbours([], QUERY) is None
    assert neighbours(rooms.scoped(memory_named("Terms", lead, "terms")), QUERY) is None


def test_a_large_memory_without_files_asks_for_them(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_reader, "SMALL_INSTANT", 3)
    monkeypatch.setattr(vector_reader, "FOLD_LEAST", 1)
    memory = rooms.filled(lead)
    found = search(rooms.scoped(memory), QUERY)
    assert found.found is None and found.wants_build == [memory.pk]
    rooms.build(memory)
    assert search(rooms.scoped(memory), QUERY).wants_build == []
    rooms.confirm(lead, memory, {"하나": "1", "둘이": "2", "셋이다": "3"})
    worn = search(rooms.scoped(memory), QUERY)
    assert worn.found and worn.wants_build == [memory.pk]


def test_a_look_up_asks_little_of_the_database(lead: User, django_assert_max_num_queries: Callable[..., Any]) -> None:
    memory = rooms.filled(lead)
    rooms.build(memory)
    targets(memory)
    with django_assert_max_num_queries(2):
        assert targets(memory) == ["0"]


# ---- neural engines
@pytest.mark.ml
def test_two_memories_with_two_engines_at_once(lead: User, tmp_path: Path) -> None:
    """Defect 16: the engine was one for the whole process."""
    models.needs_ml()
    models.static_model(tmp_path / "models" / "tiny")
    texts = ("gate key", "wolf night", "door")
    letters, static = rooms.filled(lead, "L", texts), rooms.filled(lead, "S", texts, engine="static:tiny")
    engines.LOADED.wait("static:tiny", 60)
    for _ in range(2):
        assert targets(static, "key gate nothing") == ["0"]
        assert targets(letters, "wolf nights") == ["1"]
        found = neighbours(rooms.scoped(letters, static), "key gate", 5)
        assert found is not None and {entry.memory_id for entry, _ in found} == {letters.pk, static.pk}
    assert vector_state(Memory.objects.get(pk=static.pk))["engine"] == "static:tiny"


@pytest.mark.ml
def test_opening_the_editor_never_waits_for_a_model(lead: User, settings: Any) -> None:
    folder = models.real_model()
    settings.MODELS_DIR = folder.parent
    texts = ("The gate is locked; find its key first.", "Beware of beasts after dark.")
    memory = rooms.filled(lead, texts=texts, engine=f"transformer:{folder.name}")
    query = "The door is locked. Find the key first."
    begin = time.monotonic()
    first = search(rooms.scoped(memory), query)
    assert first.found is None and first.loading == [memory.pk] and time.monotonic() - begin < 1
    engines.LOADED.wait(memory.engine, 120)
    deadline = time.monotonic() + 60
    while not (found := targets(memory, query)) and time.monotonic() < deadline:
        time.sleep(0.05)  # entries that came after the last build are embedded beside the look-ups
    assert found == ["0"]
    rooms.build(memory)
    rooms.confirm(lead, memory, {"Stay away from the monsters at night.": "new"})
    near = "Monsters come out at night, so stay away."
    while "new" not in (targets(memory, near) or []):
        assert time.monotonic() < deadline + 60
        time.sleep(0.05)


def test_no_library_is_loaded_before_somebody_wants_it() -> None:
    import subprocess
    import sys

    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'locanext_project.settings.test';"
        "django.setup(); import apps.tm.selectors.semantic, apps.tm.services.vectors;"
        "heavy = {'faiss', 'torch', 'transformers', 'tokenizers', 'onnxruntime'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    root = Path(semantic.__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
