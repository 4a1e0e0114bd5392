"""Version histories: the old version's rows as a memory, the new version's as the task and its reference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from apps.tm.matching.proposals import EntryText, Query

RowClass = Literal["same", "edited", "new"]

_ESCAPE = re.compile(r"\\([\\nrt])")
_ESCAPED = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
# A target equal to its source is a copy, not a translation, from so many words of two letters or more on.
_COPY_WORDS, _COPY_WORDS_CJK = 4, 2
_WORD = re.compile(r"[^\W\d_]{2,}")
_CJK = {"ko", "ja", "zh"}
# Tables of workbooks name their columns in words.
_NAMES = {
    "en": "english",
    "ko": "korean",
    "ja": "japanese",
    "de": "german",
    "fr": "french",
    "ru": "russian",
    "zh": "schinese",
    "es": "spanish",
}
_CONTROL = re.compile(r"_x([0-9A-Fa-f]{4})_")


class HistoryError(Exception):
    """A table that cannot be read as one version of a history; says which and why."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One row of one version."""

    key: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Task:
    """One row to translate, its class, and the translation that the new version has."""

    query: Query
    kind: RowClass
    reference: str


@dataclass(frozen=True, slots=True)
class History:
    """`memory`: entries of the old version only. `tasks`: rows of the new one, references beside them."""

    name: str
    memory: list[EntryText]
    tasks: list[Task]


def history(name: str, old: Sequence[VersionRow], new: Sequence[VersionRow], target: str) -> History:
    """Empty texts and copies are dropped on both sides; neighbours are the rows above and below."""
    memory = [
        EntryText(number, 1, row.key, row.source, row.target, before, after, confirmed=True)
        for number, (row, before, after) in enumerate(_in_context(old), 1)
        if _translated(row, target)
    ]
    sources: dict[str, str] = {}
    for row in old:
        sources.setdefault(row.key, row.source)
    tasks = [
        Task(Query(row.source, row.key, before, after), _class(row, sources), row.target)
        for row, before, after in _in_context(new)
        if _translated(row, target)
    ]
    return History(name, memory, tasks)


def read_version(path: Path, source: str, target: str) -> list[VersionRow]:
    """Rows of a TSV with columns `key`, `source`, `target` by language, or of a workbook. Raises HistoryError."""
    try:
        if path.suffix.lower() == ".xlsx":
            return list(_workbook(path, source, target))
        return list(_table(path, source, target))
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryError(f"{path}: {error}") from error


def _table(path: Path, source: str, target: str) -> Iterator[VersionRow]:
    with path.open(encoding="utf-8-sig", newline="\n") as lines:
        header = next(lines, "").rstrip("\r\n").split("\t")
        places = []
        for column in ("key", source, target):
            if column not in header:
                raise HistoryError(f"{path}: there is no column {column!r}; it has {', '.join(header)}.")
            places.append(header.index(column))
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if len(cells) < len(header):
                cells += [""] * (len(header) - len(cells))
            key, *texts = (_plain(cells[place]) for place in places)
            yield VersionRow(key, *texts)


def _plain(cell: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], cell) if "\\" in cell else cell


def _workbook(path: Path, source: str, target: str) -> Iterator[VersionRow]:
    """Every sheet that has both languages; the first column is the key, and keys read `Sheet:key`."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        found = False
        for sheet in book.worksheets:
            rows = sheet.iter_rows(values_only=True)
            header = [str(cell or "").strip().lower() for cell in next(rows, ())]
            wanted = [
                next((n for n, name in enumerate(header) if n and name in (code, _NAMES.get(code))), None)
                for code in (source, target)
            ]
            if None in wanted:
                continue
            found = True
            for row in rows:
                key, *texts = (_cell(row, place) for place in (0, *wanted))
                if key:
                    yield VersionRow(f"{sheet.title}:{key}", *texts)
    finally:
        book.close()
    if not found:
        raise HistoryError(f"{path}: no sheet has columns for {source!r} and {target!r}.")


def _cell(row: Sequence[object], place: int | None) -> str:
    value = row[place] if place is not None and place < len(row) else None
    text = "" if value is None else str(value)
    text = _CONTROL.sub(lambda found: chr(int(found[1], 16)), text)
    return "" if text.strip() == "[BLANK]" else text


def _in_context(rows: Sequence[VersionRow]) -> Iterator[tuple[VersionRow, str, str]]:
    for place, row in enumerate(rows):
        before = rows[place - 1].source if place else ""
        after = rows[place + 1].source if place + 1 < len(rows) else ""
        yield row, before, after


def _class(row: VersionRow, sources: dict[str, str]) -> RowClass:
    known = sources.get(row.key)
    if known is None:
        return "new"
    return "same" if known == row.source else "edited"


def _translated(row: VersionRow, target: str) -> bool:
    if not row.source.strip() or not row.target.strip():
        return False
    if row.source != row.target:
        return True
    return len(_WORD.findall(row.source)) < (_COPY_WORDS_CJK if target in _CJK else _COPY_WORDS)
