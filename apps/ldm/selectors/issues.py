"""Findings of the checks: lists, counts, those of some rows, and those of a text that is being typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from apps.ldm.checks.findings import KINDS
from apps.ldm.models import File, Row, RowIssue
from apps.ldm.selectors import check_rules
from apps.ldm.selectors.issue_words import finding_json, issue_json
from apps.ldm.selectors.row_findings import Facts, find_in
from locanext_project.errors import Invalid
from locanext_project.prepared import Prepared, instance

MOST_TYPED = 50
MOST_ROWS = 500
LIST_ORDER = ("row__position", "pk")
_ISSUE_COLUMNS = tuple(field.attname for field in RowIssue._meta.concrete_fields)
_of_row = Prepared(
    lambda row_id: RowIssue.objects.filter(row_id=row_id).order_by("-severity", "pk").values_list(*_ISSUE_COLUMNS)
)


def present(issue: RowIssue) -> dict[str, Any]:
    """A kept finding as the API shows it."""
    dismissed = issue.dismissed_at is not None
    found = issue_json(issue.pk, issue.kind, issue.code, issue.severity, issue.detail, dismissed)
    if dismissed:
        found["dismissed_by"] = {"id": issue.dismissed_by_id, "name": issue.dismissed_by_name}
        found["dismissed_at"] = issue.dismissed_at
    return found


def present_in_list(issue: RowIssue) -> dict[str, Any]:
    """A finding with the row it is in; `row` must be loaded."""
    row = issue.row
    place = {
        "row_id": row.pk,
        "n": row.position + 1,
        "key": row.key,
        "source_text": row.source,
        "target_text": row.target,
    }
    return present(issue) | place


def in_file(file: File, *, kind: str = "", dismissed: bool = False) -> QuerySet[RowIssue]:
    """The findings of a file with their rows, for a list in LIST_ORDER. Raises Invalid naming the valid kinds."""
    found = RowIssue.objects.filter(
        file_id=file.pk, dismissed_at__isnull=not dismissed, row__position__gte=0
    ).select_related("row")
    if not kind:
        return found
    if kind not in KINDS:
        raise Invalid(
            _("There is no check %(kind)r. The checks are %(choices)s.") % {"kind": kind, "choices": ", ".join(KINDS)},
            field="kind",
        )
    return found.filter(kind=kind)


def counts(file: File) -> dict[str, Any]:
    """{"checked_revision", "revision", "by_kind": {kind: open findings}, "open", "dismissed"}.

    From one index, however many rows the file has.
    """
    issues = RowIssue.objects.filter(file_id=file.pk)
    by_kind, dismissed = dict.fromkeys(KINDS, 0), 0
    counted = issues.values_list("kind").annotate(
        n=Count("pk"), closed=Count("pk", filter=Q(dismissed_at__isnull=False))
    )
    for kind, total, closed in counted.order_by("kind"):
        by_kind[kind] = total - closed
        dismissed += closed
    return {
        "checked_revision": file.checked_revision,
        "revision": file.revision,
        "by_kind": by_kind,
        "open": sum(by_kind.values()),
        "dismissed": dismissed,
    }


def open_counts(file_ids: Collection[int]) -> dict[int, int]:
    """Open findings of some files; files without any are not in it."""
    issues = RowIssue.objects.filter(file_id__in=list(file_ids), dismissed_at__isnull=True)
    return dict(issues.values_list("file_id").annotate(n=Count("pk")).order_by("file_id"))


def of_rows(file: File, row_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The findings of some rows of a file, errors first; every row that was asked for is in it."""
    found: dict[int, list[dict[str, Any]]] = {pk: [] for pk in row_ids}
    issues = RowIssue.objects.filter(row_id__in=list(found), file_id=file.pk).order_by("-severity", "pk")
    for issue in issues:
        found[issue.row_id].append(present(issue))
    return found


def of_row(row_id: int) -> list[dict[str, Any]]:
    """The findings of one row that the caller may see, errors first."""
    return [present(instance(RowIssue, _ISSUE_COLUMNS, values)) for values in _of_row(row_id)]


def of_typed(file: File, typed: Mapping[int, str]) -> dict[int, list[dict[str, Any]]]:
    """What the checks say of targets that nobody saved; nothing is kept. Rows of other files are left out."""
    rows = Row.objects.filter(pk__in=list(typed), file_id=file.pk)
    facts = [
        Facts(pk, source, typed[pk], plural, most)
        for pk, source, plural, most in rows.values_list("pk", "source", "plural", "max_length")
    ]
    found = find_in(file, check_rules.rules_of(file), facts)
    kept = {
        (row_id, fingerprint): (pk, dismissed_at is not None)
        for pk, row_id, fingerprint, dismissed_at in RowIssue.objects.filter(
            row_id__in=list(found), file_id=file.pk
        ).values_list("pk", "row_id", "fingerprint", "dismissed_at")
    }
    nothing = (None, False)
    return {
        row.pk: [finding_json(one, *kept.get((row.pk, one.fingerprint), nothing)) for one in found.get(row.pk, ())]
        for row in facts
    }


def limits_of_typed(file: File, ids: Collection[int]) -> dict[int, dict[str, int | None]]:
    """The limits that the rules of length give to rows of the file: {"characters", "lines"}, each may be null."""
    lengths = check_rules.rules_of(file).lengths
    if not lengths:
        return {}
    own = Row.objects.filter(pk__in=list(ids), file_id=file.pk).values_list("pk", flat=True)
    limits = check_rules.limits_of(file, lengths, own)
    return {pk: {"characters": limit.characters, "lines": limit.lines} for pk, limit in limits.items()}
