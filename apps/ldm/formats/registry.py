"""Which module reads which file."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, cast

from .base import Document, FormatError, Inspection, Options, Writable

# name -> (module, extensions). The first extension is the one a converted file gets.
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "xml": ("xml_rules", (".xml",)),
    "xlsx": ("xlsx", (".xlsx", ".xlsm")),
    "txt": ("tab_text", (".txt", ".tsv", ".tab")),
    "csv": ("csv_table", (".csv",)),
    "json": ("json_tree", (".json", ".arb")),
    "po": ("po", (".po", ".pot")),
    "tmx": ("tmx", (".tmx",)),
    "tbx": ("tbx", (".tbx",)),
    "properties": ("properties", (".properties",)),
}


def extensions() -> list[str]:
    """Every file name ending that can be read, with its dot, sorted."""
    return sorted(ending for _, endings in FORMATS.values() for ending in endings)


def format_of(filename: str) -> str:
    """The format's name for a file name. Raises FormatError naming the endings that can be read."""
    lower = filename.lower()
    for name, (_, endings) in FORMATS.items():
        if lower.endswith(endings):
            return name
    raise FormatError("Cannot read this kind of file. Readable: %(choices)s", filename, choices=", ".join(extensions()))


def _module(filename: str) -> ModuleType:
    return importlib.import_module(f"{__package__}.{FORMATS[format_of(filename)][0]}")


def _bytes(data: bytes | bytearray | memoryview) -> bytes:
    return data if type(data) is bytes else bytes(memoryview(data))


@contextmanager
def _uncollected() -> Iterator[None]:
    """No cyclic garbage collection meanwhile.

    A reader makes hundreds of thousands of objects without cycles, and every full collection looks
    at all of them: with it, reading 200,000 keys takes twice as long. Threads may overlap: who
    switched it off switches it on again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def read(filename: str, data: bytes, options: Options | None = None) -> Document:
    """Read a file. `data` may be any bytes-like object; a copy of one that is not `bytes` is kept.

    Without options the format chooses sensible ones (columns by header and content, every
    sheet). Raises FormatError naming the line, cell, element or byte offset.
    """
    with _uncollected():
        return cast(Document, _module(filename).read(filename, _bytes(data), dict(options or {})))


class _WholeDocument:
    """A document of a format that has no quicker way to its targets."""

    def __init__(self, document: Document) -> None:
        self.targets = [segment.target for segment in document.segments]
        self.write = document.write


def open_for_writing(filename: str, data: bytes, options: Options | None = None) -> Writable:
    """A file that `read` took before, with the options that its document named.

    Gives the targets and bytes of `read`, sooner where the format can. Raises FormatError.
    """
    module = _module(filename)
    with _uncollected():
        opener = getattr(module, "open_for_writing", None)
        if opener is None:
            return _WholeDocument(module.read(filename, data, dict(options or {})))
        return cast(Writable, opener(filename, data, dict(options or {})))


def inspect(filename: str, data: bytes, options: Options | None = None, *, limit: int = 20) -> Inspection:
    """What the import dialog shows: tables, columns with proposed roles, the first segments."""
    with _uncollected():
        result: Any = _module(filename).inspect(filename, _bytes(data), dict(options or {}), limit)
    return cast(Inspection, result)
