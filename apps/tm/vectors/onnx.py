"""Neural engines in eight bits: a model's ONNX file through onnxruntime, without torch."""

from __future__ import annotations

import json
import platform
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.tm.vectors.embedder import EngineUnavailable, unit
from apps.tm.vectors.machine import batch_size

_ANY = ("model_quantized.onnx", "model_int8.onnx", "model_qint8.onnx")
_BY_MACHINE = {
    "x86_64": ("model_quint8_avx2.onnx", "model_qint8_avx512_vnni.onnx", "model_qint8_avx512.onnx"),
    "arm64": ("model_qint8_arm64.onnx",),
}
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}
_PLAIN_MODULES = ("Transformer", "Pooling", "Normalize")
_LONGEST = 256
_CHARACTERS = 8000
_MEAN, _FIRST = "mean", "first"
_THREADS = 2


def usable_graph(folder: Path) -> Path | None:
    """The eight-bit ONNX file of a model folder, where there is one, and what it takes to use it."""
    if find_spec("onnxruntime") is None or find_spec("tokenizers") is None or _pooling(folder) is None:
        return None
    if not (folder / "tokenizer.json").is_file():
        return None
    machine = platform.machine().lower()
    names = (*_ANY, *_BY_MACHINE.get(_MACHINES.get(machine, machine), ()))
    places = [place / name for name in names for place in (folder / "onnx", folder)]
    return next((path for path in places if path.is_file()), None)


def _pooling(folder: Path) -> str | None:
    """How token vectors become one; None where the model does more than pool and normalise, or is prompted."""
    modules = _json(folder / "modules.json")
    if not isinstance(modules, list) or len(modules) < 2 or not all(isinstance(one, dict) for one in modules):
        return None
    kinds = [str(one.get("type", "")).rpartition(".")[2] for one in modules]
    settings = _json(folder / "config_sentence_transformers.json")
    if any(kind not in _PLAIN_MODULES for kind in kinds) or kinds[1] != "Pooling":
        return None
    if isinstance(settings, dict) and settings.get("default_prompt_name"):
        return None
    config = _json(folder / str(modules[1].get("path", "")) / "config.json")
    if not isinstance(config, dict):
        return None
    chosen = {name for name, on in config.items() if name.startswith("pooling_mode_") and on is True}
    chosen |= {f"pooling_mode_{config['pooling_mode']}"} if isinstance(config.get("pooling_mode"), str) else set()
    if chosen in ({"pooling_mode_mean_tokens"}, {"pooling_mode_mean"}):
        return _MEAN
    return _FIRST if chosen in ({"pooling_mode_cls_token"}, {"pooling_mode_cls"}) else None


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


class OnnxEmbedder:
    """A quantised model of a folder."""

    instant = False
    threshold = 0.65

    def __init__(self, name: str, folder: Path, graph: Path, version: str) -> None:
        """Raises EngineUnavailable where the files are no such model."""
        import onnxruntime
        from tokenizers import Tokenizer

        self.name, self.version = name, version
        self._pooling = _pooling(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _THREADS
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # other work needs the processors
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
            self._tokenizer.enable_truncation(_LONGEST)
            self._tokenizer.enable_padding()
            self._inputs = {one.name for one in self._session.get_inputs()}
            self._lock = threading.Lock()
            self.dimension = 0
            self.dimension = int(self.embed(["x"]).shape[1])
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (the libraries raise types of their own, and Exception itself)
            raise EngineUnavailable("damaged", f"{folder.name}/{graph.name}: {error}") from error

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimension); see `Embedder`."""
        # Texts of a length together: little is spent on filling up.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        size = batch_size(self.dimension or 512, _LONGEST)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(order), size):
            places = order[start : start + size]
            found = self._pooled([texts[place][:_CHARACTERS] for place in places])
            if not self.dimension:
                return unit(found)
            vectors[places] = found
        return unit(vectors)

    def _pooled(self, texts: list[str]) -> NDArray[np.float32]:
        with self._lock:
            encoded = self._tokenizer.encode_batch(texts)
            feed = {
                "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
                "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
                "token_type_ids": np.array([one.type_ids for one in encoded], dtype=np.int64),
            }
            hidden = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        if hidden.ndim != 3:
            raise ValueError("its first output is not a vector for each token")
        if self._pooling == _FIRST:
            return np.array(hidden[:, 0], dtype=np.float32)
        mask = feed["attention_mask"][:, :, None].astype(np.float32)
        return np.array((hidden * mask).sum(1) / np.maximum(mask.sum(1), 1e-9), dtype=np.float32)
