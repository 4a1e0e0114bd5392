"""Large files of varied game text for benchmarks, written as a stream.

A pool of sentences is made once; a row joins a number, a name and one to three of them, so that
texts differ, repeat now and then, and compress no better than real ones.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

import xlsxwriter

from .rows import dialogues, items, pitches, quests
from .world import PEOPLE, PLACES, THINGS

CHUNK = 5000
REPEAT_SHARE = 0.12
FORMATS = ("xml", "txt", "xlsx", "csv", "json", "po", "properties")


@dataclass(frozen=True)
class CorpusRow:
    """One string: `target` is "" where it is untranslated."""

    number: int
    key: str
    source: str
    target: str


def corpus_rows(count: int, seed: int, translated: float) -> Iterator[CorpusRow]:
    """`count` rows, the same for the same arguments; `translated` is the share with a target."""
    pool = _pool()
    draw = random.Random(seed)
    chance, pick, size = draw.random, draw.choice, len(pool)
    names = [(name.korean, name.english) for name in (*PLACES, *THINGS, *(person.name for person in PEOPLE))]
    recent: list[tuple[str, str]] = [pool[0]]
    for number in range(1, count + 1):
        if chance() < REPEAT_SHARE:
            source, target = pick(recent)
        else:
            source, target = pool[int(chance() * size)]
            name = names[int(chance() * len(names))]
            mark = int(chance() * 9973)
            if chance() < 0.35:
                more = pool[int(chance() * size)]
                source, target = f"{source}\n{more[0]}", f"{target}\n{more[1]}"
            source, target = f"{source} ({name[0]} {mark})", f"{target} ({name[1]} {mark})"
            if len(recent) < 500:
                recent.append((source, target))
            else:
                recent[number % 500] = (source, target)
        yield CorpusRow(number, f"COR_{number:07d}", source, target if chance() < translated else "")


def _pool() -> list[tuple[str, str]]:
    """Every translated sentence of the demo."""
    rows = [row for _, quest in quests() for row in quest]
    rows += [row for _, row in dialogues()]
    rows += [*items(), *pitches()]
    return [(row.source, row.target) for row in rows if row.target]


def write_corpus(path: Path, format_name: str, count: int, seed: int = 1, translated: float = 0.5) -> int:
    """Write the file and return its size in bytes. Raises ValueError for an unknown format."""
    if format_name not in FORMATS:
        raise ValueError(f"{format_name!r} is not one of {', '.join(FORMATS)}.")
    rows = corpus_rows(count, seed, translated)
    if format_name == "xlsx":
        _write_xlsx(path, rows)
    else:
        with path.open("wb") as file:
            _WRITERS[format_name](file, rows)
    return path.stat().st_size


def _write_lines(file: BinaryIO, rows: Iterator[CorpusRow], line: Callable[[CorpusRow], str]) -> None:
    chunk: list[str] = []
    for row in rows:
        chunk.append(line(row))
        if len(chunk) == CHUNK:
            file.write("".join(chunk).encode("utf-8"))
            chunk.clear()
    file.write("".join(chunk).encode("utf-8"))


def _xml(file: BinaryIO, rows: Iterator[CorpusRow]) -> None:
    def quoted(text: str) -> str:
        return escape(text, {'"': "&quot;"}).replace("\n", "&lt;br/&gt;")

    file.write(b'<?xml version="1.0" encoding="utf-8"?>\n<LanguageData>\n')
    _write_lines(
        file,
        rows,
        lambda row: f'  <LocStr StringId="{row.key}" StrOrigin="{quoted(row.source)}" Str="{quoted(row.target)}" />\n',
    )
    file.write(b"</LanguageData>\n")


def _txt(file: BinaryIO, rows: Iterator[CorpusRow]) -> None:
    def cell(text: str) -> str:
        return text.replace("\n", "\\n")

    _write_lines(
        file,
        rows,
        lambda row: f"39\t{row.number}\t1800\t0\t3\t{cell(row.source)}\t{cell(row.target)}\t\t\r\n",
    )


def _csv(file: BinaryIO, rows: Iterator[CorpusRow]) -> None:
    def cell(text: str) -> str:
        if any(character in text for character in ',"\n'):
            return '"' + text.replace('"', '""') + '"'
        return text

    file.write(b"key,source,target\n")
    _write_lines(file, rows, lambda row: f"{row.key},{cell(row.source)},{cell(row.target)}\n")


def _json(file: BinaryIO, rows: Iterator[CorpusRow]) -> None:
    """A flat object of targets (the format holds one language; untranslated rows hold the source)."""

    def line(row: CorpusRow) -> str:
        comma = ",\n" if row.number > 1 else ""
        return f'{comma}  "{row.key}": {json.dumps(row.target or row.source, ensure_ascii=False)}'

    file.write(b"{\n")
    _write_lines(file, rows, line)
    file.write(b"\n}\n")


def _po(file: BinaryIO, rows: Iterator[CorpusRow]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    header = 'msgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n'
    header += '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    header += '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    file.write(header.encode("utf-8"))
    _write_lines(
        file,
        rows,
        lambda row: f'msgctxt "{row.key}"\nmsgid {quoted(row.source)}\nmsgstr {quoted(row.target)}\n\n',
    )


def _properties(file: BinaryIO, rows: Iterator[CorpusRow]) -> None:
    """One language, as JSON above; UTF-8, as games of today write it."""

    def value(text: str) -> str:
        return text.replace("\\", "\\\\").replace("\n", "\\n")

    _write_lines(file, rows, lambda row: f"{row.key}={value(row.target or row.source)}\n")


def _write_xlsx(path: Path, rows: Iterator[CorpusRow]) -> None:
    """Row by row with constant memory: key, source, target, and a note now and then."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Strings")
        for column, title in enumerate(("StringID", "원문", "ENG", "메모")):
            sheet.write_string(0, column, title)
        for row in rows:
            sheet.write_string(row.number, 0, row.key)
            sheet.write_string(row.number, 1, row.source)
            if row.target:
                sheet.write_string(row.number, 2, row.target)
            if row.number % 7 == 0:
                sheet.write_string(row.number, 3, "UI 두 줄까지")


_WRITERS: dict[str, Callable[[BinaryIO, Iterator[CorpusRow]], None]] = {
    "xml": _xml,
    "txt": _txt,
    "csv": _csv,
    "json": _json,
    "po": _po,
    "properties": _properties,
}
