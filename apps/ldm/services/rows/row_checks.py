"""Keeping the findings of the checks beside the rows: with every small edit, behind every large act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.checks.findings import ERROR, Finding
from apps.ldm.models import File, Row, RowIssue, Status
from apps.ldm.selectors import check_rules, issue_words
from apps.ldm.selectors.row_findings import Facts, find_in
from apps.ldm.services.checks import keeping, whole_file
from locanext_project.errors import Conflict


class CheckFailed(Conflict):
    """A row is not confirmed: a check that the project's leads chose finds an error in it. `details` name it."""

    code = "check_failed"


def keep(file: File, row: Row) -> bool:
    """Check one row whose text changed, in the caller's transaction; whether there is a finding."""
    return keeping.keep_one(file, check_rules.rules_of(file), row)


def keep_many(*, actor: User, file: File, rows: Sequence[Row], at_once: bool) -> None:
    """Check rows that one act changed: in the caller's transaction, or as a task where they are many.

    `at_once` is whether the act raised the file's mark of checked rows with its revision.
    """
    if not at_once:
        whole_file.submit(actor=actor, file=file)
    elif rows:
        keeping.keep_rows(file, check_rules.rules_of(file), [Facts.of(row) for row in rows])


def refuse(file: File, row: Row, fields: Mapping[str, Any]) -> None:
    """Raises CheckFailed where `fields` would confirm a text with an error of a kind that the project refuses.

    No query where the project refuses none, as a rule.
    """
    status = fields.get("status", row.status)
    if status < Status.CONFIRMED or (status <= row.status and "target" not in fields):
        return
    kinds = check_rules.blocking_kinds(file.project)
    if not kinds:
        return
    facts = Facts.of(row)._replace(target=fields.get("target", row.target))
    found = find_in(file, check_rules.rules_of(file), [facts]).get(row.pk, [])
    errors = [one for one in found if one.kind in kinds and one.severity == ERROR]
    if not errors:
        return
    dismissed = RowIssue.objects.filter(row_id=row.pk, dismissed_at__isnull=False)
    known = set(dismissed.values_list("fingerprint", flat=True))
    if left := [one for one in errors if one.fingerprint not in known]:
        raise CheckFailed(
            _("This row is not confirmed: %(finding)s") % {"finding": _sentence(left[0])},
            issues=[issue_words.finding_json(one) for one in left],
        )


def _sentence(finding: Finding) -> str:
    return issue_words.sentence(finding.kind, finding.code, finding.words)
