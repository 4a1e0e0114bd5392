"""Index folders: what was written is read, and nothing else is."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from apps.tm.indexes import base as files
from apps.tm.indexes import folders
from apps.tm.indexes.base import FIELDS, Base
from apps.tm.indexes.building import Builder, Text
from apps.tm.indexes.live import LiveIndex
from apps.tm.indexes.texts import TextWriter
from apps.tm.matching import IndexFileError
from tests.tm.indexes.builders import IDENTITY, base_of, text

TEXTS = [text(n, f"Open gate {n}. Then go on", f"문 {n}. 계속", f"key.{n}") for n in (5, 3, -2, 9)]


def written(folder: Path, texts: list[Text] = TEXTS, revision: int = 4) -> Path:
    """A generation of some entries that is current."""
    with folders.new_generation(folder) as partial:
        sinks = {field: files.text_file(partial, field) for field in FIELDS}
        builder = Builder({field: TextWriter(sink) for field, sink in sinks.items()})
        builder.add(texts)
        for sink in sinks.values():
            sink.close()
        files.write(builder.finish(IDENTITY, revision, [(9, "x")], partial), partial)
    found = folders.current(folder)
    assert found is not None
    return found


def same(one: Base, other: Base) -> bool:
    arrays = all(
        np.array_equal(a, b) for a, b in zip(asdict(one.arrays).values(), asdict(other.arrays).values(), strict=True)
    )
    texts = all(
        [one.texts[f].text(n) for n in range(one.entries)] == [other.texts[f].text(n) for n in range(one.entries)]
        for f in FIELDS
    )
    return arrays and texts and one.identity == other.identity


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    read = files.read(written(tmp_path))
    assert same(read, base_of(TEXTS))
    assert (read.revision, read.witnesses) == (4, [(9, "x")])
    assert files.peek(folders.current(tmp_path) or tmp_path) == (IDENTITY, 4, 4)
    live = LiveIndex(read)
    assert set(live.find("문 3")) == {3}
    assert [read.entry(pk) >= 0 for pk in (5, 3, -2, 9, 4, 100, -100)] == [True] * 4 + [False] * 3


def test_an_empty_memory_has_an_index_too(tmp_path: Path) -> None:
    read = files.read(written(tmp_path, []))
    assert read.entries == 0 and list(LiveIndex(read).find("x")) == []
    assert LiveIndex(read).nearest("x", 0.5, 5) == []


def names(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_every_file_that_is_missing_or_cut_is_noticed(tmp_path: Path) -> None:
    good = written(tmp_path / "good")
    for name in names(good):
        for damage in (Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])):
            copy = tmp_path / "copy"
            shutil.copytree(good, copy)
            damage(copy / name)
            with pytest.raises(IndexFileError):
                files.read(copy)
            shutil.rmtree(copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest | {"version": files.VERSION + 1},
        lambda manifest: manifest | {"kind": "another"},
        lambda manifest: manifest | {"entries": 3},
        lambda manifest: {"kind": manifest["kind"], "version": manifest["version"]},
        lambda manifest: [],
        lambda manifest: manifest | {"bytes": manifest["bytes"] | {"nothing.npy": 3}},
    ],
)
def test_a_foreign_manifest_is_refused(tmp_path: Path, change: Callable[[dict[str, object]], object]) -> None:
    generation = written(tmp_path)
    manifest = generation / "manifest.json"
    manifest.write_text(json.dumps(change(json.loads(manifest.read_text()))))
    with pytest.raises(IndexFileError):
        files.read(generation)


def test_numbers_that_point_outside_are_refused(tmp_path: Path) -> None:
    generation = written(tmp_path)
    for name in ("places", "by_id", "mask_of", "mask_members", "mask_starts", "source_starts"):
        path = generation / f"{name}.npy"
        array = np.load(path)
        kept = path.read_bytes()
        np.save(path, np.full_like(array, 10_000))
        with pytest.raises(IndexFileError):
            files.read(generation)
        path.write_bytes(kept)
    files.read(generation)


# ---- generations
def test_a_failed_build_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    good = written(tmp_path)
    before = folders.stamp(tmp_path)
    with pytest.raises(ZeroDivisionError), folders.new_generation(tmp_path) as partial:
        (partial / "half").write_text("x")
        raise ZeroDivisionError
    assert folders.current(tmp_path) == good and folders.stamp(tmp_path) == before
    assert names(tmp_path) == sorted([Path("current.json"), *(Path(good.name) / name for name in names(good))])


def test_superseded_generations_stay_for_a_while(tmp_path: Path) -> None:
    first = written(tmp_path)
    held = files.read(first)
    before = folders.stamp(tmp_path)
    second = written(tmp_path)
    assert first != second and folders.stamp(tmp_path) != before
    assert first.is_dir() and second.is_dir()
    old = time.time() - folders.KEPT_SECONDS - 10
    os.utime(first, (old, old))
    assert folders.tidy(tmp_path) == 1
    assert not first.exists() and second.is_dir()
    assert set(LiveIndex(held).find("gate")) == {5, 3, -2, 9}


def test_an_abandoned_build_goes_after_hours(tmp_path: Path) -> None:
    written(tmp_path)
    partial = tmp_path / ("ab" + folders.PARTIAL)
    partial.mkdir()
    assert folders.tidy(tmp_path) == 0
    old = time.time() - folders.ABANDONED_SECONDS - 10
    os.utime(partial, (old, old))
    assert folders.tidy(tmp_path) == 1 and not partial.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"generation": 3}', '{"generation": "../other"}', "{}"])
def test_a_pointer_that_cannot_be_read_points_nowhere(tmp_path: Path, content: str) -> None:
    written(tmp_path)
    (tmp_path / folders.POINTER).write_text(content)
    assert folders.current(tmp_path) is None
