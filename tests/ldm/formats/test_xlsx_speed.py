"""Speed of the Excel format beside other readers and writers, in processor time of the same run."""

from __future__ import annotations

import io
from collections.abc import Callable
from time import process_time

import openpyxl
import pytest
import python_calamine
import xlsxwriter

from apps.ldm.formats import read

ROWS = 30_000


def _made(constant_memory: bool) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": constant_memory}) as book:
        sheet = book.add_worksheet("Text")
        wrapped = book.add_format({"text_wrap": True, "border": 1})
        sheet.write_row(0, 0, ["Key", "Source", "Target", "Comment"])
        for n in range(1, ROWS + 1):
            cells = (
                f"KEY_{n:06d}",
                f"불꽃의 검 {n} <b>{n * 7}</b> & more",
                f"Sword of flame {n * 13}",
                f"note {n % 50}",
            )
            for column, text in enumerate(cells):
                sheet.write_string(n, column, text, wrapped)
    return stream.getvalue()


def _best(work: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(times):
        start = process_time()
        work()
        best = min(best, process_time() - start)
    return best


@pytest.mark.slow
@pytest.mark.parametrize("constant_memory", [False, True])
def test_reading_and_writing_are_fast(constant_memory: bool) -> None:
    data = _made(constant_memory)
    calamine = _best(
        lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(), 4
    )
    ours = _best(lambda: read("a.xlsx", data), 4)
    document = read("a.xlsx", data)
    assert len(document.segments) == ROWS
    targets = {i: f"new {i}" for i in range(ROWS)}
    write = _best(lambda: document.write(targets), 4)

    def load_and_save() -> None:
        openpyxl.load_workbook(io.BytesIO(data)).save(io.BytesIO())

    library = _best(load_and_save, 1)
    assert ours <= 3 * calamine, f"read {ours:.2f} s, calamine {calamine:.2f} s"
    # The goal is ten times; some room is left for a busy machine.
    assert write * 8 <= library, f"write {write:.2f} s, load and save {library:.2f} s"
