"""Which sheets and columns of a workbook are read: from the options, or guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .base import FormatError, FormatWarning
from .column_guess import guess_layout
from .columns import Layout, columns_option, parse_columns, variant_names
from .sentences import Sentence
from .xlsx_book import Book, SheetInfo
from .xlsx_sheet import Row, Sheet, column_index, column_letters, rows

SAMPLE_ROWS = 100
XLSX_OPTIONS: dict[str, type | tuple[type, ...]] = {
    "sheets": Mapping,
    "header": bool,
    "source_language": str,
    "target_language": str,
    "encoding": str,
    "max_bytes": int,
}
_SHEET_OPTIONS = {"used", "header", "header_row", "columns"}


@dataclass(slots=True)
class SheetPlan:
    """How one sheet is read. `layout.header_row` is the sheet's row number."""

    info: SheetInfo
    sheet: Sheet
    used: bool
    layout: Layout
    sample: list[Row]

    @property
    def first_row(self) -> int:
        """The first row that holds data."""
        return (self.layout.header_row or 0) + 1

    def wanted(self) -> dict[bytes, int]:
        """The columns that are read, by their letters."""
        return {column_letters(index).encode(): index for index in self.layout.columns}

    def option(self) -> dict[str, Any]:
        """The sheet's entry in the effective options."""
        header = self.layout.header_row
        option: dict[str, Any] = {"used": self.used, "header": header is not None}
        if header is not None:
            option["header_row"] = header
        option["columns"] = columns_option(self.layout.columns, column_letters)
        return option


def letters_to_index(column: str) -> int:
    """The column for its letters. Raises FormatError for anything else."""
    if not re.fullmatch(r"[A-Za-z]{1,3}", column):
        raise FormatError("%(column)r is no column; columns are named A, B, C", "option sheets", column=column[:20])
    return column_index(column.upper().encode())


def plan_sheets(
    book: Book, options: Mapping[str, Any], warnings: list[FormatWarning], checked: bool = False
) -> list[SheetPlan]:
    """A plan for every worksheet (`checked`: of a workbook read before).

    Raises FormatError naming a malformed option.
    """
    given = options.get("sheets")
    if given is not None:
        _check_sheets(book, given)
    plans = []
    for info in book.sheets:
        sheet = book.load_sheet(info, checked)
        option = None if given is None else given.get(info.name)
        if given is not None and option is None:
            option = {"used": False}
            warnings.append(FormatWarning(info.name, Sentence("the options do not name this sheet: it is not read")))
        plans.append(_plan(book, info, sheet, option, options, warnings))
    used = [plan for plan in plans if plan.used]
    if given is None and not options.get("source_language"):
        _agree_on_source(used, options)
    _drop_empty_targets(book, used)
    for plan in used:
        if plan.layout.new_target:
            place = f"{plan.info.name}!{column_letters(plan.layout.with_role('target')[0])}{plan.first_row}"
            warnings.append(
                FormatWarning(place, Sentence("no target column was found: translations go to this empty column"))
            )
    return plans


def _agree_on_source(plans: list[SheetPlan], options: Mapping[str, Any]) -> None:
    """One source language for the workbook: the one that most rows have, where a sheet has its column."""
    votes: dict[str, int] = {}
    for plan in plans:
        source = plan.layout.source
        if plan.layout.open_targets and source is not None:
            language = plan.layout.columns[source].language
            votes[language] = votes.get(language, 0) + len(plan.sample)
    if len(votes) < 2:
        return
    chosen = max(votes, key=lambda language: votes[language])
    for plan in plans:
        source = plan.layout.source
        languages = [role.language for role in plan.layout.columns.values() if role.role == "target"]
        if plan.layout.open_targets and source is not None and chosen in languages:
            plan.layout = _layout(plan.info, plan.sample, {}, {**options, "source_language": chosen})


def _check_sheets(book: Book, given: Mapping[str, Any]) -> None:
    names = {info.name for info in book.sheets}
    for name, option in given.items():
        place = f"option sheets, sheet {name!r}"
        if not isinstance(name, str) or not isinstance(option, Mapping):
            raise FormatError("must map sheet names to their options", place)
        if unknown := set(map(str, option)) - _SHEET_OPTIONS:
            raise FormatError("unknown entry %(name)r", place, name=sorted(unknown)[0])
        for entry in ("used", "header"):
            if not isinstance(option.get(entry, True), bool):
                raise FormatError("%(entry)s must be true or false", place, entry=entry)
        row = option.get("header_row", 1)
        if not isinstance(row, int) or isinstance(row, bool) or row < 1:
            raise FormatError("header_row must be a row number", place)
        if name not in names and option.get("used", True):
            raise FormatError("no such sheet; there are %(choices)s", place, choices=", ".join(sorted(names)))


def _plan(
    book: Book,
    info: SheetInfo,
    sheet: Sheet,
    option: Mapping[str, Any] | None,
    options: Mapping[str, Any],
    warnings: list[FormatWarning],
) -> SheetPlan:
    sample = list(rows(sheet, book.strings, limit=SAMPLE_ROWS))
    option = option or {}
    layout = _layout(info, sample, option, options)
    used = option.get("used", bool(layout.columns))
    if used and not layout.columns:
        if sample:
            warnings.append(FormatWarning(info.name, Sentence("no column with text was found: the sheet is not read")))
        used = False
    if used and info.hidden and not option:
        warnings.append(FormatWarning(info.name, Sentence("a hidden sheet, read like the others")))
    if used and not option and layout.header_row and (above := [r for r in sample if r.number < layout.header_row]):
        place = f"{info.name}!{column_letters(min(above[0].values, default=0))}{above[0].number}"
        warnings.append(
            FormatWarning(place, Sentence("above the header in row %(row)s: not read", row=layout.header_row))
        )
    return SheetPlan(info, sheet, used, layout, sample)


def _layout(info: SheetInfo, sample: list[Row], option: Mapping[str, Any], options: Mapping[str, Any]) -> Layout:
    header = option.get("header", options.get("header"))
    header_row = option.get("header_row") if header is not False else None
    if header is None and header_row is None and info.header_areas and sample:
        first = info.header_areas[0]
        if any(row.number == first.bottom for row in sample):
            header_row = first.bottom  # an Excel table says where its header is
    if header_row is not None:
        sample = [row for row in sample if row.number >= header_row]
        header = bool(sample) and sample[0].number == header_row
    texts = [_texts(row) for row in sample]
    layout = guess_layout(
        texts,
        header,
        options.get("source_language") or "",
        options.get("target_language") or "",
    )
    if header_row is not None:
        layout.header_row = header_row
        layout.titles = _titles(sample[0]) if header else {}
    elif layout.header_row is not None:
        row = sample[layout.header_row]
        layout.header_row, layout.titles = row.number, _titles(row)
    if option.get("columns") is not None:
        layout.columns = parse_columns(option["columns"], letters_to_index, f"sheets, sheet {info.name!r}")
        layout.open_targets = layout.new_target = False
    return layout


def _texts(row: Row) -> list[str]:
    width = min(max(row.values, default=-1) + 1, 1000)
    return [row.values.get(index, "") for index in range(width)]


def _titles(row: Row) -> dict[int, str]:
    return {index: text.strip() for index, text in row.values.items() if text.strip()}


def _drop_empty_targets(book: Book, plans: list[SheetPlan]) -> None:
    """Keep the guessed language columns that have text in any sheet; all, if none has."""
    open_plans = [plan for plan in plans if plan.layout.open_targets]
    filled: set[str] = set()
    for plan in open_plans:
        names = variant_names(plan.layout, column_letters, True)
        waiting = {column_letters(index).encode(): index for index, name in names.items() if name not in filled}
        for row in plan.sample:
            for index in [i for i in waiting.values() if row.number >= plan.first_row and row.values.get(i)]:
                filled.add(names[index])
                del waiting[column_letters(index).encode()]
        if waiting and _any_value(plan.sheet, waiting):
            for row in rows(plan.sheet, book.strings, waiting):
                if row.number >= plan.first_row:
                    filled.update(names[index] for index, text in row.values.items() if text)
    for plan in open_plans if filled else []:
        names = variant_names(plan.layout, column_letters, True)
        empty = [index for index, name in names.items() if name not in filled]
        if len(empty) < len(names):
            for index in empty:
                del plan.layout.columns[index]


def _any_value(sheet: Sheet, columns: Mapping[bytes, int]) -> bool:
    """A quick look whether any cell of these columns may have a value at all."""
    usual = rb'<%bc r="(?:%b)[0-9]+"(?: s="[0-9]+")?(?: t="[a-zA-Z]+")?>' % (sheet.prefix, b"|".join(columns))
    if re.compile(usual).search(sheet.scan, *sheet.region):
        return True
    odd = re.compile(rb'<%bc(?: (?!r=")|>)' % sheet.prefix)  # a cell that does not begin with its name
    return odd.search(sheet.scan, *sheet.region) is not None
