"""A workbook's parts: which sheets there are, where they lie, their tables and formulas."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from . import xlsx_xml as xml
from .base import FormatError
from .xlsx_package import Member, Package, open_package
from .xlsx_sheet import Sheet, column_index, load_sheet
from .xlsx_strings import SharedStrings, read_strings

# What may stand before calcPr in a workbook, in the order the schema asks for.
_BEFORE_CALCULATION = ("sheets", "functionGroups", "externalReferences", "definedNames")


@dataclass(frozen=True, slots=True)
class Area:
    """A table's header cells, or any block of cells: rows 1-based, columns 0-based, all inclusive."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(slots=True)
class SheetInfo:
    """One worksheet of the workbook, in tab order."""

    name: str
    member: Member
    hidden: bool
    header_areas: list[Area] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """An opened workbook. `strings` is empty until `load_strings`."""

    package: Package
    workbook: Member
    sheets: list[SheetInfo]
    strings_member: Member | None
    strings: SharedStrings = field(default_factory=SharedStrings)
    has_formulas: bool = False

    def load_strings(self) -> None:
        """Read the shared strings. Raises FormatError when they are malformed."""
        if self.strings_member:
            content = self.package.inflate(self.strings_member)
            self.strings = read_strings(content, self.strings_member.name)

    def load_sheet(self, info: SheetInfo, checked: bool = False) -> Sheet:
        """Unpack and check a worksheet (`checked`: again). Raises FormatError naming the sheet."""
        sheet = load_sheet(self.package.inflate(info.member), info.name, checked)
        self.has_formulas = self.has_formulas or sheet.has_formulas
        return sheet


def open_book(data: bytes, max_total_bytes: int) -> Book:
    """Open a workbook. Raises FormatError when it is none, or beyond the limits."""
    package = open_package(data, max_total_bytes)
    workbook = _workbook_part(package)
    root = _part(package, workbook)
    if not isinstance(root.tag, str) or not root.tag.endswith("}workbook"):
        raise FormatError("not a workbook", workbook.name)
    relations = dict(_relations(package, workbook))
    sheets: list[SheetInfo] = []
    names: set[str] = set()
    for element in root.iterfind("{*}sheets/{*}sheet"):
        name = str(element.get("name", ""))
        relation = next((str(v) for k, v in element.attrib.items() if str(k).endswith("}id")), "")
        kind, target = relations.get(relation, ("", ""))
        if kind and kind != "worksheet":
            continue  # a chart sheet or a macro sheet has no cells to translate
        member = package.find(target) if target else None
        if member is None:
            raise FormatError("the workbook names a sheet that is not in it", name)
        if not name or name.lower() in names:
            raise FormatError("two sheets have the same name, or one has none", name or workbook.name)
        names.add(name.lower())
        hidden = element.get("state") in ("hidden", "veryHidden")
        sheets.append(SheetInfo(name, member, hidden, list(_header_areas(package, member))))
    if not sheets:
        raise FormatError("the workbook has no worksheet", workbook.name)
    strings = next((target for kind, target in relations.values() if kind == "sharedStrings"), "")
    return Book(package, workbook, sheets, package.find(strings) if strings else None)


def set_full_calculation(data: bytes, place: str) -> bytes | bytearray:
    """The workbook part with `fullCalcOnLoad` set, nothing else changed."""
    utf8, encoding = xml.to_utf8(data, place)
    scan = xml.mask(utf8)
    found = re.search(rb"<(?:[\w.-]+:)?calcPr(?=[\s/>])[^<>]*>", scan)
    if found:
        tag = xml.set_attribute(utf8[found.start() : found.end()], b"fullCalcOnLoad", b"1")
        return xml.from_utf8(utf8[: found.start()] + tag + utf8[found.end() :], encoding)
    prefix, at = b"", -1
    for name in _BEFORE_CALCULATION:
        pattern = rb"</((?:[\w.-]+:)?)%b\s*>|<((?:[\w.-]+:)?)%b(?:\s[^<>]*)?/>" % (name.encode(), name.encode())
        for end in re.finditer(pattern, scan):
            if end.end() > at:
                prefix, at = end[1] or end[2] or b"", end.end()
    if at < 0:
        raise FormatError("the workbook has no list of sheets", place)
    return xml.from_utf8(utf8[:at] + b'<%bcalcPr fullCalcOnLoad="1"/>' % prefix + utf8[at:], encoding)


def _part(package: Package, member: Member) -> etree._Element:
    utf8, _ = xml.to_utf8(package.inflate(member), member.name)
    return xml.check_small(utf8, member.name)


def _workbook_part(package: Package) -> Member:
    target = ""
    if package.find("_rels/.rels"):
        values = [value for _, value in _read_relations(package, "_rels/.rels", "")]
        target = next((path for kind, path in values if kind == "officeDocument"), "")
    member = package.find(target or "xl/workbook.xml")
    if member is None and package.find("xl/workbook.bin") is None:
        raise FormatError("This is not an .xlsx workbook (it has no workbook part)")
    if member is None or member.name.lower().endswith(".bin"):
        raise FormatError("This is a binary workbook (.xlsb). Save it as .xlsx")
    return member


def _relations(package: Package, member: Member) -> Iterator[tuple[str, tuple[str, str]]]:
    """Id to (last word of the type, part name) of a part's relations."""
    folder, name = posixpath.split(member.name.replace("\\", "/"))
    return _read_relations(package, f"{folder}/_rels/{name}.rels", folder)


def _read_relations(package: Package, name: str, folder: str) -> Iterator[tuple[str, tuple[str, str]]]:
    member = package.find(name)
    if member is None:
        return
    for element in _part(package, member).iterfind("{*}Relationship"):
        if element.get("TargetMode") == "External":
            continue
        target = str(element.get("Target", "")).replace("\\", "/")
        path = target if target.startswith("/") else posixpath.join(folder, target)
        kind = str(element.get("Type", "")).rsplit("/", 1)[-1]
        yield str(element.get("Id", "")), (kind, posixpath.normpath(path).lstrip("/"))


def _header_areas(package: Package, sheet: Member) -> Iterator[Area]:
    """The header cells of a sheet's tables: Excel repairs a file in which they differ from the table."""
    for _, (kind, target) in _relations(package, sheet):
        member = package.find(target) if kind == "table" else None
        if member is None:
            continue
        root = _part(package, member)
        found = re.fullmatch(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})", str(root.get("ref", "")))
        if not found:
            raise FormatError("the table has no range of cells", member.name)
        header_rows = str(root.get("headerRowCount", "1"))
        if header_rows.isdecimal() and 0 < int(header_rows) < 1000:
            top = int(found[2])
            left, right = column_index(found[1].encode()), column_index(found[3].encode())
            yield Area(top, top + int(header_rows) - 1, left, right)
