"""Neural engines through sentence-transformers and torch, on the processor."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.tm.vectors.embedder import EngineUnavailable, unit
from apps.tm.vectors.machine import batch_size

logger = logging.getLogger(__name__)
_LONGEST = 256
"""Tokens of a text that count: attention grows with their square."""
_CHARACTERS = 8000
_FEW = 8


class TransformerEmbedder:
    """A model of a folder. One text at a time takes milliseconds, a thousand take seconds."""

    instant = False
    threshold = 0.65

    def __init__(self, name: str, folder: Path, version: str) -> None:
        """Raises EngineUnavailable where the folder holds no such model. Reads safetensors only, runs no code of it."""
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        try:
            self._model = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
            self.dimension = int(self._model.get_embedding_dimension() or 0)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever a library makes of a folder that is no model)
            logger.warning("The model %s cannot be loaded: %s", folder.name, error)
            raise EngineUnavailable("damaged", f"{folder.name}: {error}") from error
        if self.dimension <= 0:
            raise EngineUnavailable("damaged", f"{folder.name} makes no vectors.")
        self._model.max_seq_length = min(int(self._model.max_seq_length or _LONGEST), _LONGEST)
        self.name, self.version = name, version
        # One pass at a time: two at once need twice the memory and are no faster.
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimension); see `Embedder`."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        import torch

        size = batch_size(self.dimension, _LONGEST)
        with self._lock:
            # A look-up's one text on one thread: threads that wait for each other on a busy machine cost more.
            torch.set_num_threads(1 if len(texts) <= _FEW else os.cpu_count() or 1)
            found = self._model.encode(
                [text[:_CHARACTERS] for text in texts],
                batch_size=size,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return unit(np.array(found, dtype=np.float32))
