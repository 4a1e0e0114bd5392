"""The byte contract on every real file of the shared data: segments counted, every one edited alone."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest

from apps.ldm.formats import Document, FormatError, Segment, format_of, read

from .contract import assert_contract, edited_text, shared_data
from .independent_counts import REFUSED, WARNED, counted

SHARED = shared_data()
MARK = "Zq7"
# The default run edits and reads again this many segments a file, fewer where a file is large.
EDITED, READ_AGAIN = 60, 60
_STEP = 1 << 16
_EXTENT = re.compile(rb'<dimension ref="[^"]*"/>| spans="[0-9:]+"')
# The slow run reads again this often; it edits every segment.
SLOW_READ_AGAIN = 60


def shared_files() -> list[str]:
    """Every readable file of the data folder, by its path from there."""
    if SHARED is None:
        return []
    names = []
    for path in sorted(SHARED.rglob("*")):
        name = path.relative_to(SHARED).as_posix()
        if not path.is_file() or name.startswith("LICENSES/"):
            continue
        try:
            format_of(path.name)
        except FormatError:
            continue
        names.append(name)
    return names


READABLE = [name for name in shared_files() if name not in REFUSED]
pytestmark = pytest.mark.skipif(SHARED is None, reason="no shared data")


def opened(name: str) -> tuple[Path, bytes]:
    assert SHARED is not None
    return SHARED / name, (SHARED / name).read_bytes()


@pytest.mark.parametrize("name", READABLE)
def test_every_segment_is_found(name: str) -> None:
    path, data = opened(name)
    document = read(path.name, data)
    assert len(document.segments) == counted(path, name) > 0
    assert document.write({}) == data
    assert document.write({i: segment.target for i, segment in enumerate(document.segments)}) == data


@pytest.mark.parametrize(("name", "named"), [pair for pair in REFUSED.items() if pair[0] in shared_files()])
def test_files_meant_to_fail_name_the_place(name: str, named: str) -> None:
    path, data = opened(name)
    with pytest.raises(FormatError, match=re.escape(named)) as caught:
        read(path.name, data)
    assert caught.value.place


@pytest.mark.parametrize(("name", "said"), [pair for pair in WARNED.items() if pair[0] in shared_files()])
def test_odd_files_are_read_and_say_so(name: str, said: str) -> None:
    path, data = opened(name)
    warnings = read(path.name, data).warnings
    assert any(said in warning.text and warning.place for warning in warnings)


@pytest.mark.parametrize("name", READABLE)
def test_an_edit_changes_its_own_span(name: str) -> None:
    """A sample of the segments, evenly spread: edited alone, bytes compared; a few files read again."""
    path, data = opened(name)
    document = read(path.name, data)
    count = len(document.segments)
    most = min(EDITED, max(4, 30_000_000 // (len(data) * 8)))
    assert_edits(document, data, range(0, count, max(1, count // most)))
    if len(data) < 100_000:
        again = min(READ_AGAIN, max(2, 40_000 // max(1, count) // 4))
        assert_contract(path.name, data, sample=again, slack=None if path.suffix == ".xlsx" else 64)


@pytest.mark.slow
@pytest.mark.parametrize("name", READABLE)
def test_every_segment_edited_alone(name: str) -> None:
    """Every segment of every file: bytes outside its span equal; a sample is read again and compared whole."""
    path, data = opened(name)
    started = time.perf_counter()
    document = read(path.name, data)
    edited = assert_edits(document, data, range(len(document.segments)))
    assert edited == sum(not segment.locked for segment in document.segments)
    again = SLOW_READ_AGAIN if len(data) < 1_000_000 else 8
    assert_contract(path.name, data, sample=again, slack=None if path.suffix == ".xlsx" else 64)
    print(f"{name}: {edited} segments edited alone in {time.perf_counter() - started:.1f} s")  # noqa: T201


def assert_edits(document: Document, data: bytes, positions: Iterable[int]) -> int:
    """Edit these segments one at a time and compare the bytes outside. Returns how many were edited."""
    if document.format == "xlsx":
        return _assert_workbook_edits(document, data, positions)
    edited = 0
    spans: list[tuple[int, int, int]] = []
    for position in positions:
        segment = document.segments[position]
        if segment.locked:
            continue
        text = edited_text(segment, MARK)
        written = document.write({position: text})
        start, end, new_end = changed_span(data, written)
        where = f"segment {position} ({segment.location})"
        encoding = "latin-1" if not document.encoding.startswith("utf-16") else document.encoding
        shown = written[max(0, start - 2 * len(MARK)) : new_end + 2 * len(MARK)]
        assert MARK.encode(encoding) in shown, f"{where}: the new text is not where the bytes changed"
        assert end - start <= _budget(segment), f"{where}: {end - start} bytes of the original changed"
        spans.append((start, end, position))
        edited += 1
    # No two segments may share bytes: what one edit changes, no other one does.
    spans.sort()
    for (_, end, left), (start, _, right) in zip(spans, spans[1:], strict=False):
        assert end <= start or _one_entry(document.segments[left], document.segments[right]), (left, right)
    return edited


def _budget(segment: Segment) -> int:
    """The longest the old value can be in the file: a character is at most 12 bytes, and marks come with it."""
    marks = sum(4 * len(code) for code in segment.codes.values())
    return 12 * len(segment.target) + marks + (2_000 if segment.unfinished else 64)


def _one_entry(left: Segment, right: Segment) -> bool:
    """Plural forms of one message share its `fuzzy` mark."""
    return left.key == right.key and left.unfinished


def changed_span(original: bytes, written: bytes) -> tuple[int, int, int]:
    """Start and end of what differs in the original, and its end in the written bytes."""
    start, limit = 0, min(len(original), len(written))
    while start < limit and original[start : start + _STEP] == written[start : start + _STEP]:
        start += _STEP
    start = min(start, limit)
    step = _STEP
    while step := step // 2:
        if start + step <= limit and original[start : start + step] == written[start : start + step]:
            start += step
    end, new_end = len(original), len(written)
    step = _STEP
    while step:
        while (
            end - step >= start
            and new_end - step >= start
            and original[end - step : end] == written[new_end - step : new_end]
        ):
            end, new_end = end - step, new_end - step
        step //= 2
    assert original[:start] == written[:start] and original[end:] == written[new_end:]
    return start, end, new_end


def _assert_workbook_edits(document: Document, data: bytes, positions: Iterable[int]) -> int:
    """Cell edits: other members equal, the sheet changed inside one cell, the strings only appended."""
    before = _members(data)
    raw = _raw_members(data)
    edited = 0
    for position in positions:
        segment = document.segments[position]
        if segment.locked:
            continue
        written = document.write({position: MARK})
        after = _members(written)
        assert list(after) == list(before), "the order of the members changed"
        changed = {name for name in before if before[name] != after[name]}
        raw_after = _raw_members(written)
        assert all(raw[name] == raw_after[name] for name in before if name not in changed)
        sheets = {name for name in changed if name.startswith("xl/worksheets/")}
        assert len(sheets) == 1 and changed - sheets <= {"xl/sharedStrings.xml", "xl/workbook.xml"}
        sheet = sheets.pop()
        _assert_one_cell(before[sheet], after[sheet], segment.location.rpartition("!")[2].encode())
        if "xl/sharedStrings.xml" in changed:
            _assert_appended(before["xl/sharedStrings.xml"], after["xl/sharedStrings.xml"])
        edited += 1
        if edited % 50 == 1:
            _assert_cells(data, written, segment)
    return edited


def _assert_one_cell(old: bytes, new: bytes, cell: bytes) -> None:
    """All that differs is inside this cell's element; an inserted one may widen its row's and the sheet's extent."""
    name = b'<c r="' + cell + b'"'
    if name not in old:
        old, new = (_EXTENT.sub(b"", content) for content in (old, new))
    start, end, new_end = changed_span(old, new)
    at = new.index(name)
    # An inserted cell may share its first bytes with the next one.
    assert at <= start + len(name) and new_end <= new.index(b">", new.find(b"</c>", at)) + len(name)
    assert old[start:end].count(b"<c ") <= (name in old)


def _assert_appended(old: bytes, new: bytes) -> None:
    """The table of strings lost nothing: the old strings, then one more."""
    head, body = re.match(rb"(.*?<sst[^>]*>)(.*)</sst>", old, re.DOTALL).groups()  # type: ignore[union-attr]
    new_head, new_body = re.match(rb"(.*?<sst[^>]*>)(.*)</sst>", new, re.DOTALL).groups()  # type: ignore[union-attr]
    assert new_body.startswith(body.rstrip()) and new_body[len(body.rstrip()) :].count(b"<si>") == 1
    assert re.sub(rb'Count="\d+"', b"", new_head) == re.sub(rb'Count="\d+"', b"", head)


def _assert_cells(data: bytes, written: bytes, segment: Segment) -> None:
    """Another library sees exactly one cell changed, to the new text."""
    old, new = (openpyxl.load_workbook(io.BytesIO(book), rich_text=True) for book in (data, written))
    different = []
    for sheet in old.worksheets:
        other = new[sheet.title]
        for row in range(1, max(sheet.max_row, other.max_row) + 1):
            for column in range(1, max(sheet.max_column, other.max_column) + 1):
                if sheet.cell(row, column).value != other.cell(row, column).value:
                    different.append((sheet.title, other.cell(row, column)))
    assert [(title, cell.coordinate, cell.value) for title, cell in different] == [
        (*segment.location.rsplit("!", 1), MARK)
    ]


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {info.filename: package.read(info) for info in package.infolist()}


def _raw_members(data: bytes) -> dict[str, bytes]:
    """Every member's date, flags and compressed bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        found = {}
        for info in package.infolist():
            at = info.header_offset
            start = at + 30 + sum(struct.unpack_from("<2H", data, at + 26))  # behind the name and the extra field
            facts = repr((info.date_time, info.flag_bits, info.compress_type, info.external_attr, info.extra)).encode()
            found[info.filename] = facts + data[start : start + info.compress_size]
        return found
