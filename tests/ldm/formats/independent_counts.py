"""Segments counted without our readers, by other libraries or by counters of a few lines written here."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl

# Files that the reader must refuse, and what the refusal must name.
REFUSED = {
    "formats/gamexml/malformed.xml": "line 3",
    "formats/json/tolgee-errors-duplicate-keys.json": "line 3",
    "formats/properties/omegat-bad-unicode-escape.properties": "line 2",
    "formats/tmx/omegat-invalid.tmx": "line 12, column 6",
    "formats/xlsx/omegat-spreadsheetml2003.xml": "Data (2)",  # no rule can be guessed: the message names the elements
}
# Files that are odd and read all the same: the warnings must say so.
WARNED = {
    "formats/po/translate-broken-mixedeol.po": "line ends",
    "formats/xlsx/tolgee-empty-key-column.xlsx": "no target column",
    "formats/properties/tolgee-example.properties": "is there 2 times",
}
# The plural forms that are there, where neither header nor name tells how many are needed.
NPLURALS = {"omegat-be-cp1251-crlf.po": 2}
# Tables: the source's column, the targets' columns (0-based), looked up by a person.
TABLES: dict[str, tuple[int, tuple[int, ...]]] = {
    "formats/MANIFEST.tsv": (1, (2,)),
    "formats/csv/godot-text.csv": (1, (2, 3)),
    "formats/csv/tolgee-comma.csv": (1, (2,)),
    "formats/csv/tolgee-semicolon.csv": (1, (2,)),
    "formats/csv/tolgee-tab.csv": (1, (2,)),
    "formats/glossary/matecat-full-structure.csv": (4, (7, 10)),
    "formats/glossary/omegat-utf16le.txt": (0, (1,)),
    "spd/glossary_v3.3.6.tsv": (2, (1, 3, 4, 5, 6, 7)),
    "spd/pairs/v2.0.0__v2.5.0.tsv": (1, (7,)),
    "spd/pairs/v2.5.0__v3.3.6.tsv": (1, (7,)),
    "spd/v2.0.0.tsv": (2, (1, 3, 4)),
    "spd/v2.5.0.tsv": (2, (1, 3, 4)),
    "spd/v3.3.6.tsv": (2, (1, 3, 4, 5, 6, 7)),
    "stardew/new.tsv": (2, (1, 3, 4, 5, 6, 7)),
    "stardew/old.tsv": (2, (1, 3, 4, 5, 6, 7)),
    "stardew/pair_old__new.tsv": (1, (10,)),
    "tor_gm/pair_2021-10-07__2021-12-04.tsv": (1, (5,)),
    "tor_gm/pair_2021-12-04__2022-08-17.tsv": (1, (5,)),
}
# Workbooks: the header's row, the titles of the source and of the targets.
WORKBOOKS: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "formats/xlsx/locanext-14col-brtags.xlsx": (1, "StrOrigin", ("Str",)),
    "formats/xlsx/tolgee-empty-key-column.xlsx": (2, "en", ("",)),
    "formats/xlsx/tolgee-example.xlsx": (1, "en", ("cs",)),
    "tor_gm/Strings_2021-10-07.xlsx": (1, "English", ("Japanese",)),
    "tor_gm/Strings_2021-12-04.xlsx": (1, "English", ("Japanese",)),
    "tor_gm/Strings_2022-08-17.xlsx": (1, "English", ("Japanese", "SChinese")),
}


def counted(path: Path, name: str) -> int:
    """The number of segments of the file at `path`, whose place in the data folder is `name`."""
    if name in WORKBOOKS:
        return of_workbook(path, *WORKBOOKS[name])
    data = path.read_bytes()
    if name in TABLES:
        return of_table(data, name, *TABLES[name])
    if path.suffix == ".po":
        return of_catalogue(data, path.name)
    counters: dict[str, Callable[[bytes], int]] = {
        ".json": of_json,
        ".arb": of_arb,
        ".properties": of_properties,
        ".xml": of_xml,
        ".tmx": of_memory,
        ".tbx": of_terms,
    }
    return counters[path.suffix](data)


def of_properties(data: bytes) -> int:
    """Logical lines that are neither blank nor a comment; a line ending in an odd number of `\\` goes on."""
    text = data.decode("utf-8-sig")
    count, continued = 0, False
    for line in re.split(r"\r\n|\r|\n", text):
        bare = line.lstrip(" \t\f")
        if not continued and (not bare or bare[0] in "#!"):
            continue
        count += not continued
        continued = (len(line) - len(line.rstrip("\\"))) % 2 == 1
    return count


def of_json(data: bytes) -> int:
    """Every string value of a document with comments and trailing commas."""
    return _strings(_loaded(data))


def of_arb(data: bytes) -> int:
    """Every string value, but those of the names that begin with @."""
    return sum(_strings(value) for name, value in _loaded(data).items() if not name.startswith("@"))


def _loaded(data: bytes) -> Any:
    text = data.decode("utf-8-sig")
    # A string is matched first, so that what looks like a comment inside one stays.
    bare = re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', lambda m: m[1] or " ", text, flags=re.DOTALL)
    return json.loads(re.sub(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', lambda m: m[1] or "", bare), strict=False)


def _strings(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_strings, value.values()))
    return sum(map(_strings, value)) if isinstance(value, list) else int(isinstance(value, str))


def of_catalogue(data: bytes, filename: str) -> int:
    """Lines that begin with `msgid`, without the header's; a plural one counts as often as the header says."""
    messages = len(re.findall(rb"^msgid\s", data, re.MULTILINE))
    plurals = len(re.findall(rb"^msgid_plural\s", data, re.MULTILINE))
    headers = len(re.findall(rb'^msgid ""\r*\nmsgstr', data, re.MULTILINE))
    told = re.search(rb"nplurals=(\d+)", data)
    forms = int(told[1]) if told else NPLURALS.get(filename, 1)
    return messages - headers - plurals + plurals * forms


def of_table(data: bytes, name: str, source: int, targets: Sequence[int]) -> int:
    """Cells of the targets' columns in rows where they or the source have text."""
    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8-sig")
    rows = list(_rows(text, name))
    body = rows if name.endswith(".txt") else rows[1:]
    return sum(1 for row in body for target in targets if _cell(row, source) or _cell(row, target))


def _rows(text: str, name: str) -> Iterator[list[str]]:
    if not name.endswith(".csv"):
        return (line.split("\t") for line in re.split(r"\r\n|\n", text) if line)
    first = text.split("\n", 1)[0]
    delimiter = next(sign for sign in ("\t", ";", ",") if sign in first)
    escape = "\\" if '\\"' in text else None
    return (r for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, escapechar=escape) if r)


def _cell(row: Sequence[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def of_workbook(path: Path, header: int, source: str, targets: Sequence[str]) -> int:
    """Target cells of every sheet, in rows below the header where they or the source have text.

    A title "" is the column after the last.
    """
    count = 0
    for sheet in openpyxl.load_workbook(path).worksheets:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=header)]
        titles = [*map(str, rows[0]), ""]
        wanted = [titles.index(title) for title in targets]
        for row in rows[1:]:
            values = ["" if value is None else str(value) for value in (*row, None)]
            count += sum(1 for target in wanted if values[titles.index(source)] or values[target])
    return count


def of_xml(data: bytes) -> int:
    """LocStr elements with a Str or a StrOrigin; else `string` elements with text of their own."""
    elements = list(ElementTree.fromstring(data).iter())
    locstr = [element.attrib for element in elements if element.tag.lower() == "locstr"]
    if locstr:
        folded = ({name.lower(): value for name, value in attributes.items()} for attributes in locstr)
        return sum(1 for attributes in folded if attributes.get("str") or attributes.get("strorigin"))
    strings = (element for element in elements if element.tag == "string")
    return sum(1 for e in strings if ((e.text or "") + "".join(child.tail or "" for child in e)).strip())


def of_memory(data: bytes) -> int:
    """Texts that are not in the header's language, and a missing one for each unit and language of the file."""
    root = ElementTree.fromstring(data)
    source = root.find("header").get("srclang", "").lower()  # type: ignore[union-attr]
    units = [[_language(tuv) for tuv in unit.iter("tuv")] for unit in root.iter("tu")]
    others = {language for unit in units for language in unit} - {source}
    return sum(max(1, unit.count(language)) for unit in units for language in others)


def of_terms(data: bytes) -> int:
    """Terms that are not in the root's language; the file has no concept without one."""
    root = ElementTree.fromstring(data)
    source = _language(root)
    sets = [one for one in root.iter("langSet") if _language(one) != source]
    return sum(len(list(one.iter("term"))) for one in sets)


def _language(element: ElementTree.Element) -> str:
    return (element.get("{http://www.w3.org/XML/1998/namespace}lang") or element.get("lang") or "").lower()
