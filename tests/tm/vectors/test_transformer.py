"""Neural engines: the small real model through torch, a tiny one through onnxruntime, and folders that are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from apps.tm.vectors import engines, machine, onnx
from apps.tm.vectors.embedder import Embedder, EngineUnavailable
from apps.tm.vectors.engines import Models
from tests.tm.vectors import models

pytestmark = pytest.mark.ml
TEXTS = ["You cannot open this door without the key.", "The wolf attacks at night.", "A merchant sells potions."]
MEANT = ["The gate is locked; find its key first.", "Beware of beasts after dark.", "Buy medicine from the trader."]


@pytest.fixture(scope="module")
def real() -> Embedder:
    """The real model, loaded once."""
    folder = models.real_model()
    return engines.load(f"transformer:{folder.name}", Models(folder.parent))


def test_the_real_model_finds_what_is_meant(real: Embedder) -> None:
    vectors, meant = real.embed(TEXTS), real.embed(MEANT)
    assert vectors.shape == (3, 384) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert (vectors @ meant.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_length_and_company_change_nothing(real: Embedder) -> None:
    together = real.embed([*TEXTS, "word " * 5000, ""])
    assert np.allclose(real.embed(TEXTS[:1])[0], together[0], atol=1e-3)
    assert np.isfinite(together).all()
    assert real.embed([]).shape == (0, 384)


def test_a_name_leads_to_a_folder_or_to_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models.needs_ml()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(EngineUnavailable) as missing:
        engines.load("transformer:nothing", Models(tmp_path))
    assert missing.value.code == "no_model"
    with pytest.raises(EngineUnavailable) as offline:
        engines.load("transformer:nobody/nothing", Models(tmp_path, download=True))
    assert offline.value.code == "offline"


@pytest.mark.parametrize("damage", ["empty", "cut", "pickle only"])
def test_folders_that_hold_no_model_say_so(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "broken"
    if damage == "empty":
        folder.mkdir()
        (folder / "config.json").write_text("{}")
    else:
        shutil.copytree(models.real_model(), folder)
        weights = folder / "model.safetensors"
        data = weights.read_bytes()
        weights.unlink()
        if damage == "cut":
            weights.write_bytes(data[:100_000])
        else:
            # Weights that are a pickle would run whatever is in them: they are not even opened.
            (folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    with pytest.raises(EngineUnavailable) as caught:
        engines.load("transformer:broken", Models(tmp_path))
    assert caught.value.code == "damaged"


def test_eight_bits_are_used_where_the_model_has_them(tmp_path: Path) -> None:
    models.needs_ml()
    table = models.matrix()
    folder = models.onnx_model(tmp_path / "tiny", table)
    engine = engines.load("transformer:tiny", Models(tmp_path))
    assert isinstance(engine, onnx.OnnxEmbedder) and engine.dimension == 16 and not engine.instant
    found = engine.embed(["gate key", "gate", "wolf wolf night"])
    for vector, row in zip(found, (table[1] + table[3], table[1], 2 * table[4] + table[5]), strict=True):
        assert np.allclose(vector, row / np.linalg.norm(row), atol=1e-4)
    shutil.rmtree(folder)
    models.onnx_model(folder, table, pooling="cls_token")
    first = engines.load("transformer:tiny", Models(tmp_path)).embed(["gate key"])[0]
    assert np.allclose(first, table[1] / np.linalg.norm(table[1]), atol=1e-4)


def test_a_model_that_does_more_is_left_to_torch(tmp_path: Path) -> None:
    models.needs_ml()
    assert onnx.usable_graph(models.onnx_model(tmp_path / "a", models.matrix(), pooling="max_tokens")) is None
    folder = models.onnx_model(tmp_path / "b", models.matrix())
    assert onnx.usable_graph(folder) is not None
    (folder / "config_sentence_transformers.json").write_text('{"default_prompt_name": "query"}')
    assert onnx.usable_graph(folder) is None


def test_a_damaged_graph_says_so(tmp_path: Path) -> None:
    models.needs_ml()
    folder = models.onnx_model(tmp_path / "tiny", models.matrix())
    (folder / "onnx" / "model_quantized.onnx").write_bytes(b"\x08\x08 nothing")
    with pytest.raises(EngineUnavailable) as caught:
        engines.load("transformer:tiny", Models(tmp_path))
    assert caught.value.code == "damaged"


def test_batches_follow_the_memory_that_is_free() -> None:
    sizes = [machine.batch_size(384, 256, free) for free in (10**7, 10**9, 4 * 10**9, 10**12)]
    assert sizes == sorted(sizes) and sizes[0] == 4 and sizes[-1] == 128
    assert machine.batch_size(1024, 256, 10**9) < machine.batch_size(384, 256, 10**9)
    assert machine.free_memory() > 10**7
