"""Version histories are read as their documentation says, and the reference never gets into the memory."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from apps.tm.benchmarks.history import HistoryError, history, read_version

OLD = (
    "key\ten\tko\nmenu.open\tOpen\t열기\nmenu.save\tSave\\nnow\t지금\\n저장\n"
    "x.copy\tTwo Words\tTwo Words\nx.none\tEmpty\t\n"
)
NEW = (
    "key\tko\ten\nmenu.open\t열기\tOpen\nmenu.save\t저장\tSave it\nmenu.quit\t끝내기\tQuit\n"
    "x.copy\tTwo Words\tTwo Words\nx.one\tRPG\tRPG\nx.none\t\tNo\\\\n\n"
)


def tables(folder: Path) -> tuple[Path, Path]:
    old, new = folder / "old.tsv", folder / "new.tsv"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(NEW, encoding="utf-8")
    return old, new


def test_rows_classes_and_what_is_dropped(tmp_path: Path) -> None:
    old, new = (read_version(path, "en", "ko") for path in tables(tmp_path))
    told = history("pair", old, new, "ko")
    assert [(one.source, one.target) for one in told.memory] == [("Open", "열기"), ("Save\nnow", "지금\n저장")]
    assert [(one.query.key, one.kind, one.reference) for one in told.tasks] == [
        ("menu.open", "same", "열기"),
        ("menu.save", "edited", "저장"),
        ("menu.quit", "new", "끝내기"),
        ("x.one", "new", "RPG"),
    ]
    assert new[-1].source == "No\\n"
    assert (told.memory[0].previous, told.memory[0].next) == ("", "Save\nnow")
    assert {one.target for one in told.memory}.isdisjoint({"저장", "끝내기"})


def test_a_copy_of_few_words_is_a_translation_in_languages_that_borrow(tmp_path: Path) -> None:
    path = tmp_path / "one.tsv"
    path.write_text("key\ten\tde\na\tTwo Words\tTwo Words\nb\tNow four words here\tNow four words here\n", "utf-8")
    rows = read_version(path, "en", "de")
    assert [one.key for one in history("x", rows, [], "de").memory] == ["a"]


def test_workbooks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Text"
    for row in [["", "English", "Japanese"], ["a", "One_x000D_", "一"], [None, None, None], ["b", "Two", "[BLANK]"]]:
        sheet.append(row)
    book.create_sheet("Images").append(["file"])
    book.save(tmp_path / "strings.xlsx")
    rows = read_version(tmp_path / "strings.xlsx", "en", "ja")
    assert [(row.key, row.source, row.target) for row in rows] == [("Text:a", "One\r", "一"), ("Text:b", "Two", "")]


def test_tables_that_cannot_be_read(tmp_path: Path) -> None:
    old, _ = tables(tmp_path)
    with pytest.raises(HistoryError, match="'fr'"):
        read_version(old, "en", "fr")
    with pytest.raises(HistoryError, match="gone"):
        read_version(tmp_path / "gone.tsv", "en", "ko")
