"""Engines by name: what a name means, where its model lies, and loading it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from apps.tm.vectors.embedder import Embedder, EngineUnavailable

NGRAM, STATIC, TRANSFORMER = "ngram", "static", "transformer"
KINDS = (NGRAM, STATIC, TRANSFORMER)
# What each kind cannot do without.
_NEEDS = {NGRAM: (), STATIC: ("tokenizers",), TRANSFORMER: ("torch", "transformers", "sentence_transformers")}
_MODEL_FILES = ("modules.json", "config.json", "tokenizer.json", "model.safetensors", "embeddings.npy")
_ENDINGS = (".json", ".safetensors", ".npy", ".onnx", ".txt")
_SAMPLE = 65_536  # bytes of each end of a file that tell one model from another
_DEEPEST = 2  # folders below the model folder in which models are looked for: NAME and ORGANISATION/NAME
_TRUE = ("1", "true", "yes", "on")


@dataclass(frozen=True, slots=True)
class Models:
    """Where models are: the folder, and whether one that is not there may be downloaded."""

    folder: Path
    download: bool = False


def split(name: str) -> tuple[str, str]:
    """Kind and model of an engine's name. Raises EngineUnavailable for what is none."""
    kind, colon, model = name.partition(":")
    if kind not in KINDS or (kind == NGRAM) == bool(colon) or (colon and not model.strip()):
        raise EngineUnavailable("unknown", name)
    return kind, model


def require_installed(kind: str) -> None:
    """Raises EngineUnavailable where a package that engines of the kind need is missing."""
    missing = [package for package in _NEEDS[kind] if find_spec(package) is None]
    if missing:
        raise EngineUnavailable("not_installed", ", ".join(missing))


def load(name: str, models: Models) -> Embedder:
    """The engine, loaded: seconds for a neural one. Raises EngineUnavailable."""
    kind, model = split(name)
    if kind == NGRAM:
        from apps.tm.vectors.ngram import NgramEmbedder

        return NgramEmbedder()
    require_installed(kind)
    folder = folder_of(model, models) or _fetched(model, models)
    try:
        if kind == STATIC:
            from apps.tm.vectors.static import StaticEmbedder

            return StaticEmbedder(name, folder, fingerprint(folder))
        return _transformer(name, folder)
    except MemoryError as error:
        raise EngineUnavailable("no_memory", model) from error


def _transformer(name: str, folder: Path) -> Embedder:
    from apps.tm.vectors import onnx

    if (graph := onnx.usable_graph(folder)) is not None:
        return onnx.OnnxEmbedder(name, folder, graph, f"{fingerprint(folder)}-{graph.name}")
    from apps.tm.vectors.transformer import TransformerEmbedder

    return TransformerEmbedder(name, folder, fingerprint(folder))


def folder_of(model: str, models: Models) -> Path | None:
    """The folder of a model by its name, or by its path below the model folder; None where there is none."""
    root = models.folder
    try:
        path = Path(os.path.abspath(root / model))
        # Only below the model folder: a setting of a memory must not make the server read elsewhere.
        if path == root.absolute() or not path.is_relative_to(os.path.abspath(root)):
            return None
        return path if path.is_dir() else None
    except (OSError, ValueError):
        return None


def may_download(models: Models) -> bool:
    """Whether a missing model may be fetched: the setting says so, and no variable says to stay offline."""
    offline = any(os.environ.get(name, "").lower() in _TRUE for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
    return models.download and not offline


def _fetched(model: str, models: Models) -> Path:
    """A model from the hub's cache of this machine, or downloaded into it where that is allowed."""
    if model.count("/") != 1 or find_spec("huggingface_hub") is None:
        raise EngineUnavailable("no_model", model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    wanted = ["*.json", "*.txt", "*.model", "*.safetensors", "onnx/*int8*.onnx", "onnx/*quantized*.onnx"]
    allowed = may_download(models)
    try:
        return Path(snapshot_download(model, local_files_only=not allowed, allow_patterns=wanted))
    except HFValidationError as error:
        raise EngineUnavailable("no_model", model) from error
    except (OSError, LocalEntryNotFoundError) as error:
        raise EngineUnavailable("no_model" if allowed else "offline", f"{model}: {error}") from error


def listed(models: Models) -> list[str]:
    """Names of the engines whose model lies in the model folder, "static:NAME" or "transformer:NAME", sorted."""
    return sorted(
        f"{kind_of(path)}:{path.relative_to(models.folder).as_posix()}" for path in _folders(models.folder, 1)
    )


def _folders(folder: Path, depth: int) -> Iterator[Path]:
    try:
        children = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return
    for path in children:
        if any((path / name).is_file() for name in _MODEL_FILES):
            yield path
        elif depth < _DEEPEST:
            yield from _folders(path, depth + 1)


def kind_of(folder: Path) -> str:
    """Whether a folder looks like a static model or a transformer."""
    from apps.tm.vectors.static import is_static

    return STATIC if is_static(folder) else TRANSFORMER


def fingerprint(folder: Path) -> str:
    """Changes when the model's files do: their names, sizes and both ends. Raises EngineUnavailable."""
    digest = blake2b(digest_size=8)
    try:
        paths = [
            path for path in folder.rglob("*") if path.suffix in (".json", ".safetensors", ".npy", ".onnx", ".txt")
        ]
        for path in sorted(paths):
            size = path.stat().st_size
            digest.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode())
            with path.open("rb") as file:
                digest.update(file.read(_SAMPLE))
                if size > _SAMPLE:
                    file.seek(max(_SAMPLE, size - _SAMPLE))
                    digest.update(file.read(_SAMPLE))
    except OSError as error:
        raise EngineUnavailable("damaged", str(error)) from error
    return digest.hexdigest()
