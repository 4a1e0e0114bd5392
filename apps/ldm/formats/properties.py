"""Java properties: one segment a key, the value is the translation.

The key of a segment is the decoded property name. A value whose `\\uXXXX` escapes are half a
surrogate pair is shown raw and locked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .base import FormatError, FormatWarning, Inspection, Options, Segment
from .encodings import Decoded, decode, holds
from .languages import guess_language
from .missing_keys import OPTIONS, Missing, in_order, missing_keys, nearest_present, remembered
from .option_checks import checked, refuse_empty, source_file
from .properties_syntax import Entry, Habits, decoded, encoded, encoded_key, entries, on_one_line
from .sentences import Sentence
from .text_edits import LINE_END, SURROGATE, Edit, Lines, TextDocument, inspection, line_end_warning

_UNICODE_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")


def read(filename: str, data: bytes, options: Options) -> PropertiesDocument:
    """Read a properties file. Options: the common ones, `add_missing`, `add_keys`. Raises FormatError."""
    given = checked(options, OPTIONS)
    refuse_empty(data)
    text = _decode(filename, data, given)
    warnings: list[FormatWarning] = []
    if not text.encoding.startswith("utf-") and "encoding" not in given:
        warnings.append(FormatWarning("file", Sentence("not UTF-8; read as %(encoding)s", encoding=text.encoding)))
    warnings += line_end_warning(text.text)
    found = entries(text.text)
    present = _segments(text.text, found, warnings)
    chosen = source_file(given)
    source = _source_texts(*chosen) if chosen else None
    if source is not None:
        _take_source(present, source, warnings)
    names = [segment.key for segment in present]
    addable = {key for key in source or {} if not _is_repeat(key, source or {})}
    missing = missing_keys(set(names), source or {}, addable, given)
    segments, sites = _merged(present, found, missing, source or {})
    effective = {name: value for name, value in given.items() if name != "source_file"}
    effective["encoding"] = text.encoding
    if missing:
        effective["add_keys"] = remembered(missing)
    return PropertiesDocument(data, text, effective, segments, warnings, sites)


def inspect(filename: str, data: bytes, options: Options, limit: int) -> Inspection:
    """The first segments. Raises FormatError like `read`."""
    return inspection(read(filename, data, options), limit, without=("add_keys",))


class PropertiesDocument(TextDocument):
    """A properties file. A site is an entry, or for a missing key the entry to insert behind."""

    format = "properties"

    def __init__(
        self,
        data: bytes,
        text: Decoded,
        options: dict[str, Any],
        segments: list[Segment],
        warnings: list[FormatWarning],
        sites: list[tuple[bool, Entry | None]],
    ) -> None:
        super().__init__(data, text, options, segments, warnings)
        self._sites = sites
        self._habits: Habits | None = None
        self._first = next((entry for new, entry in sites if entry and not new), None)
        self._line_end = found[0] if (found := LINE_END.search(text.text)) else "\n"

    def _edits(self, changes: dict[int, str]) -> Iterable[Edit]:
        habits = self._habits = self._habits or _habits(
            self._decoded, [entry for new, entry in self._sites if entry and not new]
        )
        for position, target in changes.items():
            is_new, entry = self._sites[position]
            place = self.segments[position].location
            if is_new:
                yield self._insertion(position, target, entry, habits)
            elif entry is not None:
                text = self._decoded.text
                separator = text[entry.key_end : entry.value_start]
                value = encoded(target, text[entry.value_start : entry.value_end], habits)
                if not separator:
                    value = "=" + value
                elif not set("=:") & set(separator) and value[:1] in ("=", ":"):
                    value = "\\" + value
                if _is_open(text, entry.value_start):
                    value = self._line_end + value
                yield entry.value_start, entry.value_end, value, place

    def _insertion(self, position: int, target: str, neighbour: Entry | None, habits: Habits) -> Edit:
        """A new line behind the neighbour's, or before the first entry."""
        text, segment = self._decoded.text, self.segments[position]
        line_end = self._line_end
        pattern = neighbour or self._first
        separator = text[pattern.key_end : pattern.value_start] if pattern else "="
        if "\\" in separator or not separator.strip():
            separator = "="
        indent = text[pattern.line_start : pattern.key_start] if pattern else ""
        line = indent + encoded_key(segment.key, habits) + separator + encoded(target, "", habits)
        if neighbour is not None:
            end = neighbour.value_end
            closing = line_end if _is_open(text, end) else ""
            return end, end, closing + line_end + line, segment.location
        if pattern is not None:
            return pattern.line_start, pattern.line_start, line + line_end, segment.location
        closed = not text or text.endswith(("\n", "\r"))
        return len(text), len(text), line + line_end if closed else line_end + line, segment.location


def _is_open(text: str, at: int) -> bool:
    """Whether a backslash before `at` would take what is put there (a continuation at the file's end)."""
    start = at
    while start > 0 and text[start - 1] == "\\":
        start -= 1
    return (at - start) % 2 == 1


def _is_repeat(key: str, keys: dict[str, str]) -> bool:
    """Whether the key is a repeat's `name#2`."""
    base, mark, number = key.rpartition("#")
    return bool(mark) and number.isdecimal() and base in keys


def _decode(filename: str, data: bytes, options: dict[str, Any]) -> Decoded:
    """UTF-8 or UTF-16, else cp949 where a Korean file decodes so, else the format's own ISO-8859-1."""
    forced = options.get("encoding", "")
    if forced:
        return decode(data, forced=forced)
    try:
        result = decode(data)
    except FormatError:
        if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
            raise
        return decode(data, forced="iso-8859-1")
    language = options.get("target_language") or guess_language(filename)
    if result.encoding == "cp949" and language.split("-")[0] == "ko" or result.encoding.startswith("utf"):
        return result
    return decode(data, forced="iso-8859-1")


def _segments(text: str, found: list[Entry], warnings: list[FormatWarning]) -> list[Segment]:
    lines = Lines(text)
    seen: dict[str, int] = {}
    result: list[Segment] = []

    def fail(base: int) -> Any:
        return lambda at: FormatError("a \\u escape needs four hexadecimal digits", lines.place(base + at))

    for entry in found:
        location = f"line {lines.number(entry.key_start)}"
        key = decoded(text[entry.key_start : entry.key_end], fail(entry.key_start))
        raw = text[entry.value_start : entry.value_end]
        value = decoded(raw, fail(entry.value_start)) if "\\" in raw else raw
        locked = False
        if "\\" in raw and SURROGATE.search(value):
            value, locked = raw, True
            warnings.append(FormatWarning(location, Sentence("half a surrogate pair: shown raw and locked")))
        if SURROGATE.search(key):
            key = on_one_line(text[entry.key_start : entry.key_end])
        count = seen[key] = seen.get(key, 0) + 1
        if count > 1:
            warnings.append(
                FormatWarning(location, Sentence("the key %(key)r is there %(count)s times", key=key, count=count))
            )
            name = f"{key}#{count}"
            while name in seen:
                count += 1
                name = f"{key}#{count}"
            seen[name] = 1
            key = name
        result.append(Segment(key, value, value, comment=entry.comment, location=location, locked=locked))
    return result


def _source_texts(filename: str, data: bytes) -> dict[str, str]:
    """Texts of the source-language file by key, in its order."""
    try:
        document = read(filename, data, {})
    except FormatError as error:
        raise FormatError(
            "the source-language file %(filename)r cannot be read: %(why)s", filename=filename, why=error.whole()
        ) from None
    return {segment.key: segment.target for segment in document.segments}


def _take_source(segments: list[Segment], source: dict[str, str], warnings: list[FormatWarning]) -> None:
    unknown = [segment.key for segment in segments if segment.key not in source]
    for segment in segments:
        segment.source = source.get(segment.key, segment.target)
    if unknown:
        shown = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
        warnings.append(
            FormatWarning(
                "file",
                Sentence("%(count)s keys are not in the source file: %(shown)s", count=len(unknown), shown=shown),
            )
        )


def _merged(
    present: list[Segment], found: list[Entry], missing: list[Missing], source: dict[str, str]
) -> tuple[list[Segment], list[tuple[bool, Entry | None]]]:
    """Segments and their sites, with the missing keys behind their neighbours."""
    if not missing:
        return present, [(False, entry) for entry in found]
    nearest = nearest_present(missing, {segment.key for segment in present})
    by_key = {segment.key: (segment, entry) for segment, entry in zip(present, found, strict=True)}
    segments: list[Segment] = []
    sites: list[tuple[bool, Entry | None]] = []
    for key, new in in_order([segment.key for segment in present], missing):
        if new is None:
            segment, entry = by_key[key]
            segments.append(segment)
            sites.append((False, entry))
        else:
            before = nearest[key]
            neighbour = by_key.get(before) if before is not None else None
            where = f"not in the file, after {neighbour[0].location}" if neighbour else "not in the file"
            segments.append(Segment(key, source.get(key, ""), "", location=where))
            sites.append((True, neighbour[1] if neighbour else None))
    return segments, sites


def _habits(text: Decoded, found: list[Entry]) -> Habits:
    whole = text.text
    raw = not whole.isascii() and any(not whole[e.key_start : e.value_end].isascii() for e in found)

    def fits(character: str) -> bool:
        return holds(character, text.encoding)

    wide = text.encoding.startswith(("utf-16", "utf-32"))
    return Habits(not raw and not wide, _upper_hex(whole), fits)


def _upper_hex(text: str) -> bool:
    """How the file writes hexadecimal letters; upper case (as Java's own writer) when it has none."""
    for found in _UNICODE_ESCAPE.finditer(text):
        if found[1] != found[1].lower():
            return True
        if found[1] != found[1].upper():
            return False
    return True
