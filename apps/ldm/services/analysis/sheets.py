"""An analysis as tables: XLSX with a sheet each for files, languages and rates, and CSV of the files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.ldm.formats.text_workbook import TextWorkbook
from apps.ldm.services.analysis.bands import BANDS, INTERNAL, NEW, REPETITION

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
# What a spreadsheet would run as a formula when it opens a CSV.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def band_name(band: str) -> str:
    """What a band is called."""
    names = {REPETITION: _("Repetitions"), INTERNAL: _("Internal fuzzy"), NEW: _("New")}
    return names.get(band) or f"{band.replace('-', '–')} %"


def _units() -> tuple[str, str, str, str]:
    return _("rows"), _("words"), _("characters"), _("characters without spaces")


def _head(first: list[str]) -> list[str]:
    unit = _units()
    head = [*first, *(f"{_('Total')}: {name}" for name in unit), _("Weighted words")]
    return head + [f"{band_name(band)}: {name}" for band in BANDS for name in unit]


def _figures(one: dict[str, Any]) -> list[int | float]:
    sizes: list[int | float] = [*one["total"], one["weighted"]]
    return sizes + [value for band in BANDS for value in one["bands"][band]]


def _file_rows(result: dict[str, Any]) -> Iterator[list[Any]]:
    for one in result["files"]:
        languages = [one["source_language"], one["target_language"]]
        yield [one["project"]["name"], one["folder"], one["name"], *languages, *_figures(one)]
    yield [_("Total"), "", "", "", "", *_figures(result["total"])]


def as_csv(result: dict[str, Any]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it; one line a file and one for the total."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_head([_("Project"), _("Folder"), _("File"), _("Source"), _("Target")]))
    for row in _file_rows(result):
        writer.writerow([_safe(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def as_xlsx(result: dict[str, Any]) -> bytes:
    """A workbook of three sheets: files, languages, rates."""
    out = io.BytesIO()
    book = TextWorkbook(out)
    head_style, total_style = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"bold": True})
    first = [_("Project"), _("Folder"), _("File"), _("Source"), _("Target")]
    _sheet(book, _("Files"), _head(first), list(_file_rows(result)), head_style, total_style, 5)
    languages = [[one["language"] or "", *_figures(one)] for one in result["languages"]]
    languages.append([_("Total"), *_figures(result["total"])])
    _sheet(book, _("Languages"), _head([_("Target")]), languages, head_style, total_style, 1)
    names = {one["project"]["id"]: one["project"]["name"] for one in result["files"]}
    rates = [[names.get(int(pk), pk), *(values[band] for band in BANDS)] for pk, values in result["rates"].items()]
    head = [_("Project"), *(f"{band_name(band)}: {_('percent')}" for band in BANDS)]
    _sheet(book, _("Rates"), head, rates, head_style, None, 1)
    book.close()
    return out.getvalue()


def _sheet(
    book: Any, title: str, head: list[str], rows: list[list[Any]], head_style: Any, total_style: Any, fixed: int
) -> None:
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, fixed)
    sheet.set_column(0, len(head) - 1, 12)
    sheet.set_column(0, fixed - 1, 24 if fixed == 1 else 18)
    sheet.write_row(0, 0, head, head_style)
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row, total_style if number == len(rows) else None)
