"""What the checks say of rows at this moment; nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from apps.ldm.checks.findings import Finding, LengthLimit
from apps.ldm.checks.run import check_row
from apps.ldm.models import File, Row
from apps.ldm.selectors.check_rules import FileRules, limits_of


class Facts(NamedTuple):
    """What the checks want to know of a row."""

    pk: int
    source: str
    target: str
    plural: str
    max_length: int | None

    @classmethod
    def of(cls, row: Row) -> Facts:
        """Of a loaded row; one that is no more in the file has no text."""
        target = row.target if row.removed_at is None else ""
        return cls(row.pk, row.source, target, row.plural, row.max_length)


def find(rules: FileRules, row: Facts, limit: LengthLimit | None = None) -> list[Finding]:
    """What the checks say of a row."""
    return check_row(
        row.source,
        row.target,
        rules.rules,
        plural=row.plural,
        max_length=row.max_length,
        limits=() if limit is None else (limit,),
        kinds=rules.kinds,
    )


def find_in(file: File, rules: FileRules, rows: Sequence[Facts]) -> dict[int, list[Finding]]:
    """What the checks say of rows of one file; rows with nothing are not in it."""
    limits = limits_of(file, rules.lengths, (row.pk for row in rows)) if rules.lengths else {}
    found = ((row.pk, find(rules, row, limits.get(row.pk))) for row in rows)
    return {pk: findings for pk, findings in found if findings}
