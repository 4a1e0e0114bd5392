"""Engines of this process: loaded once a name, in the background, when somebody first wants them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from apps.tm.vectors.embedder import Embedder, EngineUnavailable
from apps.tm.vectors.engines import NGRAM, Models, load

State = Literal["ready", "loading", "unavailable", "idle"]
RETRY_SECONDS = 60.0
"""After which a failed engine is tried again: somebody may have put its model there."""


@dataclass(slots=True)
class _Slot:
    done: threading.Event = field(default_factory=threading.Event)
    embedder: Embedder | None = None
    failure: EngineUnavailable | None = None
    failed_at: float = 0.0


class Engines:
    """One instance a process. Two memories with two engines have two; two with one share it."""

    def __init__(self, models: Callable[[], Models]) -> None:
        """`models` says where models are, each time one is loaded."""
        self._models = models
        self._slots: dict[tuple[str, Models], _Slot] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Embedder | None:
        """The engine, or None while it is loaded; asking starts that. Never waits. Raises EngineUnavailable."""
        slot = self._slot(name)
        if not slot.done.is_set():
            return None
        if slot.failure is not None:
            raise _again(slot.failure)
        return slot.embedder

    def wait(self, name: str, seconds: float | None = None) -> Embedder:
        """The engine, when it is there. For tasks. Raises EngineUnavailable, and TimeoutError."""
        slot = self._slot(name)
        if not slot.done.wait(seconds):
            raise TimeoutError(f"The engine {name} is still loading after {seconds} s.")
        if slot.failure is not None:
            raise _again(slot.failure)
        if slot.embedder is None:
            raise EngineUnavailable("unknown", name)
        return slot.embedder

    def state(self, name: str) -> tuple[State, EngineUnavailable | None]:
        """How far an engine is, without loading it."""
        slot = self._slots.get((name, self._models()))
        if slot is None:
            return "idle", None
        if not slot.done.is_set():
            return "loading", None
        return ("unavailable", slot.failure) if slot.failure else ("ready", None)

    def forget(self) -> None:
        """Drop every engine: for tests, and to free memory."""
        with self._lock:
            self._slots.clear()

    def _slot(self, name: str) -> _Slot:
        models = self._models()
        with self._lock:
            slot = self._slots.get((name, models))
            expired = slot is not None and slot.failure and time.monotonic() - slot.failed_at > RETRY_SECONDS
            if slot is not None and not expired:
                return slot
            slot = self._slots[(name, models)] = _Slot()
        if name == NGRAM:
            _fill(slot, name, models)  # nothing to wait for
        else:
            # A daemon, so that a process that ends does not wait for a model that nobody will use.
            threading.Thread(target=_fill, args=(slot, name, models), name=f"load {name}", daemon=True).start()
        return slot


def _again(failure: EngineUnavailable) -> EngineUnavailable:
    """A fresh exception: one that is raised in several threads would gather their tracebacks."""
    return EngineUnavailable(failure.code, failure.detail)


def _fill(slot: _Slot, name: str, models: Models) -> None:
    try:
        slot.embedder = load(name, models)
    except EngineUnavailable as error:
        slot.failure = error
    except Exception as error:  # noqa: BLE001 (a thread's end: who waits must learn of it)
        slot.failure = EngineUnavailable("damaged", f"{name}: {error}")
    finally:
        slot.failed_at = time.monotonic()
        slot.done.set()
