"""Units of a memory's file: one reader for memories as a stream, and for every other format.

>>> reader = read_units("game.tmx", data, source_language="ko", target_language="en")
>>> for unit in reader: ...
>>> reader.skipped, reader.warnings

TMX is read as a stream (flat memory; inline codes become the raw text inside them), everything else
through `formats.read` with its options. Nothing is known to be right before the end: callers load
inside one transaction, since a FormatError may come after a million units.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from .base import FormatError, Options
from .option_checks import checked
from .registry import format_of
from .registry import inspect as inspect_document
from .tmx_stream import TmxReader
from .units_languages import fits, listed
from .units_records import Records, TermUnit, Unit, UnitsInspection
from .units_tables import DocumentReader
from .units_xml import Stream

_TMX_OPTIONS: dict[str, type | tuple[type, ...]] = {"skip_broken": bool}
_FIRST = 20


def read_units(
    filename: str,
    data: bytes | bytearray | memoryview,
    *,
    source_language: str = "",
    target_language: str = "",
    options: Options | None = None,
) -> Records[Unit]:
    """An iterator of the file's units in two languages, in the order of the file.

    A language fits by primary subtag and region: `ko` takes `ko-KR`, `en-US` does not take `en-GB`.
    "" is what the file says, where it says one. Units without a source or a target are left out,
    counted (`skipped`) and named (`warnings`). Options are the format's; for TMX `skip_broken`
    leaves units with unmatched codes out, too; for the others `neighbours` false leaves the
    neighbours unknown. Raises FormatError naming the place, at once or
    while it is iterated, and for a language that the file lacks with those that it has.
    """
    given = dict(options or {})
    if format_of(filename) != "tmx":
        return DocumentReader(filename, bytes(data), source_language, target_language, given)
    given = checked(given, _TMX_OPTIONS)
    return TmxReader(
        bytes(data) if not isinstance(data, bytes) else data,
        source_language or given.get("source_language", ""),
        target_language or given.get("target_language", ""),
        skip_broken=given.get("skip_broken", False),
    )


def inspect_units(
    filename: str, data: bytes | bytearray | memoryview, options: Options | None = None
) -> UnitsInspection:
    """What the import dialog shows: format, languages with counts, columns, the first 20 units, warnings.

    The first units are in the languages of the options `source_language` and `target_language`,
    else in the file's own and its commonest other one. Raises FormatError as `read_units`.
    """
    given = dict(options or {})
    content = bytes(data) if not isinstance(data, bytes) else data
    if format_of(filename) == "tmx":
        return _inspect_tmx(content, checked(given, _TMX_OPTIONS))
    shown = inspect_document(filename, content, {n: v for n, v in given.items() if n != "neighbours"}, limit=_FIRST)
    target = given.get("target_language") or (shown.variants[0] if shown.variants else "")
    source = given.get("source_language", "")
    others = {name: value for name, value in given.items() if name != "target_language"}
    reader = DocumentReader(filename, content, source, target, others, every_language=True)
    units = [unit for unit, _ in zip(reader, range(_FIRST), strict=False)]
    return UnitsInspection(
        shown.format,
        shown.encoding,
        shown.options,
        reader.languages,
        source or str(shown.options.get("source_language", "")),
        reader.variant or target,
        shown.tables,
        units,
        reader.warnings,
    )


def _inspect_tmx(data: bytes, given: dict[str, Any]) -> UnitsInspection:
    counts: Counter[str] = Counter()
    named: list[str] = []
    stream = Stream(data)

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "tuv":
            counts[attributes.get("xml:lang") or attributes.get("lang") or ""] += 1
        elif name == "header" and not named:
            named.append(attributes.get("srclang", "").strip())

    stream.parser.StartElementHandler = start
    for _ in stream.pieces():
        pass
    source = given.get("source_language", "") or (named[0] if named and named[0].lower() != "*all*" else "")
    source = source or next(iter(counts), "")
    others = [language for language, _ in counts.most_common() if not fits(source, language)]
    target = given.get("target_language", "") or (others[0] if others else "")
    if not target:
        raise FormatError("there are no two languages; the file has: %(names)s", "file", names=listed(counts))
    reader = TmxReader(data, source, target, skip_broken=given.get("skip_broken", False))
    units = [unit for unit, _ in zip(reader, range(_FIRST), strict=False)]
    return UnitsInspection("tmx", stream.encoding, given, dict(counts), source, target, [], units, reader.warnings)


__all__ = ["Records", "TermUnit", "Unit", "UnitsInspection", "inspect_units", "read_units"]
