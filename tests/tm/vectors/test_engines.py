"""Engines by name, and loading them in the background."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from apps.tm.vectors import engines, loading
from apps.tm.vectors.embedder import Embedder, EngineUnavailable, unit
from apps.tm.vectors.engines import Models
from apps.tm.vectors.ngram import NgramEmbedder


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("ngram", ("ngram", "")),
        ("static:potion", ("static", "potion")),
        ("transformer:org/name", ("transformer", "org/name")),
        ("static:a:b", ("static", "a:b")),
    ],
)
def test_names_are_kind_and_model(name: str, parts: tuple[str, str]) -> None:
    assert engines.split(name) == parts


@pytest.mark.parametrize("name", ["", "static", "static:", "static: ", "ngram:x", "pickle:x", "transformer"])
def test_other_names_are_none(name: str) -> None:
    with pytest.raises(EngineUnavailable) as caught:
        engines.split(name)
    assert caught.value.code == "unknown"


@pytest.mark.parametrize("model", ["..", "../other", "/etc", ".", "", "a/../../other", "a\0b", "x" * 5000])
def test_a_model_lies_below_the_model_folder(tmp_path: Path, model: str) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "models" / "a").mkdir(parents=True)
    assert engines.folder_of(model, Models(tmp_path / "models")) is None
    assert engines.folder_of("a", Models(tmp_path / "models")) == tmp_path / "models" / "a"
    assert engines.folder_of(str(tmp_path / "models" / "a"), Models(tmp_path / "models")) is not None


def test_models_of_the_folder_are_listed(tmp_path: Path) -> None:
    for name in ("one", "org/two", "org/deep/three", ".hidden", "empty"):
        (tmp_path / name).mkdir(parents=True)
        if name != "empty":
            (tmp_path / name / "config.json").write_text("{}")
    (tmp_path / "one" / "config.json").write_text('{"model_type": "model2vec"}')
    assert engines.listed(Models(tmp_path)) == ["static:one", "transformer:org/two"]
    assert engines.listed(Models(tmp_path / "nowhere")) == []


def test_nothing_is_downloaded_unless_all_allow_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    assert not engines.may_download(Models(tmp_path))
    assert engines.may_download(Models(tmp_path, download=True))
    monkeypatch.setenv("HF_HUB_OFFLINE", "true")
    assert not engines.may_download(Models(tmp_path, download=True))


def test_without_the_packages_the_kind_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    for name in ("static:x", "transformer:x"):
        with pytest.raises(EngineUnavailable) as caught:
            engines.load(name, Models(tmp_path))
        assert caught.value.code == "not_installed"
    assert isinstance(engines.load("ngram", Models(tmp_path)), NgramEmbedder)


class Slow:
    """Stands for what takes long to load; the registry under test does not look inside."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.loaded: list[str] = []
        self.failure: EngineUnavailable | None = None

    def load(self, name: str, models: Models) -> Embedder:
        self.go.wait(10)
        self.loaded.append(name)
        if self.failure is not None:
            raise self.failure
        return NgramEmbedder()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    stand_in = Slow()
    monkeypatch.setattr(loading, "load", stand_in.load)
    return stand_in


def test_asking_never_waits_and_loads_once(slow: Slow, tmp_path: Path) -> None:
    registry = loading.Engines(lambda: Models(tmp_path))
    assert registry.state("static:a") == ("idle", None)
    begin = time.monotonic()
    assert registry.get("static:a") is None and registry.get("static:a") is None
    assert time.monotonic() - begin < 1 and registry.state("static:a")[0] == "loading"
    with pytest.raises(TimeoutError):
        registry.wait("static:a", 0.01)
    slow.go.set()
    first = registry.wait("static:a", 10)
    assert registry.get("static:a") is first and slow.loaded == ["static:a"]
    assert registry.state("static:a") == ("ready", None)


def test_two_engines_are_two_instances(slow: Slow, tmp_path: Path) -> None:
    """Defect 16: the engine was one for the whole process."""
    slow.go.set()
    registry = loading.Engines(lambda: Models(tmp_path))
    assert registry.wait("static:a", 10) is not registry.wait("static:b", 10)
    assert registry.wait("static:a", 10) is registry.wait("static:a", 10)


def test_a_failure_is_told_and_tried_again_later(slow: Slow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow.go.set()
    slow.failure = EngineUnavailable("damaged", "weights")
    registry = loading.Engines(lambda: Models(tmp_path))
    for _ in range(2):
        with pytest.raises(EngineUnavailable, match="weights"):
            registry.wait("static:a", 10)
        with pytest.raises(EngineUnavailable, match="weights"):
            registry.get("static:a")
    assert slow.loaded == ["static:a"] and registry.state("static:a")[0] == "unavailable"
    slow.failure = None
    monkeypatch.setattr(loading, "RETRY_SECONDS", 0.0)
    assert registry.wait("static:a", 10).name == "ngram"


def test_another_model_folder_is_another_engine(slow: Slow, tmp_path: Path) -> None:
    slow.go.set()
    folder = [tmp_path / "a"]
    registry = loading.Engines(lambda: Models(folder[0]))
    first = registry.wait("static:x", 10)
    folder[0] = tmp_path / "b"
    assert registry.wait("static:x", 10) is not first


def test_rows_that_are_no_vectors_become_zeros() -> None:
    rows = np.array([[3, 4], [0, 0], [np.nan, 1], [np.inf, 1]], dtype=np.float32)
    assert unit(rows).tolist() == [[np.float32(0.6), np.float32(0.8)], [0, 0], [0, 0], [0, 0]]
