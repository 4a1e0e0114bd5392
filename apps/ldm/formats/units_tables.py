"""Units of every format that is no memory: through `formats.read`, in the order of the file.

The neighbours of a unit are those of the file, unless the file is an exported memory (its order is no
text's) or the option `neighbours` is false: then they are unknown.
Keys that a reader made up (a row's number, `#2` behind a repeated key, a sheet's name before it)
are left out: a unit has the key that stands in the file, or "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .base import Document, FormatError, Options, Segment
from .registry import format_of, read
from .sentences import Sentence
from .units_languages import best, fits, listed, normal
from .units_records import OWN_TITLES, SHEET_NAME, TITLES, Records, Unit, memory_key

_ROW = re.compile(r"row \d+(?:#\d+)?|#\d+")
_REPEATED = re.compile(r"(.+)#\d+", re.DOTALL)
_CELL = re.compile(r"(.+)!([A-Z]+)(\d+)", re.DOTALL)
_ONE_LANGUAGE = ("json", "properties", "xml")


class DocumentReader(Records[Unit]):
    """The units of a file that `formats.read` takes, of the column or language that is wanted."""

    def __init__(
        self,
        filename: str,
        data: bytes,
        source_language: str,
        target_language: str,
        options: Options,
        *,
        every_language: bool = False,
    ) -> None:
        """`every_language` reads (and counts) the columns of the other languages, too."""
        super().__init__(format_of(filename))
        given = dict(options)
        neighbours = given.pop("neighbours", None)
        if not isinstance(neighbours, bool | None):
            raise FormatError("must be true or false", "option neighbours")
        for name, code in (("source_language", source_language), ("target_language", target_language)):
            if code and name not in given and not (every_language and name == "target_language"):
                given[name] = code
        self._neighbours = neighbours if neighbours is not None else not _is_export(data)
        self._chosen = any(name in given for name in ("columns", "sheets", "rules", "languages"))
        document = read(filename, data, given)
        if neighbours is None and self.format == "xlsx":
            self._neighbours = list(document.options["sheets"]) != [SHEET_NAME]
        self.options = document.options
        self.encoding = document.encoding
        for warning in document.warnings:
            self.warn(warning.place, warning.text)
        self.source_language, self.target_language = source_language, target_language
        for segment in document.segments:
            self.languages[segment.variant] = self.languages.get(segment.variant, 0) + 1
        self.variant = self._variant(document)
        if "source_file" not in given and self.format in _ONE_LANGUAGE:
            _check_two_languages(document)
        self.fill(self._units(document))

    def _variant(self, document: Document) -> str:
        """The variant that is wanted. Raises FormatError naming those there are."""
        found = list(self.languages)
        named = _source_of(self.options)
        if self.source_language and named and not self._chosen and not _akin(self.source_language, named):
            names = listed([named, *filter(None, found)])
            raise FormatError(
                "there is no text in %(language)s; the file has: %(names)s",
                "file",
                language=self.source_language,
                names=names,
            )
        if not found:
            return ""
        if not self.target_language:
            if len(found) > 1:
                raise FormatError(
                    "there are several target languages: %(names)s; choose one", "file", names=listed(found)
                )
            return found[0]
        if chosen := best(self.target_language, found):
            return chosen
        nameless = [variant for variant in found if not normal(variant) or not _is_code(variant)]
        if len(found) == 1 and (self._chosen or nameless):
            return found[0]  # a column that does not say its language is what the person says it is
        names = listed(variant or "a column without a language" for variant in found)
        raise FormatError(
            "there is no text in %(language)s; the file has: %(names)s",
            "file",
            language=self.target_language,
            names=names,
        )

    def _units(self, document: Document) -> Iterator[Unit]:
        segments = [segment for segment in document.segments if segment.variant == self.variant]
        sheets = [_sheet(segment) for segment in segments]
        several = len(set(sheets)) > 1
        speaker = _has_speaker(self.options)
        keys = _Keys(several)
        for index, segment in enumerate(segments):
            sheet = sheets[index]
            key = keys.of(segment, sheet)
            if not segment.source.strip() or not segment.target.strip():
                self.skip(
                    segment.location,
                    Sentence("the target is empty") if segment.source.strip() else Sentence("the source is empty"),
                )
                continue
            before: str | None = segments[index - 1].source if index and sheets[index - 1] == sheet else ""
            last = index + 1 == len(segments) or sheets[index + 1] != sheet
            after: str | None = "" if last else segments[index + 1].source
            if not self._neighbours:
                before = after = None
            yield Unit(
                key,
                segment.source,
                segment.target,
                before,
                after,
                segment.context.partition(": ")[0] if speaker else "",
                segment.comment,
                confirmed=False if segment.unfinished else None,
                place=segment.location,
            )


class _Keys:
    """The keys as they stand in the file."""

    def __init__(self, several_sheets: bool) -> None:
        self._several = several_sheets
        self._seen: set[str] = set()

    def of(self, segment: Segment, sheet: str) -> str:
        key = segment.key
        if sheet and (cell := _CELL.fullmatch(segment.location)) and key == f"{sheet}!{cell[3]}":
            return ""
        if not sheet and _ROW.fullmatch(key):
            return ""
        if (repeated := _REPEATED.fullmatch(key)) and repeated[1] in self._seen:
            key = repeated[1]
        self._seen.add(key)
        key = key.removeprefix(f"{sheet}:") if self._several and sheet else key
        return memory_key(key, segment.plural)


def _sheet(segment: Segment) -> str:
    found = _CELL.fullmatch(segment.location)
    return found[1] if found else ""


def _is_export(data: bytes) -> bool:
    """Whether a text file begins with the header that our own writer gives an exported memory."""
    titles = data[:500].split(b"\n", 1)[0].decode("utf-8", "replace").split("\t")
    # "StringID, Source, Target" may be anybody's: a title that only an export has must be there.
    return {"Source", "Target"} <= set(titles) <= TITLES and bool(OWN_TITLES & set(titles))


def _check_two_languages(document: Document) -> None:
    segments = document.segments
    if segments and all(segment.source == segment.target for segment in segments):
        raise FormatError("the file holds one language only; give the file of the source language with it", "file")


def _source_of(options: Mapping[str, Any]) -> str:
    """The language that the source's column says it has, or "" where none or several say one."""
    tables = [options, *(s for s in (options.get("sheets") or {}).values() if s.get("used", True))]
    found = {
        role["language"]
        for table in tables
        for role in (table.get("columns") or {}).values()
        if isinstance(role, Mapping) and role.get("role") == "source" and role.get("language")
    }
    return found.pop() if len(found) == 1 else ""


def _has_speaker(options: Mapping[str, Any]) -> bool:
    tables = [options, *(s for s in (options.get("sheets") or {}).values())]
    return any(
        (role.get("role") if isinstance(role, Mapping) else role) == "speaker"
        for table in tables
        for role in (table.get("columns") or {}).values()
    )


def _akin(left: str, right: str) -> bool:
    """Whether two languages have the same primary subtag: a header seldom says the region."""
    return bool(fits(left, right)) or normal(left).split("-")[0] == normal(right).split("-")[0]


def _is_code(variant: str) -> bool:
    """Whether a variant's name has the form of a language code; a column's title seldom has."""
    return bool(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", normal(variant)))
