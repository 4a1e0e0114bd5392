"""Blocks of cells as spreadsheets put them on the clipboard: tab-separated text with quoted cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=[\t\r\n]|\Z)')
_PLAIN = re.compile(r"[^\t\r\n]*")
_MUST_QUOTE = re.compile(r'[\t\r\n"]')


def parse_block(text: str) -> list[list[str]]:
    """Lines of cells. Line ends inside a cell become line feeds; the end of the last line makes no line.

    A cell is quoted when it begins with a quote whose partner stands before a tab, a line end or the end; any
    other quote is a letter, so `5" gun` is what it says.
    """
    lines: list[list[str]] = []
    line: list[str] = []
    at = 0
    while at < len(text):
        match = _QUOTED.match(text, at)
        if match is not None:
            cell = match[1].replace('""', '"').replace("\r\n", "\n").replace("\r", "\n")
        else:
            match = _PLAIN.match(text, at)
            cell = match[0] if match is not None else ""
        line.append(cell)
        at = match.end() if match is not None else at + 1
        if text[at : at + 1] == "\t":
            at += 1
            if at == len(text):
                line.append("")
            continue
        at += 2 if text.startswith("\r\n", at) else 1
        lines.append(line)
        line = []
    if line:
        lines.append(line)
    return lines


def write_block(lines: Iterable[Sequence[str]]) -> str:
    """The block of lines of cells: what needs it is quoted, lines end with CR LF but for the last."""
    return "\r\n".join(_line(cells) for cells in lines)


def _line(cells: Sequence[str]) -> str:
    if list(cells) == [""]:
        # Nothing at all would be no line where it is the last one.
        return '""'
    return "\t".join(_cell(cell) for cell in cells)


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _MUST_QUOTE.search(text) else text
