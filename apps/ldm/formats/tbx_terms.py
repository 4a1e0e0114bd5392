"""Terms of a term base's file: TBX as a stream, and tables (XLSX, TSV, CSV) by their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .base import FormatError, Options
from .column_words import language_of, meaning
from .columns import check_options
from .registry import format_of
from .registry import inspect as inspect_document
from .sentences import Sentence
from .tbx_names import ADMITTED, FORBIDDEN, PREFERRED, USES, is_true, use_of
from .tbx_stream import TbxReader
from .units_languages import fits, listed
from .units_records import Records, TermUnit
from .xlsx_book import open_book
from .xlsx_package import MAX_TOTAL_BYTES
from .xlsx_plan import letters_to_index
from .xlsx_sheet import column_letters, rows

ROLES = ("source", "target", "use", "part_of_speech", "definition", "note", "concept", "case_sensitive", "forbidden")
_OPTIONS: dict[str, type | tuple[type, ...]] = {
    "columns": Mapping,
    "header": bool,
    "sheet": str,
    "encoding": str,
    "delimiter": str,
}
_WORDS = {
    "forbidden": "forbidden donotuse banned 금지 금지어 사용금지",
    "use": "use usage status termstatus 사용 상태",
    "part_of_speech": "partofspeech pos wordclass 품사",
    "definition": "definition meaning 정의 뜻 의미",
    "note": "note notes comment comments remark remarks memo 메모 비고 참고 주석",
    "concept": "concept conceptid termid id 개념",
    "case_sensitive": "casesensitive case matchcase 대소문자",
    "source": "term sourceterm",
    "target": "targetterm translationterm",
}
_BY_WORD = {word: role for role, words in _WORDS.items() for word in words.split()}
_ALL_ROWS = 10_000_000


def read_terms(
    filename: str,
    data: bytes | bytearray | memoryview,
    source_language: str,
    target_language: str,
    options: Options | None = None,
) -> Records[TermUnit]:
    """An iterator of terms, in the order of the file.

    Of TBX every term of the source language is paired with every one of the target. Of a table,
    option `columns` {"A" or "0": role} says what is what (roles: source, target, use, forbidden,
    part_of_speech, definition, note, concept, case_sensitive), `header` whether there is one,
    `sheet` which sheet; without it the header's words say so, else the first two columns are
    source and target. Terms without a source or target are left out, counted and named.
    Raises FormatError naming the place, also while it is iterated.
    """
    name = format_of(filename)
    content = data if isinstance(data, bytes) else bytes(data)
    given = dict(options or {})
    check_options(given, _OPTIONS)
    if name == "tbx":
        return TbxReader(content, source_language, target_language)
    if name not in ("xlsx", "txt", "csv"):
        raise FormatError("terms are read from TBX, XLSX, TSV, TXT and CSV", filename)
    return _TableReader(filename, name, content, (source_language, target_language), given)


class _TableReader(Records[TermUnit]):
    def __init__(
        self, filename: str, name: str, data: bytes, languages: tuple[str, str], options: dict[str, Any]
    ) -> None:
        super().__init__(name)
        table, self._title = _xlsx_rows(data, options) if name == "xlsx" else _text_rows(filename, data, options)
        first = table[0][1] if table else []
        self._columns, header = self._layout(first, options, languages, name == "xlsx")
        self.fill(self._terms(table[1:] if header else table))

    def _layout(
        self, first: Sequence[str], options: dict[str, Any], languages: tuple[str, str], letters: bool
    ) -> tuple[dict[str, int], bool]:
        """The column of each role, and whether the first row is a header."""
        found = _by_titles(first, languages)
        named = "source" in found and "target" in found
        header = options.get("header")
        if chosen := options.get("columns"):
            return _chosen(chosen, letters), named if header is None else header
        if named and header is not False:
            return found, True
        titles = [language_of(title) for title in first]
        if header is not False and sum(1 for title in titles if title) > 1:
            self.languages = {title: 0 for title in titles if title}
            names = listed(self.languages)
            raise FormatError(
                "no columns are %(source)s and %(target)s; the file has: %(names)s",
                "row 1",
                source=languages[0],
                target=languages[1],
                names=names,
            )
        return {"source": 0, "target": 1, "note": 2}, bool(header)

    def _terms(self, table: Sequence[tuple[int, Sequence[str]]]) -> Iterator[TermUnit]:
        columns = self._columns
        for number, row in table:

            def get(role: str, row: Sequence[str] = row) -> str:
                index = columns.get(role, -1)
                return row[index] if 0 <= index < len(row) else ""

            place = f"{self._title}{number}"
            source, target = get("source"), get("target")
            if not source.strip() or not target.strip():
                if any(cell.strip() for cell in row):
                    self.skip(
                        place, Sentence("the target is empty") if source.strip() else Sentence("the source is empty")
                    )
                continue
            yield TermUnit(
                source,
                target,
                _use(get("use"), get("forbidden")),
                get("part_of_speech"),
                get("definition"),
                get("note"),
                get("concept"),
                is_true(get("case_sensitive")) or get("case_sensitive").strip() in ("예", "네"),
            )


def _use(status: str, forbidden: str) -> str:
    plain = forbidden.strip().lower()
    if is_true(plain) or plain in ("예", "네", "o", "금지", "금지어") or use_of("status", plain) == FORBIDDEN:
        return FORBIDDEN
    status = status.strip().lower()
    if status in USES:
        return status
    if status in ("금지", "금지어", "사용금지"):
        return FORBIDDEN
    if status in ("허용",):
        return ADMITTED
    return use_of("status", status) or PREFERRED


def _by_titles(titles: Sequence[str], languages: tuple[str, str]) -> dict[str, int]:
    """The columns that the header's words tell; a remark beside the target is the target's."""
    found: dict[str, int] = {}
    for side, wanted in zip(("source", "target"), languages, strict=True):
        scores = [(fits(wanted, language_of(title)), -index) for index, title in enumerate(titles) if title.strip()]
        score, index = max(scores, default=(0, 0))
        if score:
            found[side] = -index
    order = list(range(len(titles)))
    if "target" in found:
        order = order[found["target"] + 1 :] + order[: found["target"]]
    for index in order:
        plain = "".join(character for character in titles[index].lower() if character.isalnum())
        role = _BY_WORD.get(plain) or (meaning(titles[index]).role if plain else "")
        if role in ROLES and role not in found and index not in found.values():
            found[role] = index
    return found


def _chosen(columns: Mapping[str, Any], letters: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, role in columns.items():
        place = f"option columns, column {column!r}"
        if role in ("", None):
            continue
        if not isinstance(column, str) or role not in ROLES:
            raise FormatError(
                "unknown role %(role)r; roles are %(choices)s", place, role=role, choices=", ".join(ROLES)
            )
        if role in found:
            raise FormatError("more than one column is the %(role)s", place, role=role)
        if letters:
            found[role] = letters_to_index(column)
        elif column.isascii() and column.isdecimal() and len(column) < 6:
            found[role] = int(column)
        else:
            raise FormatError("columns are numbered from 0", place)
    for role in ("source", "target"):
        if role not in found:
            raise FormatError("no column is the %(role)s", "option columns", role=role)
    return found


def _text_rows(filename: str, data: bytes, options: dict[str, Any]) -> tuple[list[tuple[int, Sequence[str]]], str]:
    kept = {name: options[name] for name in ("encoding", "delimiter") if options.get(name)}
    shown = inspect_document(filename, data, {**kept, "header": False}, limit=_ALL_ROWS)
    return list(enumerate(shown.tables[0].rows, 1)) if shown.tables else [], "row "


def _xlsx_rows(data: bytes, options: dict[str, Any]) -> tuple[list[tuple[int, Sequence[str]]], str]:
    book = open_book(data, MAX_TOTAL_BYTES)
    book.load_strings()
    wanted = options.get("sheet")
    names = [info.name for info in book.sheets]
    info = next((one for one in book.sheets if one.name == wanted or (not wanted and not one.hidden)), None)
    if info is None:
        raise FormatError(
            "there is no sheet %(wanted)r; the file has: %(names)s", "option sheet", wanted=wanted, names=listed(names)
        )
    found: list[tuple[int, Sequence[str]]] = []
    for row in rows(book.load_sheet(info), book.strings):
        width = max(row.values, default=-1) + 1
        found.append((row.number, [row.values.get(index, "") for index in range(width)]))
    return found, f"{info.name}!{column_letters(0)}"


__all__ = ["ROLES", "Records", "TermUnit", "read_terms"]
