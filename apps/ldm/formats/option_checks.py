"""Checks of the options that the text formats take, and of the source-language file given with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import FormatError, Options

COMMON: dict[str, type | tuple[type, ...]] = {
    "encoding": str,
    "source_language": str,
    "target_language": str,
    "source_file": Mapping,
}


def checked(options: Options, own: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """A copy of the options without empty ones. Raises FormatError naming an unknown or malformed option."""
    allowed = {**COMMON, **own}
    result: dict[str, Any] = {}
    for name, value in options.items():
        if name not in allowed:
            raise FormatError(f"unknown option {name!r}; known: {', '.join(sorted(allowed))}")
        if value is None or value == "":
            continue
        wanted = allowed[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is int):
            raise FormatError(f"option {name!r} must be {_name(wanted)}, not {type(value).__name__}")
        result[name] = value
    return result


def source_file(options: Options) -> tuple[str, bytes] | None:
    """The source-language file's name and bytes. Raises FormatError when it is malformed."""
    given = options.get("source_file")
    if given is None:
        return None
    filename, data = given.get("filename", ""), given.get("data")
    if not isinstance(filename, str) or not isinstance(data, bytes):
        raise FormatError("option 'source_file' must be {'filename': text, 'data': bytes}")
    return filename, data


def refuse_empty(data: bytes) -> None:
    """Raises FormatError for a file of 0 bytes."""
    if not data:
        raise FormatError("The file is empty")


def string_list(options: Options, name: str) -> list[str]:
    """An option that is a list of texts. Raises FormatError naming it."""
    value = options.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise FormatError(f"option {name!r} must be a list of texts")
    return list(value)


def _name(wanted: type | tuple[type, ...]) -> str:
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    words = {str: "text", bool: "true or false", int: "a whole number", list: "a list", Mapping: "a mapping"}
    return " or ".join(words.get(kind, kind.__name__) for kind in kinds)
