"""Text and values as both databases can hold them."""

from __future__ import annotations

from typing import Any


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which PostgreSQL refuses in text and JSON."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def clean_json(value: Any) -> Any:
    """The same, for every text within a JSON value. Tuples become lists, keys become text."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): clean_json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean_json(inner) for inner in value]
    return value
