"""The actions that may stand in the audit log, each with the sentence that shows it.

Every app registers its own in its AppConfig.ready: `registry.register({"file_deleted": _("...")})`.
A sentence may use {actor}, {target} and the keys of the entry's detail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

_sentences: dict[str, str | Promise] = {}


class UnknownAction(LookupError):
    """An entry was to be recorded under a name that no app registered."""


def register(sentences: Mapping[str, str | Promise]) -> None:
    """Add actions. Raises ValueError where a name is already taken with another sentence."""
    for action, sentence in sentences.items():
        known = _sentences.get(action)
        if known is not None and str(known) != str(sentence):
            raise ValueError(f"The audit action {action!r} is registered twice.")
        _sentences[action] = sentence


def require(action: str) -> None:
    """Raises UnknownAction for one that no app registered."""
    if action not in _sentences:
        raise UnknownAction(f"No app registered the audit action {action!r}.")


def sentence(action: str) -> str:
    """The sentence of an action in the active language. Raises UnknownAction."""
    require(action)
    return str(_sentences[action])


def actions() -> list[str]:
    """Every registered action, in alphabetical order."""
    return sorted(_sentences)


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def describe(action: str, values: Mapping[str, Any]) -> str:
    """The sentence with its values filled in; old entries of a retired action show its name."""
    known = _sentences.get(action)
    return str(known).format_map(_Lenient(values)) if known is not None else action
