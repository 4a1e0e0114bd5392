"""A worksheet's rows and cells, scanned from its XML without building a tree."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from . import xlsx_xml as xml
from .base import FormatError
from .xlsx_strings import SharedStrings, read_string

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CELLS = 8_000_000
LOCKED, RICH, PHONETIC = "locked", "rich", "phonetic"
_BLANK = b" \t\r\n\x06"


class Row(NamedTuple):
    """One row: its number, the texts of its cells by column (0-based), and what is special."""

    number: int
    values: dict[int, str]
    marks: dict[int, str]
    """Column to LOCKED (a formula), RICH or PHONETIC."""


class RowSpan(NamedTuple):
    """Where a row element is. A row without an inside has `inner == inner_end == end`."""

    number: int
    start: int
    inner: int
    inner_end: int
    end: int


NO_MARKS: dict[int, str] = {}


@dataclass(slots=True)
class Sheet:
    """A worksheet part, checked and ready to be scanned."""

    place: str
    utf8: bytes
    encoding: str
    scan: bytes
    prefix: bytes
    region: tuple[int, int]
    """Start and end of the inside of `sheetData`; equal and at the tag's end when it is empty."""
    region_tag: tuple[int, int]
    has_formulas: bool


@lru_cache(maxsize=64)
def cell_pattern(prefix: bytes) -> re.Pattern[bytes]:
    """A cell, in the usual order of attributes or any other; else white space, else anything.

    The last alternative matches every byte that is no cell, so matches tile a row completely.
    Groups: column, type, attributes, plain value, inline text, other inside, no cell.
    """
    p = prefix
    return re.compile(
        rb'<%bc(?: r="([A-Z]+)[0-9]+"(?: s="[0-9]+")?(?: t="([a-zA-Z]+)")?|((?=[\s/>])[^>]*?))'
        rb"(?:\s*/>|>(?:<%bv>([^<]*)</%bv></%bc>"
        rb'|<%bis><%bt(?: xml:space="preserve")?>([^<]*)</%bt></%bis></%bc>'
        rb"|(.*?)</%bc\s*>))|([ \t\r\n\x06]+|.)" % (p, p, p, p, p, p, p, p, p, p),
        re.DOTALL,
    )


@lru_cache(maxsize=40_000)
def column_index(letters: bytes) -> int:
    """0 for b"A", 26 for b"AA". Raises FormatError beyond the last column XFD."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    if not letters.isalpha() or number > MAX_COLUMNS or len(letters) > 3:
        raise FormatError("%(letters)r is no column", letters=letters.decode(errors="replace"))
    return number - 1


@lru_cache(maxsize=MAX_COLUMNS)
def column_letters(index: int) -> str:
    """ "A" for 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def load_sheet(data: bytes, place: str, checked: bool = False) -> Sheet:
    """Check a worksheet part (less, if the same bytes were `checked` before).

    Raises FormatError naming the sheet and where it is malformed.
    """
    utf8, encoding = xml.to_utf8(data, place, checked)
    scan = xml.mask(utf8)
    root = re.match(rb"[\s\x06]*(?:<\?xml.*?\?>)?[\s\x06]*<((?:[\w.-]+:)?)worksheet[\s>/]", scan)
    if not root:
        raise FormatError("not a worksheet", place)
    prefix = root[1]
    opened = re.search(rb"<%bsheetData(?:\s[^<>]*?)?(/?)>" % prefix, scan)
    if not opened:
        raise FormatError("the sheet has no sheetData element", place)
    start = end = after = opened.end()
    if not opened[1]:
        end = scan.rfind(b"</%bsheetData" % prefix)
        after = scan.find(b">", end) + 1
        if end < start or not after:
            raise FormatError("malformed XML: sheetData is cut off", place)
    formulas = re.compile(rb"<%bf[\s/>]" % prefix).search(scan, start, end) is not None
    if checked:
        return Sheet(place, utf8, encoding, scan, prefix, (start, end), opened.span(), formulas)
    # Outside the cells the part is small: a real parser checks it, and its depth.
    xml.check_small(utf8[: opened.start()] + b"<%bsheetData/>" % prefix + utf8[after:], place)
    if scan.count(b"<%bc " % prefix, start, end) > MAX_CELLS:
        raise FormatError("more than %(most)s cells", place, most=f"{MAX_CELLS:,}")
    return Sheet(place, utf8, encoding, scan, prefix, (start, end), opened.span(), formulas)


def row_spans(sheet: Sheet, before: int = 0) -> Iterator[tuple[int, int, int, int, int]]:
    """Every row element in order, as the values of a RowSpan; `before` is the row number ahead of them.

    Raises FormatError when anything else lies between them.
    """
    scan, (position, end) = sheet.scan, sheet.region
    opening = re.compile(rb'[ \t\r\n\x06]*(<%brow(?: r="([0-9]+)")?([^<>]*)>)' % sheet.prefix)
    closing = b"</%brow>" % sheet.prefix
    previous = before
    while found := opening.match(scan, position, end):
        digits, rest = found[2], found[3]
        if rest and rest[:1] not in b" \t\r\n/":
            break
        if not digits:
            digits = xml.attributes(rest).get("r", str(previous + 1)).encode()
        number = int(digits) if digits.isdigit() and len(digits) < 9 else 0
        if not previous < number <= MAX_ROWS:
            raise FormatError(
                "row %(row)s comes after row %(previous)s",
                sheet.place,
                row=digits[:20].decode(errors="replace"),
                previous=previous,
            )
        previous = number
        start, inner = found.start(1), found.end()
        if rest.endswith(b"/"):
            inner_end = position = inner
        else:
            inner_end = scan.find(closing, inner, end)
            if inner_end < 0:
                raise FormatError("malformed XML: row %(number)s does not end", sheet.place, number=number)
            position = inner_end + len(closing)
        yield number, start, inner, inner_end, position
    if scan[position:end].strip(_BLANK):
        raise FormatError(
            "malformed XML at byte %(position)s, after row %(previous)s",
            sheet.place,
            position=position,
            previous=previous,
        )


def merged_areas(sheet: Sheet) -> Iterator[tuple[int, int, int, int]]:
    """Top and bottom row (from 1), left and right column (from 0) of every block of merged cells, all inclusive."""
    pattern = rb"""<%bmergeCell\s[^<>]*?ref\s*=\s*["']([A-Z]+)([0-9]{1,7}):([A-Z]+)([0-9]{1,7})["']""" % sheet.prefix
    for found in re.compile(pattern).finditer(sheet.scan, sheet.region[1]):
        try:
            yield int(found[2]), int(found[4]), column_index(found[1]), column_index(found[3])
        except FormatError as error:
            raise FormatError(error.message, f"{sheet.place}, merged cells") from None


def covered_rows(sheet: Sheet, columns: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """By column the first and last rows of the cells that a merged one covers, from the top down."""
    covered: dict[int, list[tuple[int, int]]] = {}
    wanted = list(columns)
    for top, bottom, left, right in merged_areas(sheet):
        for column in wanted:
            first = top + (column == left)  # the block's own cell is its first
            if left <= column <= right and first <= bottom:
                covered.setdefault(column, []).append((first, bottom))
    for areas in covered.values():
        areas.sort()
    return covered


def is_covered(covered: Mapping[int, list[tuple[int, int]]], row: int, column: int) -> bool:
    """Whether a cell is among the rows that `covered_rows` found."""
    areas = covered.get(column, [])
    at = bisect_right(areas, (row, MAX_ROWS)) - 1
    return at >= 0 and row <= areas[at][1]


def rows(
    sheet: Sheet, strings: SharedStrings, wanted: Mapping[bytes, int] | None = None, limit: int = MAX_ROWS
) -> Iterator[Row]:
    """`row_values` as Row tuples."""
    return map(Row._make, row_values(sheet, strings, wanted, limit))


def row_values(
    sheet: Sheet,
    strings: SharedStrings,
    wanted: Mapping[bytes, int] | None = None,
    limit: int = MAX_ROWS,
    before: int = 0,
) -> Iterator[tuple[int, dict[int, str], dict[int, str]]]:
    """Number, values and marks (see Row) of the rows that have cells in the wanted columns.

    `wanted` None means all columns; at most `limit` rows; `before` as in `row_spans`.
    Raises FormatError naming the cell.
    """
    read, place, count = _row_reader(sheet, strings, wanted), sheet.place, 0
    for row, _, inner, inner_end, _ in row_spans(sheet, before):
        try:
            values, marks = read(row, inner, inner_end)
        except IndexError:
            raise FormatError("a shared string does not exist", f"{place}, row {row}") from None
        except FormatError as error:
            raise FormatError(error.message, error.place or f"{place}, row {row}") from None
        if values or marks:
            yield row, values, marks
            count += 1
            if count >= limit:
                return


def _row_reader(
    sheet: Sheet, strings: SharedStrings, wanted: Mapping[bytes, int] | None
) -> Callable[[int, int, int], tuple[dict[int, str], dict[int, str]]]:
    """A function of a row's number and the span of its cells that gives their values and marks.

    A closure, because everything it looks up is the same for every row of a sheet.
    """
    scan, place = sheet.scan, sheet.place
    findall = cell_pattern(sheet.prefix).findall
    texts, special = strings.texts, strings.rich
    cell_text = xml.cell_text
    odd = scan.find(b"\r", *sheet.region) >= 0 or scan is not sheet.utf8

    def read(row: int, inner: int, inner_end: int) -> tuple[dict[int, str], dict[int, str]]:
        values: dict[int, str] = {}
        marks = NO_MARKS
        last = b""
        for found in findall(scan, inner, inner_end):
            letters, kind, generic, value, inline, other, stray = found
            if letters and not other and not generic:
                last = letters
                column = column_index(letters) if wanted is None else wanted.get(letters, -1)
                if column < 0:
                    continue
                if column in values:
                    raise FormatError("the cell is there twice", f"{place}!{letters.decode()}{row}")
                if kind == b"s" and value.isdigit():
                    number = int(value)
                    values[column] = texts[number]
                    if number in special:
                        marks = {**marks, column: RICH if special[number].rich else PHONETIC}
                elif inline:
                    plain = b"&" not in inline and b"_x" not in inline and not odd
                    values[column] = inline.decode() if plain else cell_text(inline)
                elif value:
                    values[column] = _plain_value(kind, value)
                elif kind:
                    values[column] = ""
                continue
            if stray:
                _check_stray(stray)
                continue
            column, text, mark = _odd_cell(sheet, strings, row, last, found)
            last = column_letters(column).encode()
            if wanted is not None and last not in wanted:
                continue
            if column in values:
                raise FormatError("the cell is there twice", f"{place}!{last.decode()}{row}")
            if text is not None:
                values[column] = text
            if mark:
                marks = {**marks, column: mark}
        return values, marks

    return read


def _check_stray(stray: bytes) -> None:
    if stray.strip(_BLANK):
        raise FormatError("malformed XML")


def _plain_value(kind: bytes, value: bytes) -> str:
    if kind == b"b":
        return "TRUE" if value.strip() in (b"1", b"true") else "FALSE"
    if kind == b"str":
        return xml.cell_text(value)
    if kind == b"s":
        raise FormatError("%(value)r is no shared string", value=value[:20].decode(errors="replace"))
    return xml.text_of(value).strip()


def cell_column(found: tuple[bytes, ...], previous: int) -> int:
    """The column of a matched cell; without a reference, the one after the previous cell."""
    if found[0]:
        return column_index(found[0])
    reference = xml.attributes(found[2]).get("r", "") if found[2] else ""
    if not reference:
        return previous + 1
    letters = reference.rstrip("0123456789")
    if not letters.isascii() or not letters.isupper():
        raise FormatError("%(reference)r is no cell", reference=reference)
    return column_index(letters.encode())


def _odd_cell(
    sheet: Sheet, strings: SharedStrings, row: int, last: bytes, found: tuple[bytes, ...]
) -> tuple[int, str | None, str]:
    """Column, text (None without a value) and mark of a cell that is not in the usual form.

    `last` is the column letters of the cell before it, b"" for the first.
    """
    column = cell_column(found, column_index(last) if last else -1)
    place = f"{sheet.place}!{column_letters(column)}{row}"
    kind = found[1] or xml.attributes(found[2]).get("t", "n").encode()
    try:
        text, mark = _inside(sheet.prefix, strings, kind, found, place)
    except FormatError as error:
        raise FormatError(error.message, place) from None
    return column, text, mark


def _inside(
    prefix: bytes, strings: SharedStrings, kind: bytes, found: tuple[bytes, ...], place: str
) -> tuple[str | None, str]:
    _, _, _, value, inline, other, _ = found
    if inline:
        return xml.cell_text(inline), ""
    mark = ""
    if other:
        xml.check_fragment(other)
        if re.search(rb"<%bc[\s/>]" % prefix, other):
            raise FormatError("a cell inside a cell")
        if re.search(rb"<%bf[\s/>]" % prefix, other):
            mark = LOCKED
        elif string := re.search(rb"<%bis(?:\s[^<>]*)?(?:/>|>(.*)</%bis\s*>)" % (prefix, prefix), other, re.DOTALL):
            text, rich = read_string(string[1] or b"", prefix)
            return text, "" if rich is None else RICH if rich.rich else PHONETIC
        inside = re.search(rb"<%bv(?:\s[^<>]*)?(?:/>|>([^<]*)</%bv\s*>)" % (prefix, prefix), other)
        if not inside:
            if not mark and other.strip(_BLANK) and b"extLst" not in other:
                raise FormatError("the cell cannot be read")
            return None, mark
        value = inside[1] or b""
    if kind == b"s" and value.strip():
        text = strings.text(value, place)
        rich = strings.rich.get(int(value))
        return text, mark or ("" if rich is None else RICH if rich.rich else PHONETIC)
    return (_plain_value(kind, value) if value else ("" if kind != b"n" else None)), mark
