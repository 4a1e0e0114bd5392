"""Small workbooks made by hand, part by part, for the tests of the Excel format."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def si(text: str) -> str:
    """A plain shared string."""
    return f"<si><t>{text}</t></si>"


def sheet_xml(rows: str, before: str = "", after: str = "", prefix: str = "", main: str = MAIN) -> str:
    """A worksheet part around the inside of `sheetData`."""
    p = f"{prefix}:" if prefix else ""
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    return (
        f'{HEAD}<{p}worksheet {name}="{main}" xmlns:r="{RELATIONS}">{before}'
        f"<{p}sheetData>{rows}</{p}sheetData>{after}</{p}worksheet>"
    )


def workbook(
    sheets: Mapping[str, str],
    strings: Sequence[str] = (),
    *,
    states: Mapping[str, str] | None = None,
    tables: Mapping[str, str] | None = None,
    workbook_tail: str = "",
    folder: str = "worksheets",
    main: str = MAIN,
    extra: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook of ready worksheet parts. `strings` are whole `si` elements; `tables` maps a sheet to a range."""
    states, tables = states or {}, tables or {}
    entries, relations, overrides = [], [], []
    parts: dict[str, str | bytes] = {}
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    for number, (name, xml) in enumerate(sheets.items(), 1):
        state = f' state="{states[name]}"' if name in states else ""
        entries.append(f'<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>')
        path = f"{folder}/part{number}.xml"
        relations.append(f'<Relationship Id="rId{number}" Type="{kind}/worksheet" Target="{path}"/>')
        overrides.append(f'<Override PartName="/xl/{path}" ContentType="{content}.worksheet+xml"/>')
        if name in tables:
            table = f"tables/table{number}.xml"
            parts[f"xl/{folder}/_rels/part{number}.xml.rels"] = (
                f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
                f'<Relationship Id="rId1" Type="{kind}/table" Target="../{table}"/></Relationships>'
            )
            parts[f"xl/{table}"] = _table(number, tables[name])
            overrides.append(f'<Override PartName="/xl/{table}" ContentType="{content}.table+xml"/>')
        parts[f"xl/{path}"] = xml
    if strings:
        relations.append(f'<Relationship Id="rId99" Type="{kind}/sharedStrings" Target="/xl/sharedStrings.xml"/>')
        overrides.append(f'<Override PartName="/xl/sharedStrings.xml" ContentType="{content}.sharedStrings+xml"/>')
        counts = f'count="{len(strings) + 1}" uniqueCount="{len(strings)}"'
        parts["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{main}" {counts}>{"".join(strings)}</sst>'
    first: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="bin" ContentType="application/octet-stream"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content}.sheet.main+xml"/>{"".join(overrides)}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{main}" xmlns:r="{RELATIONS}"><sheets>{"".join(entries)}</sheets>'
        f"{workbook_tail}</workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f"{''.join(relations)}</Relationships>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for path, part in {**first, **parts, **(extra or {})}.items():
            info = zipfile.ZipInfo(path, (2021, 3, 4, 5, 6, 8))
            info.compress_type = zipfile.ZIP_STORED if path.endswith(".bin") else zipfile.ZIP_DEFLATED
            info.external_attr = 0o640 << 16
            info.comment = b"a part" if path.endswith("workbook.xml") else b""
            package.writestr(info, part)
        package.comment = b"made by hand"
    return stream.getvalue()


def _table(number: int, area: str) -> str:
    columns = "".join(f'<tableColumn id="{i}" name="Column{i}"/>' for i in (1, 2, 3))
    return (
        f'{HEAD}<table xmlns="{MAIN}" id="{number}" name="Table{number}" displayName="Table{number}" ref="{area}">'
        f'<autoFilter ref="{area}"/><tableColumns count="3">{columns}</tableColumns></table>'
    )


def part(data: bytes, name: str) -> bytes:
    """The content of one part."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def raw_members(data: bytes) -> dict[str, tuple[object, ...]]:
    """Everything about every member that a rewrite must keep, with the raw packed bytes, in order."""
    found: dict[str, tuple[object, ...]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for info in package.infolist():
            at = info.header_offset
            header = data[at : at + 30]
            start = at + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
            found[info.filename] = (
                data[start : start + info.compress_size],
                info.date_time,
                info.flag_bits,
                info.compress_type,
                info.external_attr,
                info.create_version,
                info.extract_version,
                info.create_system,
                info.extra,
                info.comment,
                data[at + 30 : start],
            )
    return found


def texts(row: int, *values: str) -> str:
    """A row of inline strings from column A on."""
    cells = "".join(
        f'<c r="{chr(65 + i)}{row}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
        for i, value in enumerate(values)
    )
    return f'<row r="{row}">{cells}</row>'
