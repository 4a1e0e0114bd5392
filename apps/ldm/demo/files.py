"""The demo's files as bytes, in the three layouts game teams send: LocStr XML, 9-column text, Excel."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import quoteattr

import xlsxwriter

from .rows import DemoRow, dialogues, items, pitches, quests

CHAPTERS = ((1, 32), (33, 64))
ITEM_HEADER = ("StringID", "원문", "ENG", "Max", "NPC", "메모", "길이")
DIALOGUE_HEADER = ("StringID", "원문", "ENG", "Max", "NPC")


def demo_files() -> list[tuple[str, bytes]]:
    """Every file with its path inside the project: always the same bytes."""
    chapters = list(quests())
    files = [
        (
            f"Quests/chapter_{index}.xml",
            quest_xml([(number, rows) for number, rows in chapters if first <= number <= last]),
        )
        for index, (first, last) in enumerate(CHAPTERS, 1)
    ]
    return [*files, ("Dialogue/harbor_dialogue.txt", dialogue_txt()), ("Items/items.xlsx", item_xlsx())]


def quest_xml(chapters: Iterable[tuple[int, Sequence[DemoRow]]]) -> bytes:
    """LocStr elements; `<br/>` and colours stand escaped in the attributes, as the client reads them."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<LanguageData Language="ENG" Version="1">']
    for number, rows in chapters:
        lines.append(f"  <!-- quest {number} -->")
        for row in rows:
            attributes = {"StringId": row.key, "StrOrigin": row.source, "Str": row.target}
            if row.speaker:
                attributes["Speaker"] = row.speaker
            if row.note:
                attributes["Desc"] = row.note
            if row.max_length:
                attributes["MaxLength"] = str(row.max_length)
            written = " ".join(f"{name}={_quoted(value)}" for name, value in attributes.items())
            lines.append(f"  <LocStr {written} />")
    lines.append("</LanguageData>")
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def _quoted(value: str) -> str:
    """An attribute value in double quotes, whatever it holds."""
    return quoteattr(value.replace('"', "\0")).replace("\0", "&quot;")


def dialogue_txt() -> bytes:
    """Nine columns without a header: five of the id, Korean, English, voice file, remark; short lines are ragged."""
    lines = []
    for number, (person, row) in enumerate(dialogues()):
        scene, index = row.key.split(" ")
        key = ["39", str(7924100 + int(scene)), str(1800 + person.name.number), index, "3" if row.lead_codes else "0"]
        cells = [*key, row.source, row.target]
        if row.lead_codes:
            cells += [f"vo/{person.code.lower()}/{scene}_{index}.ogg", "" if number % 5 else "재녹음 필요"]
        elif number % 3 == 1:
            cells.append("")
        lines.append("\t".join(cell.replace("\n", "\\n") for cell in cells))
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def item_xlsx() -> bytes:
    """Two sheets with a styled header; the first counts its English with a formula a row."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": "Ashen Passage items", "created": datetime.datetime(2026, 1, 5, 9, 0)})
        header = book.add_format({"bold": True, "bg_color": "#DAEEF3", "border": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _sheet(book, "Items", ITEM_HEADER, list(items()), header, wrapped)
        _sheet(book, "Dialogue", DIALOGUE_HEADER, list(pitches()), header, wrapped)
    return buffer.getvalue()


def _sheet(book: xlsxwriter.Workbook, name: str, header: Sequence[str], rows: list[DemoRow], *formats: object) -> None:
    """One sheet; an untranslated row has no target cell at all, as people leave it."""
    sheet = book.add_worksheet(name)
    head, wrapped = formats
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(header) - 1)
    sheet.set_column("A:A", 18)
    sheet.set_column("B:C", 46)
    for column, title in enumerate(header):
        sheet.write_string(0, column, title, head)
    for line, row in enumerate(rows, 1):
        sheet.write_string(line, 0, row.key)
        sheet.write_string(line, 1, row.source, wrapped)
        if row.target:
            sheet.write_string(line, 2, row.target, wrapped)
        sheet.write_number(line, 3, row.max_length)
        sheet.write_string(line, 4, row.speaker)
        if len(header) > 5:
            if row.note:
                sheet.write_string(line, 5, row.note)
            sheet.write_formula(line, 6, f"=LEN(C{line + 1})", None, len(row.target))
