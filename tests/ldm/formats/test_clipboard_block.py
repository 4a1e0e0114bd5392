"""Blocks of cells as Excel, LibreOffice and Google Sheets put them on the clipboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ldm.formats.clipboard_block import parse_block, write_block


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        # Excel: lines end with CR LF, the last one too; line feeds inside a quoted cell.
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ('one\t"two\nlines"\r\n', [["one", "two\nlines"]]),
        ('"say ""hi""\nand go"\tx\r\n', [['say "hi"\nand go', "x"]]),
        # Google Sheets and LibreOffice: line feeds, none behind the last line.
        ('a\tb\n"c\nd"\te', [["a", "b"], ["c\nd", "e"]]),
        ('"a\tb"\tc', [["a\tb", "c"]]),
        # Quotes that quote nothing are letters.
        ('5" gun\tthe "big" one', [['5" gun', 'the "big" one']]),
        ('"never closed\tb\nc', [['"never closed', "b"], ["c"]]),
        ('"a"b\tc', [['"a"b', "c"]]),
        # Empty cells and lines count.
        ("\t\r\n", [["", ""]]),
        ("a\r\n\r\nb", [["a"], [""], ["b"]]),
        ("a\t", [["a", ""]]),
        ("안개\t\r\n", [["안개", ""]]),
        ("a\rb", [["a"], ["b"]]),
        ('"a\r\nb"', [["a\nb"]]),
        ("", []),
    ],
)
def test_what_spreadsheets_write_is_read(text: str, lines: list[list[str]]) -> None:
    assert parse_block(text) == lines


CELLS = st.text(st.sampled_from(['"', "\t", "\n", "a", "안", " ", "'", "=", ","]), max_size=8)
BLOCKS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
)


@given(BLOCKS)
def test_what_is_written_is_read_back_exactly(lines: list[list[str]]) -> None:
    text = write_block(lines)
    assert parse_block(text) == lines
    # Excel ends the last line as well.
    assert parse_block(text + "\r\n") == lines


@given(st.text(st.sampled_from(['"', "\t", "\n", "\r", "a"]), max_size=40))
def test_nothing_is_lost_of_what_no_spreadsheet_wrote(text: str) -> None:
    lines = parse_block(text)
    assert sum(cell.count("a") for line in lines for cell in line) == text.count("a")
