"""Vectors of a memory in files: built, taken over, resumed, rebuilt."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import User
from apps.tasks.models import Status, TaskRun
from apps.tm.indexes import folders, vector_folders, vector_reader
from apps.tm.matching.normalise import normalise, text_hash
from apps.tm.models import Entry, Memory
from apps.tm.selectors import engines
from apps.tm.selectors.vector_state import vector_state, vector_states
from apps.tm.services import memories, vectors
from apps.tm.services.memories import MemoryEdit
from apps.tm.vectors import base
from locanext_project.errors import Conflict, Invalid, NotFound, Unavailable
from tests.tm import vector_rooms as rooms
from tests.tm.services.builders import memory_named
from tests.tm.vectors import models

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rooms(settings: Any, tmp_path: Path) -> None:
    rooms.fresh_rooms(settings, tmp_path)


def opened(memory: Memory) -> base.Base:
    found = vector_folders.opened(memory, engines.LOADED.wait(memory.engine, 60))
    assert found is not None
    return found


def use(memory: Memory, lead: User, engine: str) -> None:
    memories.update(actor=lead, memory_id=memory.pk, edit=MemoryEdit(engine=engine))
    memory.refresh_from_db()


def test_every_source_has_its_vector_once(lead: User) -> None:
    memory = rooms.filled(lead)
    rooms.confirm(lead, memory, {rooms.TEXTS[4].upper(): "again"})  # the same source to people, and so its hash
    built = rooms.build(memory)
    assert (built.count, built.embedded, built.revision) == (6, 6, memory.revision)
    found = opened(memory)
    assert sorted(found.ids.tolist()) == sorted(text_hash(text) for text in rooms.TEXTS)
    engine = engines.LOADED.wait("ngram")
    for text in rooms.TEXTS:
        vector = found.vectors[found.place(text_hash(text))]
        assert abs(vector.astype("f4") @ engine.embed([normalise(text)])[0] - 1) < 2e-3


def test_what_did_not_change_is_not_embedded_again(lead: User) -> None:
    memory = rooms.filled(lead)
    rooms.build(memory)
    assert rooms.build(memory).embedded == 0
    rooms.confirm(lead, memory, {"새 문장이 왔다.": "new"})
    Entry.objects.filter(memory=memory, source=rooms.TEXTS[0]).update(removed_at="2026-01-01T00:00:00Z")
    rooms.forget()
    built = rooms.build(memory)
    assert (built.count, built.embedded) == (6, 1)
    assert opened(memory).place(text_hash(rooms.TEXTS[0])) < 0


def test_a_stopped_build_goes_on_where_it_was(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "CHUNK_INSTANT", 2)
    memory = rooms.filled(lead)

    class Stop(Exception):
        pass

    def progress(step: str, done: int, total: int) -> None:
        if step == "embedding" and done >= 4:
            raise Stop

    with pytest.raises(Stop):
        vectors.build(memory_id=memory.pk, progress=progress)
    assert vector_folders.about(memory) is None
    built = rooms.build(memory)
    assert (built.count, built.embedded) == (6, 2)
    assert not (vector_folders.folder_of(memory.pk) / "work").exists()


def test_an_empty_memory_has_empty_vectors(lead: User) -> None:
    memory = memory_named("Empty", lead)
    assert rooms.build(memory).count == 0
    assert len(opened(memory)) == 0
    use(memory, lead, "")
    assert rooms.build(memory).engine == "" and vector_folders.known() == []


@pytest.mark.ml
def test_another_engine_embeds_everything(lead: User, tmp_path: Path) -> None:
    models.needs_ml()
    models.static_model(tmp_path / "models" / "tiny")
    memory = rooms.filled(lead)
    rooms.build(memory)
    use(memory, lead, "static:tiny")
    assert vector_folders.about(memory) is None
    built = rooms.build(memory)
    assert (built.engine, built.count, built.embedded) == ("static:tiny", 6, 6)
    assert opened(memory).about.dimension == 16
    # The same name with other files behind it is another engine, here with another dimension.
    (tmp_path / "models" / "tiny" / "model.safetensors").write_bytes(
        models.safetensors({"embeddings": models.matrix(dimension=8)})
    )
    rooms.forget()
    assert vector_folders.opened(memory, engines.LOADED.wait("static:tiny", 60)) is None
    assert rooms.build(memory).embedded == 6
    assert opened(memory).about.dimension == 8


@pytest.mark.ml
def test_an_engine_that_changes_meanwhile_is_the_one_that_counts(lead: User, tmp_path: Path) -> None:
    models.needs_ml()
    models.static_model(tmp_path / "models" / "tiny")
    memory = rooms.filled(lead)

    def progress(step: str, done: int, total: int) -> None:
        if step == "indexing":
            Memory.objects.filter(pk=memory.pk).update(engine="static:tiny")

    assert vectors.build(memory_id=memory.pk, progress=progress).engine == "static:tiny"
    memory.refresh_from_db()
    assert opened(memory).about.engine == "static:tiny"


@pytest.mark.parametrize("name", ["ids.npy", "vectors.npy", "searcher.faiss", "base.json"])
def test_damaged_files_are_built_anew(lead: User, name: str) -> None:
    memory = rooms.filled(lead)
    rooms.build(memory)
    generation = folders.current(vector_folders.folder_of(memory.pk))
    assert generation is not None
    path = generation / name
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[: len(data) // 2])
    rooms.forget()
    assert vector_folders.opened(memory, engines.LOADED.wait("ngram")) is None
    assert rooms.build(memory).embedded == 6
    assert len(opened(memory)) == 6


def test_files_of_another_memory_with_its_id_are_not_used(lead: User) -> None:
    memory = rooms.filled(lead)
    rooms.build(memory)
    Memory.objects.filter(pk=memory.pk).update(created_at="2020-01-01T00:00:00Z")
    memory.refresh_from_db()
    assert vector_folders.about(memory) is None
    assert rooms.build(memory).embedded == 6


def test_one_builder_at_a_time(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = rooms.filled(lead)
    folder = vector_folders.folder_of(memory.pk)
    folder.mkdir(parents=True)
    (folder / "building.lock").touch()
    with pytest.raises(Conflict):
        rooms.build(memory)
    os.utime(folder / "building.lock", (1, 1))  # its holder died long ago
    assert rooms.build(memory).count == 6
    assert not (folder / "building.lock").exists()


def test_folders_of_memories_that_are_gone_go(lead: User) -> None:
    memory, other = rooms.filled(lead), rooms.filled(lead, "Other")
    rooms.build(memory)
    rooms.build(other)
    Entry.objects.filter(memory=memory).delete()
    Memory.objects.filter(pk=memory.pk).delete()
    assert vectors.tidy() == 1
    assert vector_folders.known() == [other.pk]


# ---- asking for it
def test_a_build_is_asked_for_once(lead: User, run_tasks: Callable[[], int]) -> None:
    memory = rooms.filled(lead)
    run = vectors.request_build(actor=lead, memory_id=memory.pk)
    assert vectors.request_build(actor=lead, memory_id=memory.pk).pk == run.pk
    assert vector_state(memory)["state"] == "building"
    run_tasks()
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED, run.error
    assert run.result is not None and (run.result["count"], run.result["engine"]) == (6, "ngram")
    state = vector_state(memory)
    assert (state["state"], state["revision"], state["done"], state["total"]) == ("ready", memory.revision, 6, 6)


def test_refusals_have_a_sentence(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = rooms.filled(lead)
    with pytest.raises(Invalid):
        vectors.request_build(actor=lead, memory_id=memory.pk, engine="pickle:x")
    with pytest.raises(Invalid):
        vectors.request_build(actor=lead, memory_id=memory.pk, engine="")
    with pytest.raises(NotFound):
        vectors.request_build(actor=lead, memory_id=memory_named("Terms", lead, "terms").pk)
    monkeypatch.setattr("apps.tm.vectors.engines.find_spec", lambda name: None)
    with pytest.raises(Unavailable, match="start.py ml"):
        vectors.request_build(actor=lead, memory_id=memory.pk, engine="static:x")
    memory.refresh_from_db()
    assert memory.engine == "ngram" and not TaskRun.objects.exists()


def test_without_the_ml_group_the_state_says_so_and_the_rest_works(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, neural = rooms.filled(lead), rooms.filled(lead, "Neural", engine="transformer:x")
    none, terms = rooms.filled(lead, "None", engine=""), memory_named("Terms", lead, "terms")
    monkeypatch.setattr("apps.tm.vectors.engines.find_spec", lambda name: None)
    states = vector_states([plain, Memory.objects.get(pk=neural.pk), Memory.objects.get(pk=none.pk), terms])
    assert [states[one.pk]["state"] for one in (plain, neural, none, terms)] == ["ready", "unavailable", "none", "none"]
    assert "start.py ml" in states[neural.pk]["why"]
    choices = engines.choices()
    assert [one["available"] for one in choices["kinds"]] == [True, False, False]
    assert [one["name"] for one in choices["engines"]] == ["ngram"]


def test_only_large_memories_need_files(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = rooms.filled(lead)
    assert vectors.request(actor=lead, memory_ids=[memory.pk]) == 0
    monkeypatch.setattr(vector_reader, "SMALL_INSTANT", 3)
    assert vector_state(memory)["state"] == "none"
    assert vectors.request(actor=lead, memory_ids=[memory.pk, 10**9]) == 1
    assert vectors.request(actor=lead, memory_ids=[memory.pk]) == 0
    use(memory, lead, "static:missing")
    TaskRun.objects.all().delete()
    assert vectors.request(actor=lead, memory_ids=[memory.pk]) == 0


def test_cancelling_leaves_what_there_was(lead: User) -> None:
    memory = rooms.filled(lead)
    rooms.build(memory)
    before = opened(memory).about
    rooms.confirm(lead, memory, {"새 문장이 왔다.": "new"})
    stop = threading.Event()

    def progress(step: str, done: int, total: int) -> None:
        if step == "indexing":
            stop.set()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        vectors.build(memory_id=memory.pk, progress=progress)
    assert stop.is_set() and opened(memory).about == before
