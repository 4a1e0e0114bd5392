"""The filter language said once more and otherwise: one row at a time, in plain Python."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import regex

from apps.ldm.checks import codes
from apps.ldm.models import File, Row, RowIssue, RowLease, RowRevision, Status
from apps.ldm.queries import All, Node, Not, Op, Term
from apps.ldm.queries import Any as AnyOf
from tests.ldm.services.rows.test_search import fold

PLACES = {"text": ("source", "target"), "any": ("key", "source", "target", "comment")}


@dataclass
class World:
    """A file's rows and what hangs on them, read at once."""

    file: File
    me: int | None
    now: datetime
    zone: ZoneInfo
    rows: list[Row] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = list(Row.objects.filter(file=self.file, position__gte=0).order_by("position"))
        self.sources = Counter(row.source_hash for row in self.rows)
        self.leased = set(RowLease.objects.filter(until__gt=self.now).values_list("row_id", flat=True))
        self.noted = {row_id for row_id, note in RowRevision.objects.values_list("row_id", "note") if note}
        self.open: dict[int, set[str]] = {}
        self.dismissed: set[int] = set()
        for row_id, kind, dismissed in RowIssue.objects.values_list("row_id", "kind", "dismissed_at"):
            if dismissed is None:
                self.open.setdefault(row_id, set()).add(kind)
            else:
                self.dismissed.add(row_id)

    def found(self, tree: Node) -> list[int]:
        """Ids in the order of the file."""
        return [row.pk for row in self.rows if self.holds(tree, row)]

    def holds(self, node: Node, row: Row) -> bool:
        if isinstance(node, All):
            return all(self.holds(part, row) for part in node.parts)
        if isinstance(node, AnyOf):
            return any(self.holds(part, row) for part in node.parts)
        if isinstance(node, Not):
            return not self.holds(node.part, row)
        return bool(getattr(self, f"_{node.field}", self._texts)(node, row))

    def _texts(self, term: Term, row: Row) -> bool:
        return any(text_fits(term, getattr(row, name)) for name in PLACES.get(term.field, (term.field,)))

    def _file(self, term: Term, row: Row) -> bool:
        return text_fits(term, self.file.name)

    def _status(self, term: Term, row: Row) -> bool:
        name = Status(row.status).label
        groups = {"todo": ("new", "original", "translated"), "done": ("confirmed", "reviewed", "approved")}
        return name in groups.get(term.value, (term.value,))

    def _origin(self, term: Term, row: Row) -> bool:
        return (row.origin or "none") == term.value

    def _score(self, term: Term, row: Row) -> bool:
        return row.score is not None and compared(term, row.score)

    def _n(self, term: Term, row: Row) -> bool:
        return compared(term, row.position + 1)

    def _length(self, term: Term, row: Row) -> bool:
        seen = codes.visible(row.target, codes.read(row.target))
        return compared(term, len(seen.replace("\n", "")))

    def _updated(self, term: Term, row: Row) -> bool:
        if row.edited_at is None:
            return False
        day = row.edited_at.astimezone(self.zone).date()
        today = self.now.astimezone(self.zone).date()
        first, last = days(term.value, today)
        if term.op is Op.BETWEEN:
            return first <= day <= days(term.until, today)[1]
        if term.op is Op.HAS:
            return first <= day and (day <= last or term.value.endswith("d"))
        return {
            Op.GREATER: day > last, Op.AT_LEAST: day >= first, Op.LESS: day < first, Op.AT_MOST: day <= last
        }[term.op]  # fmt: skip

    def _by(self, term: Term, row: Row) -> bool:
        return self._person(term, row.edited_by_id, row.edited_by_name)

    def _assignee(self, term: Term, row: Row) -> bool:
        of = row if row.assignee_id is not None else self.file
        return self._person(term, of.assignee_id, of.assignee_name)

    def _person(self, term: Term, pk: int | None, name: str) -> bool:
        if term.op is Op.HAS and term.value == "me":
            return pk is not None and pk == self.me
        if term.op is Op.HAS and term.value == "none":
            return pk is None
        return pk is not None and text_fits(term, name)

    def _has(self, term: Term, row: Row) -> bool:
        return {"comment": row.comment != "", "limit": row.max_length is not None, "note": row.pk in self.noted}[
            term.value
        ]

    def _is(self, term: Term, row: Row) -> bool:
        me = Term("by", Op.HAS, "me")
        values: dict[str, Any] = {
            "changed": row.source_changed,
            "locked": row.locked,
            "blank": row.blank_intended,
            "empty": row.target == "",
            "repeated": self.sources[row.source_hash] > 1,
            "leased": row.pk in self.leased,
            "conflict": False,  # sync's own tests have some
            "mine": self._by(me, row) or self._assignee(me, row),
        }
        return bool(values[term.value])

    def _check(self, term: Term, row: Row) -> bool:
        found = self.open.get(row.pk, set())
        if term.value in ("any", "none"):
            return bool(found) == (term.value == "any")
        if term.value == "dismissed":
            return row.pk in self.dismissed
        new = term.value == "untranslated" and row.status == 0 and not row.blank_intended
        return term.value in found or new


def text_fits(term: Term, text: str) -> bool:
    if term.op is Op.REGEX:
        return regex.search(term.value, text, regex.IGNORECASE if term.ignore_case else 0) is not None
    if term.op is Op.IS:
        return fold(term.value) == fold(text)
    return fold(term.value) in fold(text)


def compared(term: Term, value: int) -> bool:
    wanted = int(term.value)
    if term.op is Op.BETWEEN:
        return wanted <= value <= int(term.until)
    return {
        Op.HAS: value == wanted, Op.GREATER: value > wanted, Op.AT_LEAST: value >= wanted,
        Op.LESS: value < wanted, Op.AT_MOST: value <= wanted,
    }[term.op]  # fmt: skip


def days(text: str, today: date) -> tuple[date, date]:
    if text.endswith("d"):
        day = today - timedelta(days=int(text[:-1]))
        return day, day
    if text in ("today", "yesterday"):
        day = today - timedelta(days=text == "yesterday")
        return day, day
    year, *rest = (int(part) for part in text.split("-"))
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    if len(rest) == 1:
        following = date(year + rest[0] // 12, rest[0] % 12 + 1, 1)
        return date(year, rest[0], 1), following - timedelta(days=1)
    return date(year, *rest), date(year, *rest)
