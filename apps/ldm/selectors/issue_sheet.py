"""The open findings of a file as a sheet for people: one line a finding."""

from __future__ import annotations

import io
from collections.abc import Callable

from django.utils.translation import gettext as _

from apps.ldm.checks.findings import ERROR
from apps.ldm.formats.text_workbook import TextWorkbook
from apps.ldm.models import File
from apps.ldm.selectors import issues
from apps.ldm.selectors.issue_words import KIND_NAMES, SEVERITIES, SEVERITY_NAMES, sentence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 50_000
_CELL = 32_767
"""Characters that a cell holds."""


def build(file: File, progress: Callable[[int, int], None] = lambda done, total: None) -> tuple[str, bytes, int]:
    """(name, XLSX, findings in it); at most 50,000 of them, in the order of rows."""
    out = io.BytesIO()
    book = TextWorkbook(out)
    sheet = book.add_worksheet(_("Findings")[:31])
    head = [_("Row"), _("Key"), _("Check"), _("Severity"), _("Finding"), _("Source"), _("Target")]
    sheet.freeze_panes(1, 0)
    for column, width in enumerate((8, 28, 18, 10, 50, 60, 60)):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, head, book.add_format({"bold": True}))
    found = issues.in_file(file).order_by(*issues.LIST_ORDER)[:MOST]
    rows = 0
    for rows, issue in enumerate(found.iterator(chunk_size=2000), 1):
        row = issue.row
        severity = SEVERITY_NAMES[SEVERITIES[issue.severity >= ERROR]]
        words = sentence(issue.kind, issue.code, issue.detail)
        cells = [row.key, str(KIND_NAMES.get(issue.kind, issue.kind)), str(severity), words, row.source, row.target]
        sheet.write_number(rows, 0, row.position + 1)
        for column, cell in enumerate(cells, 1):
            sheet.write_string(rows, column, cell[:_CELL])
        if not rows % 1000:
            progress(rows, min(MOST, rows))
    sheet.autofilter(0, 0, max(1, rows), len(head) - 1)
    book.close()
    return f"{file.name} {_('findings')}.xlsx", out.getvalue(), rows
