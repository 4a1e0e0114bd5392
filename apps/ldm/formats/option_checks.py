"""Checks of the options that the text formats take, and of the source-language file given with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import FormatError, Options
from .sentences import Sentence

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
            raise FormatError(
                "unknown option %(name)r; known: %(choices)s", name=name, choices=", ".join(sorted(allowed))
            )
        if value is None or value == "":
            continue
        wanted = allowed[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is int):
            raise FormatError(
                "option %(name)r must be %(wanted)s, not %(kind)s",
                name=name,
                wanted=_name(wanted),
                kind=type(value).__name__,
            )
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
        raise FormatError("option %(name)r must be a list of texts", name=name)
    return list(value)


def _name(wanted: type | tuple[type, ...]) -> Sentence:
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    words = {
        str: Sentence("text"),
        bool: Sentence("true or false"),
        int: Sentence("a whole number"),
        list: Sentence("a list"),
        Mapping: Sentence("a mapping"),
    }
    said = [words.get(kind, Sentence(kind.__name__)) for kind in kinds]
    return said[0] if len(said) == 1 else Sentence("%(one)s or %(other)s", one=said[0], other=said[1])
