"""Static embeddings: a vector for each token, the mean of them for a text. No network of neurons is run.

Two layouts of folder: that of model2vec (`model.safetensors` with `embeddings`, perhaps `weights` and
`mapping`, or `embeddings.npy`), and that of the StaticEmbedding layer of sentence-transformers (a folder with
`embedding.weight`, named by `modules.json`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.tm.vectors.embedder import EngineUnavailable, unit
from apps.tm.vectors.tensors import TensorFileError, read_tensors

_TOKENS = 512
_CHARACTERS_PER_TOKEN = 12  # texts are cut to what so many tokens could hold before they are taken apart
_BATCH = 1024
_MATRIX = ("embeddings", "embedding.weight")


class StaticEmbedder:
    """A token-embedding matrix with its tokenizer."""

    instant = True
    threshold = 0.65

    def __init__(self, name: str, folder: Path, version: str) -> None:
        """Raises EngineUnavailable where the folder holds no such model."""
        from tokenizers import Tokenizer

        folder = _layer(folder)
        self.name, self.version = name, version
        tensors = _tensors(folder)
        self._matrix = next((tensors[key] for key in _MATRIX if key in tensors), np.empty(0))
        if self._matrix.ndim != 2 or not self._matrix.size:
            raise EngineUnavailable("damaged", f"{folder.name} holds no matrix of token embeddings.")
        self._weights, self._mapping = tensors.get("weights"), tensors.get("mapping")
        self.dimension = int(self._matrix.shape[1])
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # noqa: BLE001 (the library raises Exception itself)
            raise EngineUnavailable("damaged", f"tokenizer.json: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_TOKENS)
        self._unknown = _unknown_id(self._tokenizer)
        self._check(folder)

    def _check(self, folder: Path) -> None:
        tokens = self._tokenizer.get_vocab_size()
        rows = len(self._matrix)
        for tensor in (self._mapping, self._weights):
            if tensor is not None and (tensor.ndim != 1 or len(tensor) < tokens):
                raise EngineUnavailable("damaged", f"{folder.name}: fewer weights than tokens.")
        if self._mapping is not None:
            if self._mapping.dtype.kind not in "iu" or self._mapping.min() < 0 or self._mapping.max() >= rows:
                raise EngineUnavailable("damaged", f"{folder.name}: tokens without an embedding.")
        elif rows < tokens:
            raise EngineUnavailable("damaged", f"{folder.name}: {tokens} tokens, but {rows} embeddings.")

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimension); see `Embedder`."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        longest = _TOKENS * _CHARACTERS_PER_TOKEN
        for start in range(0, len(texts), _BATCH):
            some = [text[:longest] for text in texts[start : start + _BATCH]]
            found = self._tokenizer.encode_batch_fast(some, add_special_tokens=False)
            ids = [np.array(one.ids, dtype=np.int64) for one in found]
            vectors[start : start + len(some)] = self._means(ids)
        return unit(vectors)

    def _means(self, tokens: list[NDArray[np.int64]]) -> NDArray[np.float32]:
        if self._unknown is not None:
            tokens = [ids[ids != self._unknown] for ids in tokens]
        lengths = np.array([len(ids) for ids in tokens])
        out = np.zeros((len(tokens), self.dimension), dtype=np.float32)
        flat = np.concatenate(tokens)
        if not len(flat):
            return out
        rows = flat if self._mapping is None else self._mapping[flat]
        taken = self._matrix[rows].astype(np.float32)
        if self._weights is not None:
            taken *= self._weights[flat].astype(np.float32)[:, None]
        filled = lengths > 0
        starts = (np.cumsum(lengths) - lengths)[filled]
        out[filled] = np.add.reduceat(taken, starts, axis=0) / lengths[filled, None]
        return out


def is_static(folder: Path) -> bool:
    """Whether a folder holds a static model, judged by its small files."""
    if (folder / "embeddings.npy").is_file():
        return True
    modules = _json(folder / "modules.json")
    if isinstance(modules, list) and modules:
        return isinstance(modules[0], dict) and "StaticEmbedding" in str(modules[0].get("type"))
    config = _json(folder / "config.json")
    return isinstance(config, dict) and config.get("model_type") == "model2vec"


def _layer(folder: Path) -> Path:
    """The folder of the StaticEmbedding layer, or the folder itself."""
    modules = _json(folder / "modules.json")
    if isinstance(modules, list) and modules and isinstance(modules[0], dict):
        inner = folder / str(modules[0].get("path", ""))
        if inner.resolve().is_relative_to(folder.resolve()) and (inner / "tokenizer.json").is_file():
            return inner
    return folder


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _tensors(folder: Path) -> dict[str, NDArray[Any]]:
    try:
        if (folder / "model.safetensors").is_file():
            return read_tensors(folder / "model.safetensors")
        return {"embeddings": np.load(folder / "embeddings.npy", mmap_mode="r", allow_pickle=False)}
    except (OSError, ValueError, TensorFileError) as error:
        raise EngineUnavailable("damaged", str(error)) from error


def _unknown_id(tokenizer: Any) -> int | None:
    """The token of what the vocabulary does not have: it says nothing about a text."""
    model = _parsed(tokenizer.to_str()).get("model", {})
    if isinstance(model.get("unk_id"), int):
        return int(model["unk_id"])
    name = model.get("unk_token")
    return tokenizer.token_to_id(name) if isinstance(name, str) else None


def _parsed(text: str) -> dict[str, Any]:
    parsed = json.loads(text)
    return parsed if isinstance(parsed, dict) else {}
