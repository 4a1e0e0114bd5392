"""Static embeddings, in both layouts, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from apps.tm.vectors import engines
from apps.tm.vectors.embedder import EngineUnavailable
from apps.tm.vectors.engines import Models
from apps.tm.vectors.tensors import TensorFileError, read_tensors
from tests.tm.vectors import models

pytestmark = pytest.mark.ml


@pytest.fixture(autouse=True)
def _installed() -> None:
    models.needs_ml()


def load(folder: Path, name: str = "static:tiny") -> object:
    return engines.load(name, Models(folder))


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def test_a_text_is_the_mean_of_its_tokens(tmp_path: Path) -> None:
    table = models.matrix()
    models.static_model(tmp_path / "tiny", table)
    engine = engines.load("static:tiny", Models(tmp_path))
    found = engine.embed(["gate key", "wolf nobody-knows-this", "nobody", "", "문 열쇠"])
    assert engine.dimension == 16 and engine.name == "static:tiny" and engine.instant
    assert np.allclose(found[0], unit(table[1] + table[3]), atol=1e-5)
    assert np.allclose(found[1], unit(table[4]), atol=1e-5)  # unknown words say nothing
    assert not found[2].any() and not found[3].any()
    assert np.allclose(found[4], unit(table[6] + table[7]), atol=1e-5)


def test_weights_and_a_mapping_of_tokens(tmp_path: Path) -> None:
    table = models.matrix(rows=3)
    weights = np.linspace(0.5, 2, len(models.WORDS) + 1, dtype=np.float32)
    mapping = np.array([0, 1, 2, 1, 2, 0, 1, 2, 1, 0], dtype=np.int64)
    models.static_model(tmp_path / "tiny", table, weights=weights, mapping=mapping)
    found = engines.load("static:tiny", Models(tmp_path)).embed(["gate door"])[0]
    assert np.allclose(found, unit(weights[1] * table[1] + weights[2] * table[2]), atol=1e-5)


def test_the_layout_of_sentence_transformers(tmp_path: Path) -> None:
    table = models.matrix()
    models.sentence_transformers_static(tmp_path / "tiny", table)
    assert engines.listed(Models(tmp_path)) == ["static:tiny"]
    found = engines.load("static:tiny", Models(tmp_path)).embed(["gate key"])[0]
    assert np.allclose(found, unit(table[1] + table[3]), atol=1e-5)


def test_a_numpy_file_and_half_precision(tmp_path: Path) -> None:
    table = models.matrix()
    folder = models.static_model(tmp_path / "tiny", table.astype(np.float16))
    half = engines.load("static:tiny", Models(tmp_path)).embed(["gate key"])[0]
    (folder / "model.safetensors").unlink()
    np.save(folder / "embeddings.npy", table)
    whole = engines.load("static:tiny", Models(tmp_path)).embed(["gate key"])[0]
    assert np.allclose(half, whole, atol=1e-3)


def test_another_file_is_another_version(tmp_path: Path) -> None:
    folder = models.static_model(tmp_path / "tiny")
    first = engines.load("static:tiny", Models(tmp_path)).version
    assert engines.load("static:tiny", Models(tmp_path)).version == first
    (folder / "model.safetensors").write_bytes(models.safetensors({"embeddings": models.matrix(seed=2)}))
    assert engines.load("static:tiny", Models(tmp_path)).version != first


@pytest.mark.parametrize("damage", ["cut", "no matrix", "no tokenizer", "bad tokenizer", "too few", "text", "pickle"])
def test_damaged_models_say_so(tmp_path: Path, damage: str) -> None:
    folder = models.static_model(tmp_path / "tiny")
    weights = folder / "model.safetensors"
    if damage == "cut":
        weights.write_bytes(weights.read_bytes()[:-4])
    elif damage == "no matrix":
        weights.write_bytes(models.safetensors({"something": models.matrix()}))
    elif damage == "no tokenizer":
        (folder / "tokenizer.json").unlink()
    elif damage == "bad tokenizer":
        (folder / "tokenizer.json").write_text("{}")
    elif damage == "too few":
        weights.write_bytes(models.safetensors({"embeddings": models.matrix(rows=4)}))
    elif damage == "text":
        weights.write_bytes(b"no tensors here, only words")
    else:
        weights.unlink()
        np.save(folder / "embeddings.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(EngineUnavailable) as caught:
        load(tmp_path)
    assert caught.value.code == "damaged" and caught.value.detail


def test_tensors_of_sixteen_bits_are_widened(tmp_path: Path) -> None:
    values = np.array([[1.5, -2.0]], dtype=np.float32)
    upper = (values.view(np.uint32) >> 16).astype(np.uint16)
    (tmp_path / "x").write_bytes(models.safetensors({"a": upper}))
    assert read_tensors(tmp_path / "x")["a"].tolist() == [[1.5, -2.0]]


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [4], "data_offsets": [0, 99]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]},
        {"dtype": "F7", "shape": [1], "data_offsets": [0, 4]},
        {"shape": [1]},
        "nothing",
    ],
)
def test_wrong_headers_are_refused(tmp_path: Path, entry: object) -> None:
    header = json.dumps({"a": entry}).encode()
    (tmp_path / "x").write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 8)
    with pytest.raises(TensorFileError):
        read_tensors(tmp_path / "x")
