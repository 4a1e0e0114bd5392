"""Findings beside their rows: what is new is written, what is gone is removed, what stays keeps its dismissal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from apps.ldm.checks.findings import Finding
from apps.ldm.models import File, Row, RowIssue
from apps.ldm.selectors.check_rules import FileRules
from apps.ldm.selectors.issue_words import detail_of
from apps.ldm.selectors.row_findings import Facts, find_in
from locanext_project.bulk_load import bulk_load
from locanext_project.chunks import chunks
from locanext_project.prepared import Prepared

CHUNK = 500
FEW = 20
"""Up to so many findings one statement is quicker than opening a COPY."""
_COLUMNS = ("row_id", "file_id", "kind", "code", "severity", "detail", "fingerprint")


class _Kept(NamedTuple):
    """A finding in the database."""

    pk: int
    row_id: int
    fingerprint: str
    severity: int
    detail: dict[str, Any]


_kept_columns = ("id", "row_id", "fingerprint", "severity", "detail")
_kept_of_row = Prepared(lambda row_id: RowIssue.objects.filter(row_id=row_id).values_list(*_kept_columns))
_kept_of_rows = Prepared(lambda *row_ids: RowIssue.objects.filter(row_id__in=row_ids).values_list(*_kept_columns))


def keep_one(file: File, rules: FileRules, row: Row) -> bool:
    """Check one row, and return whether anything is found: one query where nothing was and nothing is."""
    found = find_in(file, rules, [Facts.of(row)])
    kept = [_Kept(*values) for values in _kept_of_row(row.pk)]
    if found or kept:
        _write(file.pk, found, kept)
    return bool(found)


def keep_rows(file: File, rules: FileRules, rows: Sequence[Facts]) -> int:
    """Check rows of one file; how many findings they have now."""
    total = 0
    for chunk in chunks(rows, CHUNK):
        found = find_in(file, rules, chunk)
        _write(file.pk, found, [_Kept(*values) for values in _kept_of([row.pk for row in chunk])])
        total += sum(len(findings) for findings in found.values())
    return total


def _kept_of(row_ids: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    if len(row_ids) <= FEW:
        return _kept_of_rows(*row_ids)
    return RowIssue.objects.filter(row_id__in=row_ids).values_list(*_kept_columns)


def _write(file_id: int, found: dict[int, list[Finding]], kept: Iterable[_Kept]) -> None:
    there = {(issue.row_id, issue.fingerprint): issue for issue in kept}
    fresh: list[tuple[Any, ...]] = []
    for row_id, findings in found.items():
        for finding in findings:
            detail = detail_of(finding)
            issue = there.pop((row_id, finding.fingerprint), None)
            if issue is None:
                values = (finding.kind, finding.code, finding.severity, detail, finding.fingerprint)
                fresh.append((row_id, file_id, *values))
            elif issue.detail != detail or issue.severity != finding.severity:
                # Its places moved with the text around them.
                RowIssue.objects.filter(pk=issue.pk).update(detail=detail, severity=finding.severity)
    if there:
        RowIssue.objects.filter(pk__in=[issue.pk for issue in there.values()]).delete()
    if len(fresh) > FEW:
        bulk_load(RowIssue, _COLUMNS, fresh)
    elif fresh:
        RowIssue.objects.bulk_create(RowIssue(**dict(zip(_COLUMNS, one, strict=True))) for one in fresh)
