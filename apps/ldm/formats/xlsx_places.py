"""Where a sheet's targets are and what they say, found in one pass that reads nothing else.

A row in the form that spreadsheet programs write is matched by one expression, which holds a
group for each place of interest. Any other row goes through `row_values`, which reads every form.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from . import xlsx_xml as xml
from .base import FormatError
from .xlsx_sheet import LOCKED, Sheet, column_letters, row_spans, row_values
from .xlsx_strings import SharedStrings

# How a target stands in the sheet, and what `starts` and `ends` delimit.
SHARED = 0  # the number of a shared string
INLINE = 1  # the `t` element of an inline string
EMPTY = 2  # the "/>" of a cell without a value
ABSENT = 3  # where the cell goes, in a row of which the tag says no more than its number
TAGGED = 4  # start: where the cell goes; end: where its row begins
ODD = 5  # the whole row

_STRING = rb'<%bis><%bt(?: xml:space="preserve")?>[^<]*+</%bt></%bis>'
_VALUE = rb"(?:<%bf[^<>]*+>(?:(?<=/>)|[^<]*+</%bf>))?<%bv>[^<]*+</%bv>"
_Odd = Callable[[int, int, int], int]


@dataclass(slots=True)
class Places:
    """The targets of one sheet in the order of its segments, and where they are (see SHARED and so on)."""

    texts: list[str] = field(default_factory=list)
    kinds: bytearray = field(default_factory=bytearray)
    starts: array[int] = field(default_factory=lambda: array("Q"))
    ends: array[int] = field(default_factory=lambda: array("Q"))
    rows: array[int] = field(default_factory=lambda: array("L"))
    columns: array[int] = field(default_factory=lambda: array("H"))
    locked: set[int] = field(default_factory=set)
    """Formulas, by position in the sheet."""

    def adder(self) -> Callable[[str, int, int, int, int, int], None]:
        """A function that appends a target: its text, kind, start, end, row and column."""
        text_of, kind_of, start_of = self.texts.append, self.kinds.append, self.starts.append
        end_of, row_of, column_of = self.ends.append, self.rows.append, self.columns.append

        def add(text: str, kind: int, start: int, end: int, row: int, column: int) -> None:
            text_of(text)
            kind_of(kind)
            start_of(start)
            end_of(end)
            row_of(row)
            column_of(column)

        return add


def find_places(
    sheet: Sheet, strings: SharedStrings, source: int | None, targets: Sequence[int], first_row: int
) -> Places:
    """The places of every row from `first_row` on that has a source or a target.

    `targets` are columns (0-based) from left to right. For a sheet that `row_values` accepts;
    raises FormatError naming the sheet for some others.
    """
    places = Places()
    start, end = sheet.region
    wanted = {column_letters(column).encode(): column for column in (*targets, *_one(source))}

    def odd_rows(first: int, last: int, before: int) -> int:
        """Add the rows of a region, after row number `before`; the number of the last."""
        part = replace(sheet, region=(first, last))
        inside = {span[0]: span for span in row_spans(part, before)}
        for number, values, marks in row_values(part, strings, wanted, before=before):
            if number >= first_row:
                _, row_start, _, _, row_end = inside[number]
                _add_odd(places, values, marks, source, targets, (number, row_start, row_end))
        return max(inside, default=before)

    if not targets:
        return places
    if sheet.scan is not sheet.utf8:  # comments or CDATA
        odd_rows(start, end, 0)
    else:
        _Scan(sheet, strings, places, odd_rows).run(source, targets, first_row)
    return places


def _one(source: int | None) -> tuple[int, ...]:
    return () if source is None else (source,)


def _add_odd(
    places: Places,
    values: dict[int, str],
    marks: dict[int, str],
    source: int | None,
    targets: Sequence[int],
    row: tuple[int, int, int],
) -> None:
    number, start, end = row
    add = places.adder()
    given = source is not None and values.get(source)
    for column in targets:
        text = values.get(column, "")
        if given or text:
            if marks.get(column) == LOCKED:
                places.locked.add(len(places.texts))
            add(text, ODD, start, end, number, column)


class _Scan:
    """One pass over a sheet's rows."""

    def __init__(self, sheet: Sheet, strings: SharedStrings, places: Places, odd_rows: _Odd) -> None:
        self.sheet, self.strings, self.places, self.odd_rows = sheet, strings, places, odd_rows
        self.raw: list[bytes] = []
        self.waiting: list[int] = []
        """Which targets the texts in `raw` are."""
        self.add = places.adder()

    def run(self, source: int | None, targets: Sequence[int], first_row: int) -> None:
        """Fill the places. Raises FormatError naming the row."""
        scan, (start, end) = self.sheet.scan, self.sheet.region
        columns = sorted((*targets, *_one(source)))
        pattern = _row_pattern(self.sheet.prefix, tuple(columns), source)
        # By column the number of its first group: two for the source, five for a target.
        groups, group = {}, 3
        for column in columns:
            groups[column] = group
            group += 2 if column == source else 5
        source_group = 0 if source is None else groups[source]
        order = [(column, groups[column]) for column in targets]
        texts, usual_row, many = self.strings.texts, self._usual_row, len(targets) > 1
        alone = 0 if many else groups[targets[0]] + 3
        raw, waiting, add, found_texts = self.raw.append, self.waiting.append, self.add, self.places.texts
        number, position, odd = 0, start, -1
        try:
            for found in pattern.finditer(scan, start, end):
                spans = found.regs
                if spans[0][0] != position and scan[position : spans[0][0]].strip(b" \t\r\n"):
                    break
                position = spans[0][1]
                if spans[1][0] < 0:
                    odd = spans[0][0] if odd < 0 else odd
                    continue
                if odd >= 0:
                    number, odd = self.odd_rows(odd, spans[0][0], number), -1
                number = int(scan[spans[1][0] : spans[1][1]])
                if number < first_row:
                    continue
                given = False
                if source_group:
                    at, to = spans[source_group]
                    given = spans[source_group + 1][0] >= 0 or (at >= 0 and texts[int(scan[at:to])] != "")
                if alone and spans[alone][0] >= 0:  # by far the most rows: a single target, an inline string
                    (at, to), (first, last) = spans[alone], spans[alone + 1]
                    raw(scan[first:last])
                    waiting(len(found_texts))
                    add("", INLINE, at, to, number, targets[0])
                elif given or not alone or spans[alone - 1][0] >= 0:
                    usual_row(spans, number, given, order, many)
            if odd >= 0:
                self.odd_rows(odd, position, number)
            self._decode()
        except IndexError:
            raise FormatError("a shared string does not exist", f"{self.sheet.place}, row {number}") from None
        if scan[position:end].strip(b" \t\r\n"):
            raise FormatError(
                "malformed XML at byte %(position)s, after row %(number)s",
                self.sheet.place,
                position=position,
                number=number,
            )

    def _usual_row(
        self, spans: Sequence[tuple[int, int]], number: int, given: bool, order: Sequence[tuple[int, int]], many: bool
    ) -> None:
        # To insert a cell may change the row's own tag, which then comes before all its targets.
        tagged = spans[2][0] < spans[2][1]
        odd = many and tagged and any(_is_absent(spans, group) for _, group in order)
        for column, group in order:
            text, kind, (start, end) = "", ABSENT, spans[group]
            if spans[group + 3][0] >= 0:
                kind, (start, end) = INLINE, spans[group + 3]
                at, to = spans[group + 4]
                self.raw.append(self.sheet.scan[at:to])
                self.waiting.append(len(self.places.texts))
            elif spans[group + 2][0] >= 0:
                kind, (start, end) = SHARED, spans[group + 2]
                text = self.strings.texts[int(self.sheet.scan[start:end])]
                if not text and not given:
                    continue
            elif not given:
                continue
            elif spans[group + 1][0] >= 0:
                kind, (start, end) = EMPTY, spans[group + 1]
            elif tagged:
                kind, end = TAGGED, spans[0][0]
            if odd:
                kind, (start, end) = ODD, spans[0]
            self.add(text, kind, start, end, number, column)

    def _decode(self) -> None:
        """Give the inline strings their texts, decoded together."""
        if not self.raw:
            return
        texts = xml.text_of(b"\0".join(self.raw), masked=False).split("\0")
        if len(texts) != len(self.raw):
            raise FormatError("control character U+0000", self.sheet.place)
        found = self.places.texts
        for position, text in zip(self.waiting, texts, strict=True):
            found[position] = xml.unescape(text) if "_x" in text else text


def _is_absent(spans: Sequence[tuple[int, int]], group: int) -> bool:
    return spans[group + 1][0] < 0 and spans[group + 2][0] < 0 and spans[group + 3][0] < 0


@lru_cache(maxsize=64)
def _row_pattern(prefix: bytes, columns: tuple[int, ...], source: int | None) -> re.Pattern[bytes]:
    """A row whose cells are in the usual form and in order, else any row.

    Groups: row number and the tag's rest (both unset for "any row"), then for each column from
    left to right: the source's shared string, anything else it holds; or for a target where it
    is or would be, "/>" without a value, its shared string, its `t` element, the text in it.
    """
    p = prefix
    other = rb"[^<>]*+>(?:(?<=/>)|(?:%b|%b)?</%bc>)" % (_VALUE % ((p,) * 4), _STRING % ((p,) * 4), p)
    parts = [rb'<%brow r="([0-9]+)"([^<>]*+)(?<!/)>' % p]
    for number, column in enumerate(columns):
        after = rb"(?!%b[0-9])" % _up_to(columns[number - 1]) if number else b""
        if column:
            parts.append(rb'(?:<%bc r="%b%b[0-9]+"%b)*+' % (p, after, _up_to(column - 1), other))
        parts.append(_source_cell(p, column) if column == source else _target_cell(p, column))
    parts.append(rb'(?:<%bc r="(?!%b[0-9])[A-Z]+[0-9]+"%b)*+</%brow>' % (p, _up_to(columns[-1]), other, p))
    parts.append(rb"|<%brow(?:[ \t\r\n][^<>]*+|/)?(?:(?<=/)>|(?<!/)>.*?</%brow>)" % (p, p))
    return re.compile(b"".join(parts), re.DOTALL)


def _up_to(column: int) -> bytes:
    """An expression for the letters of every column from the first to this one."""
    letters = column_letters(column)
    choices = [f"[A-Z]{{1,{len(letters) - 1}}}"] if len(letters) > 1 else []
    for at, letter in enumerate(letters):
        last = at == len(letters) - 1
        if last or letter > "A":
            top = letter if last else chr(ord(letter) - 1)
            choices.append(f"{letters[:at]}[A-{top}]" + "[A-Z]" * (len(letters) - 1 - at))
    return f"(?:{'|'.join(choices)})".encode()


def _source_cell(p: bytes, column: int) -> bytes:
    return (
        rb'(?:<%bc r="%b[0-9]+"(?: s="[0-9]+")?(?:/>| t="s"><%bv>([0-9]+)</%bv></%bc>'
        rb'|((?: t="inlineStr")?><%bis><%bt(?: xml:space="preserve")?>[^<]++</%bt></%bis></%bc>'
        rb'| t="str"><%bv>[^<]++</%bv></%bc>|(?: t="n")?><%bv>[0-9][0-9.Ee+-]*+</%bv></%bc>)))?+'
    ) % (p, column_letters(column).encode(), *(p,) * 14)


def _target_cell(p: bytes, column: int) -> bytes:
    return (
        rb'()(?:<%bc r="%b[0-9]+"(?: s="[0-9]+")?(?:(/>)| t="s"><%bv>([0-9]+)</%bv></%bc>'
        rb'| t="inlineStr"><%bis>(<%bt(?: xml:space="preserve")?>([^<]++)</%bt>)</%bis></%bc>))?+'
    ) % (p, column_letters(column).encode(), *(p,) * 8)
