"""`bench files`: reading, importing, bulk loading and exporting, as ratios to plain baselines."""

from __future__ import annotations

import io
import tempfile
import uuid
import xml.parsers.expat
from collections.abc import Callable
from pathlib import Path

import openpyxl
import python_calamine
from django.core.management import call_command

from apps.accounts.models import User
from apps.ldm import formats
from apps.ldm.benchmarks.place import bench_project
from apps.ldm.benchmarks.tables import Peak, Table, seconds
from apps.ldm.models import File, Project, Row
from apps.ldm.services.files import row_values
from apps.ldm.services.files.export_file import build
from apps.ldm.services.files.import_file import import_file, read_incoming
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load

Say = Callable[[str], None]


def corpus(rows: int, kind: str) -> bytes:
    """A generated file of the demo's kind of text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"corpus.{kind}"
        call_command("make_corpus", rows=rows, format=kind, out=path, stdout=io.StringIO())
        return path.read_bytes()


def run(scale: float, say: Say) -> list[Table]:
    """Run everything; `scale` 1 is 200,000 XML rows and 100,000 Excel rows."""
    xml_rows, xlsx_rows = max(1000, int(200_000 * scale)), max(1000, int(100_000 * scale))
    tables = []
    with bench_project() as (actor, project):
        say(f"LocStr XML, {xml_rows:,} rows")
        tables.append(_xml(actor, project, corpus(xml_rows, "xml"), xml_rows))
        say(f"Excel, {xlsx_rows:,} rows")
        tables.append(_xlsx(actor, project, corpus(xlsx_rows, "xlsx"), xlsx_rows))
        say("Bulk load")
        tables.append(_bulk(project, max(1000, int(50_000 * scale))))
    return tables


def _expat_pass(data: bytes) -> int:
    found: list[dict[str, str]] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        found.append(attributes)

    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = element
    parser.Parse(data, True)
    return len(found)


def _xml(actor: User, project: Project, data: bytes, rows: int) -> Table:
    table = Table(f"LocStr XML: {rows:,} rows, {len(data) / 1e6:.1f} MB")
    base, _ = seconds(lambda: _expat_pass(data), 3)
    table.add("expat pass", base, "s")
    read, _ = seconds(lambda: formats.read("corpus.xml", data), 3)
    table.add("read", read, "s", ratio=read / base, against="expat pass", at_most=4)
    with Peak() as peak:
        whole, files = seconds(
            lambda: import_file(actor=actor, project=project, folder=None, filename="corpus.xml", data=data), 2
        )
    table.add("whole import", whole, "s", ratio=whole / base, against="expat pass", at_most=10)
    allowed = 150 + 4 * len(data) / 1e6
    table.add("peak memory of the import", peak.megabytes, "MB", at_most=allowed)
    file = files[0]
    out, exported = seconds(lambda: build(actor=actor, file=File.objects.get(pk=file.pk)))
    table.add("export unchanged", out, "s", ratio=out / base, against="expat pass")
    table.add("bytes that differ", float(exported.data != data), "", at_most=0)
    return table


def _xlsx(actor: User, project: Project, data: bytes, rows: int) -> Table:
    table = Table(f"Excel: {rows:,} rows, {len(data) / 1e6:.1f} MB packed")

    def calamine() -> int:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)

    base, _ = seconds(calamine, 3)
    table.add("python-calamine reads", base, "s")
    read, document = seconds(lambda: formats.read("corpus.xlsx", data))
    table.add("read", read, "s", ratio=read / base, against="calamine")
    unpacked = _unpacked_mb(data)
    with Peak() as peak:
        whole, files = seconds(
            lambda: import_file(actor=actor, project=project, folder=None, filename="corpus.xlsx", data=data)
        )
    table.add("whole import", whole, "s", ratio=whole / base, against="calamine", at_most=6)
    table.add("peak memory of the import", peak.megabytes, "MB", at_most=150 + 4 * unpacked)
    Row.objects.filter(file=files[0]).update(target="One changed column", status=2)
    ours, _ = seconds(lambda: build(actor=actor, file=File.objects.get(pk=files[0].pk)))
    theirs, _ = seconds(lambda: _openpyxl_changes(data))
    table.add("openpyxl loads, changes a column, saves", theirs, "s")
    table.add("export with one changed column", ours, "s", ratio=theirs / ours, against="openpyxl", at_least=10)
    return table


def _unpacked_mb(data: bytes) -> float:
    import zipfile

    return sum(member.file_size for member in zipfile.ZipFile(io.BytesIO(data)).infolist()) / 1e6


def _openpyxl_changes(data: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=2):
            row[2].value = "One changed column"
    out = io.BytesIO()
    book.save(out)
    return out.tell()


def _bulk(project: Project, rows: int) -> Table:
    table = Table(f"Bulk load: {rows:,} rows")
    incoming = read_incoming(project, "bulk.txt", corpus(rows, "txt"))
    (prepared,) = incoming.prepared.values()
    segments = incoming.document.segments
    fields = row_values.fields_of(segments)

    def new_file(name: str) -> File:
        return File.objects.create(project=project, name=name, format="txt")

    def loaded() -> int:
        file = new_file(f"bulk-load {uuid.uuid4()}")
        with workspaces.atomic():
            return bulk_load(Row, fields, row_values.row_tuples(file.pk, segments, prepared, 1, fields))

    def created() -> int:
        file = new_file(f"bulk-create {uuid.uuid4()}")
        tuples = row_values.row_tuples(file.pk, segments, prepared, 1, fields)
        objects = [Row(**dict(zip(fields, values, strict=True))) for values in tuples]
        with workspaces.atomic():
            return len(Row.objects.bulk_create(objects, batch_size=1000))

    slow, _ = seconds(created, 2)
    fast, count = seconds(loaded, 3)
    table.add("bulk_create, batches of 1,000", slow, "s")
    table.add("bulk load", fast, "s", ratio=slow / fast, against="bulk_create", at_least=8)
    table.add("rows a second", count / fast, "rows/s")
    return table
