"""New texts put into a worksheet's XML: only the edited cells' bytes change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from . import xlsx_xml as xml
from .base import FormatError
from .sentences import Sentence
from .xlsx_book import Book, set_full_calculation
from .xlsx_package import Member, Packed
from .xlsx_sheet import MAX_COLUMNS, RowSpan, Sheet, cell_column, cell_pattern, column_index, column_letters, row_spans
from .xlsx_strings import RichText, append_strings, read_string, string_body

MAX_CELL_CHARACTERS = 32_767
READ_ONLY = Sentence("a formula, a table's header or a cell that a merged one covers is read-only")


@dataclass(slots=True)
class NewStrings:
    """Strings to append to the shared table; an equal one is added once per download."""

    first: int
    """The index the first new string gets."""
    prefix: bytes
    rich: Mapping[int, RichText]
    bodies: list[bytes] = field(default_factory=list)
    _known: dict[bytes, int] = field(default_factory=dict)

    def add(self, text: str, old_index: int, place: str) -> int:
        """The index of `text`, in the format of the first run of the string it replaces."""
        body = string_body(text, self.rich.get(old_index), self.prefix, place)
        index = self._known.get(body)
        if index is None:
            index = self._known[body] = self.first + len(self.bodies)
            self.bodies.append(body)
        return index

    def take(self) -> list[bytes]:
        """The bodies, for the last time: nothing is kept."""
        bodies, self.bodies = self.bodies, []
        self._known = {}
        return bodies


def patch_book(book: Book, sheets: Iterable[int], patched: Callable[[int, NewStrings], bytes | bytearray]) -> bytes:
    """The workbook with new sheets (by position in `Book.sheets`), each made by `patched`."""
    package, strings = book.package, book.strings
    new_strings = NewStrings(len(strings.texts), strings.prefix, strings.rich)
    changed: dict[str, Packed] = {}

    def put(member: Member, content: bytes | bytearray) -> None:
        changed[member.name] = package.pack(member, content)  # packed at once: the content is not kept

    for index in sheets:
        put(book.sheets[index].member, patched(index, new_strings))
    if new_strings.bodies and (member := book.strings_member):
        put(member, append_strings(package.inflate(member), new_strings.take(), member.name))
    if book.has_formulas:
        put(book.workbook, set_full_calculation(package.inflate(book.workbook), book.workbook.name))
    return package.rewrite(changed)


@dataclass(slots=True)
class Patcher:
    """A worksheet's new content, as far as it is put together."""

    sheet: Sheet
    new_strings: NewStrings
    out: bytearray = field(default_factory=bytearray)
    done: int = 0
    """How far the original is copied."""
    inserted: list[tuple[int, int]] = field(default_factory=list)
    """Row and column of every inserted cell."""
    column_styles: dict[int, bytes] = field(default_factory=dict)
    openings: dict[int, bytes] = field(default_factory=dict)
    """By column, how a cell of it begins in the usual order of attributes."""

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Copy the original up to `start`, then `new` instead of what is there up to `end`."""
        self.out += self.sheet.utf8[self.done : start]
        self.out += new
        self.done = end


def patch_sheet(sheet: Sheet, edits: Mapping[int, str], new_strings: NewStrings) -> bytes | bytearray:
    """The part with new texts by cell: (row number - 1) * MAX_COLUMNS + column (0-based).

    A cell with a shared string refers to a new one; any other becomes an inline string with its
    style; an absent cell or row is inserted in order. Raises FormatError for a formula cell and
    for a text longer than a cell can hold.
    """
    patcher = Patcher(sheet, new_strings)
    by_row = groupby(sorted(edits), lambda cell: cell // MAX_COLUMNS + 1)
    waiting = ((row, {cell % MAX_COLUMNS: edits[cell] for cell in cells}) for row, cells in by_row)
    following = next(waiting, None)
    start, end = sheet.region
    empty = sheet.region_tag[1] == start and sheet.utf8[start - 2 : start] == b"/>"
    if empty:
        tag = sheet.utf8[sheet.region_tag[0] : start - 2].rstrip() + b">"
        patcher.replace(sheet.region_tag[0], start, tag)
    for span in row_spans(sheet):
        if following is None:
            break
        while following and following[0] < span[0]:
            _insert_row(patcher, span[1], *following)
            following = next(waiting, None)
        if following and following[0] == span[0]:
            patch_row(patcher, RowSpan._make(span), following[1])
            following = next(waiting, None)
    at = end
    while not empty and at > start and sheet.scan[at - 1] in b" \t\r\n\x06":
        at -= 1  # new rows go before the white space that precedes the closing tag
    while following:
        _insert_row(patcher, at, *following)
        following = next(waiting, None)
    if empty:
        patcher.out += b"</%bsheetData>" % sheet.prefix
    return finish(patcher)


def finish(patcher: Patcher) -> bytes | bytearray:
    """Copy what is left of the original, and make the sheet's `dimension` cover the inserted cells."""
    sheet = patcher.sheet
    patcher.out += sheet.utf8[patcher.done :]
    if patcher.inserted:
        _extend_dimension(sheet, patcher.out, patcher.inserted)
    return xml.from_utf8(patcher.out, sheet.encoding)


def patch_row(patcher: Patcher, span: RowSpan, edits: Mapping[int, str]) -> None:
    """Put new texts by column into a row that the sheet has."""
    sheet = patcher.sheet
    pattern = cell_pattern(sheet.prefix)
    cells: list[tuple[int, re.Match[bytes]]] = []
    missing = []
    for column in edits:
        opening = patcher.openings.get(column)
        if opening is None:
            opening = b'<%bc r="%b' % (sheet.prefix, column_letters(column).encode())
            patcher.openings[column] = opening
        needle = b'%b%d"' % (opening, span.number)
        at = sheet.scan.find(needle, span.inner, span.inner_end)
        if at < 0:
            missing.append(column)
        elif found := pattern.match(sheet.scan, at, span.inner_end):
            cells.append((column, found))
    if not missing:  # the usual case: every cell is there and names itself
        for column, found in cells:
            _patch_cell(patcher, span.number, column, found, edits[column])
        return
    _patch_whole_row(patcher, span, edits)


def _patch_whole_row(patcher: Patcher, span: RowSpan, edits: Mapping[int, str]) -> None:
    """Walk over all cells of a row: some edited cells are absent or do not name themselves."""
    sheet = patcher.sheet
    waiting = sorted(edits)
    position, row_end = -1, span.inner
    opened = widen_spans(sheet, span, waiting[0], waiting[-1])
    if opened != sheet.utf8[span.start : span.inner]:
        patcher.replace(span.start, span.inner, opened)
    self_closed = span.inner == span.end
    for found in cell_pattern(sheet.prefix).finditer(sheet.scan, span.inner, span.inner_end):
        if found[7]:
            continue
        position = cell_column(tuple(group or b"" for group in found.groups()), position)
        while waiting and waiting[0] < position:
            column = waiting.pop(0)
            _insert_cell(patcher, span, found.start(), column, edits[column])
        if waiting and waiting[0] == position:
            waiting.pop(0)
            _patch_cell(patcher, span.number, position, found, edits[position])
        row_end = found.end()
    for column in waiting:
        _insert_cell(patcher, span, row_end, column, edits[column])
    if self_closed:
        patcher.replace(span.inner, span.inner, b"</%brow>" % sheet.prefix)


def widen_spans(sheet: Sheet, span: RowSpan, first: int, last: int) -> bytes:
    """The row's start tag, open, with `spans` covering the edited columns."""
    tag = sheet.utf8[span.start : span.inner]
    if tag.endswith(b"/>"):
        tag = tag[:-2].rstrip() + b">"
    found = re.search(rb"""\sspans\s*=\s*["'](\d{1,5}):(\d{1,5})["']""", tag)
    if found:
        low, high = int(found[1]), int(found[2])
        if first + 1 < low or last + 1 > high:
            tag = xml.set_attribute(tag, b"spans", b"%d:%d" % (min(low, first + 1), max(high, last + 1)))
    return tag


def _patch_cell(patcher: Patcher, row: int, column: int, found: re.Match[bytes], text: str) -> None:
    sheet, prefix = patcher.sheet, patcher.sheet.prefix
    place = f"{sheet.place}!{column_letters(column)}{row}"
    check_length(text, place)
    if found[1] and not found[6]:  # the usual order of attributes, nothing but a value inside
        if found[2] == b"s" and found[4] and found[4].isdigit():
            index = patcher.new_strings.add(text, int(found[4]), place)
            patcher.replace(found.start(4), found.end(4), b"%d" % index)
            return
        if found[2] == b"inlineStr" and found[5]:
            tag = sheet.utf8[found.start() : sheet.scan.index(b">", found.start()) + 1]
            element = xml.text_element(prefix, text, place)
            patcher.replace(
                found.start(), found.end(), b"%b<%bis>%b</%bis></%bc>" % (tag, prefix, element, prefix, prefix)
            )
            return
    whole = sheet.utf8[found.start() : found.end()]
    inside = found[6] or b""
    if re.search(rb"<%bf[\s/>]" % prefix, inside):
        raise FormatError("a formula cell is read-only", place)
    tag_end = sheet.scan.index(b">", found.start(), found.end()) + 1
    tag = sheet.utf8[found.start() : tag_end]
    kind = (found[2] or xml.attributes(tag[1:]).get("t", "n").encode()).strip()
    if kind == b"s":
        number = re.search(rb"<%bv(?:\s[^<>]*)?>\s*([0-9]+)\s*</%bv" % (prefix, prefix), whole)
        if number:
            index = patcher.new_strings.add(text, int(number[1]), place)
            start = found.start() + number.start(1)
            patcher.replace(start, found.start() + number.end(1), b"%d" % index)
            return
    rich = None
    if string := re.search(rb"<%bis(?:\s[^<>]*)?>(.*)</%bis\s*>" % (prefix, prefix), inside, re.DOTALL):
        rich = read_string(string[1], prefix)[1]
    if tag.endswith(b"/>"):
        tag = tag[:-2].rstrip() + b">"
    tag = xml.set_attribute(tag, b"t", b"inlineStr")
    tag = re.sub(rb"""\svm\s*=\s*("[^"]*"|'[^']*')""", b"", tag)  # value metadata of the old value
    body = string_body(text, rich, prefix, place)
    new = b"%b<%bis>%b</%bis></%bc>" % (tag, prefix, body, prefix, prefix)
    patcher.replace(found.start(), found.end(), new)


def _insert_cell(patcher: Patcher, span: RowSpan, at: int, column: int, text: str) -> None:
    sheet = patcher.sheet
    before = sheet.scan[span.inner : at]
    indent = before[len(before.rstrip(b" \t\r\n")) :]
    cell = new_cell(patcher, span.number, column, text, row_style(sheet, span))
    if indent:  # before a cell the white space is already there: it goes after the new one
        cell = cell + indent
    elif lead := re.match(rb"[ \t\r\n]+", sheet.scan[span.inner : span.inner_end]):
        cell = lead[0] + cell
    patcher.replace(at, at, cell)
    patcher.inserted.append((span.number, column))


def _insert_row(patcher: Patcher, at: int, number: int, edits: Mapping[int, str]) -> None:
    sheet, prefix = patcher.sheet, patcher.sheet.prefix
    cells = b"".join([new_cell(patcher, number, column, edits[column], b"") for column in sorted(edits)])
    row = b'<%brow r="%d">%b</%brow>' % (prefix, number, cells, prefix)
    lead = sheet.scan[max(sheet.region[0], at - 200) : at]
    indent = lead[len(lead.rstrip(b" \t\r\n")) :]
    if indent:
        row = row + indent
    elif first := re.match(rb"[ \t\r\n]+", sheet.scan[sheet.region[0] : sheet.region[0] + 200]):
        row = first[0] + row
    patcher.replace(at, at, row)
    patcher.inserted += [(number, column) for column in edits]


def new_cell(patcher: Patcher, row: int, column: int, text: str, style: bytes) -> bytes:
    """An inline string with the column's style, if the row gives none."""
    sheet = patcher.sheet
    letters = column_letters(column)
    place = f"{sheet.place}!{letters}{row}"
    check_length(text, place)
    p = sheet.prefix
    style = style or new_style(patcher, column)
    shown = b' s="%b"' % style if style else b""
    body = string_body(text, None, p, place)
    return b'<%bc r="%b%d"%b t="inlineStr"><%bis>%b</%bis></%bc>' % (p, letters.encode(), row, shown, p, body, p, p)


def new_style(patcher: Patcher, column: int) -> bytes:
    """The style a column gives to its absent cells, b"" for none."""
    if column not in patcher.column_styles:
        patcher.column_styles[column] = _column_style(patcher.sheet, column)
    return patcher.column_styles[column]


def check_length(text: str, place: str) -> None:
    """Raise FormatError for a text that no cell can hold."""
    if len(text) > MAX_CELL_CHARACTERS // 2 and len(text.encode("utf-16-le", "replace")) // 2 > MAX_CELL_CHARACTERS:
        raise FormatError("a cell holds at most %(most)s characters", place, most=f"{MAX_CELL_CHARACTERS:,}")


def row_style(sheet: Sheet, span: RowSpan) -> bytes:
    """The style a row gives to its absent cells."""
    tag = sheet.utf8[span.start : span.inner]
    if b"customFormat" not in tag:
        return b""
    found = xml.attributes(tag[1:])
    style = found.get("s", "")
    return style.encode() if found.get("customFormat") in ("1", "true") and style.isdecimal() else b""


def _column_style(sheet: Sheet, column: int) -> bytes:
    """The style a column gives to its absent cells."""
    head = sheet.scan[: sheet.region_tag[0]]
    for found in re.finditer(rb"<%bcol\s([^<>]*)>" % sheet.prefix, head):
        values = xml.attributes(found[1])
        low, high, style = values.get("min", ""), values.get("max", ""), values.get("style", "")
        if low.isdecimal() and high.isdecimal() and style.isdecimal() and int(low) <= column + 1 <= int(high):
            return style.encode()
    return b""


def _extend_dimension(sheet: Sheet, patched: bytearray, inserted: list[tuple[int, int]]) -> None:
    """Make the sheet's `dimension` cover the inserted cells."""
    pattern = rb"""<%bdimension\s[^<>]*?ref\s*=\s*["']([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?["']""" % sheet.prefix
    found = re.search(pattern, sheet.scan[: sheet.region_tag[0]])
    if not found:
        return
    left, top = column_index(found[1]), int(found[2])
    right = column_index(found[3]) if found[3] else left
    bottom = int(found[4]) if found[4] else top
    rows = [row for row, _ in inserted]
    columns = [column for _, column in inserted]
    left, right = min(left, *columns), max(right, *columns)
    top, bottom = min(top, *rows), max(bottom, *rows)
    new = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}".encode()
    end = found.end(4) if found[4] else found.end(2)
    old = sheet.utf8[found.start(1) : end]
    if old != f"{column_letters(left)}{top}".encode() or (left, top) != (right, bottom):
        patched[found.start(1) : end] = new
