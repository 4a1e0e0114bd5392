"""The kinds of tasks there are. Apps register theirs by importing their task modules in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from apps.tasks.context import TaskContext  # noqa: F401 (names the first argument of a task)

Run: TypeAlias = "Callable[..., dict[str, Any] | None]"
R = TypeVar("R", bound="Callable[..., dict[str, Any] | None]")


class UnknownTask(LookupError):
    """No app registered this kind of task."""


@dataclass(frozen=True)
class Kind:
    """A registered kind: `run(context, **args)` returns what the run's `result` will hold (JSON)."""

    name: str
    title: _StrOrPromise
    run: Run
    parses_uploads: bool


_kinds: dict[str, Kind] = {}


def task(kind: str, title: _StrOrPromise, *, parses_uploads: bool = False) -> Callable[[R], R]:
    """Register `def run(context: TaskContext, **args) -> dict[str, JSON] | None` under a name.

    `title` is what people read where the enqueuing service gives none. With `parses_uploads` the
    whole run has the limits of memory and time that reading an untrusted file has; a task of which
    only a part reads one uses `apps.tasks.limits.limited` around that part.
    Raises ValueError when another function has the name.
    """

    def register(run: R) -> R:
        known = _kinds.get(kind)
        if known is not None and (known.run.__module__, known.run.__qualname__) != (run.__module__, run.__qualname__):
            raise ValueError(f"The task {kind!r} is already registered by {known.run.__module__}.")
        _kinds[kind] = Kind(kind, title, run, parses_uploads)
        return run

    return register


def find(kind: str) -> Kind:
    """The registered kind. Raises UnknownTask."""
    try:
        return _kinds[kind]
    except KeyError:
        raise UnknownTask(f"No app registered the task {kind!r} (in its AppConfig.ready).") from None
