"""Every hit of a find and replace, a page at a time, and how many there are in all."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import File, Row, Status
from apps.ldm.services.rows.acts.replace import Replace, narrowed, refusal_words, replacer
from apps.ldm.services.rows.acts.replace_text import Hit, Replacer
from apps.ldm.services.rows.acts.scan import START, Place, Scan, pack, unpack
from apps.ldm.services.rows.acts.scope import Scope
from locanext_project.errors import Invalid

SECONDS = 1.0
"""After so long a page ends where it is, and the counting stops."""
MOST_CHARACTERS = 2_000_000
"""Of the texts of a page."""
LONG, FEW, MANY = 20_000, 5, 100
"""A text of more than LONG characters shows its first FEW hits, any other its first MANY."""

Listed = tuple[int, list[Hit]]


@dataclass(slots=True)
class Totals:
    """Rows with hits that can be replaced, such hits, and hits that codes forbid; up to a place."""

    rows: int = 0
    hits: int = 0
    refused: int = 0
    place: Place = START
    complete: bool = False

    def add(self, hits: Sequence[Hit]) -> None:
        usable = sum(not hit.codes for hit in hits)
        self.rows += usable > 0
        self.hits += usable
        self.refused += len(hits) - usable

    def plain(self, total: int) -> dict[str, Any]:
        """As JSON, with the cursor that counts on."""
        return {
            "rows": self.rows, "hits": self.hits, "refused": self.refused,
            "scanned": total if self.complete else self.place.passed, "of": total, "complete": self.complete,
            "next": None if self.complete else pack(self.rows, self.hits, self.refused, *self.place),
        }  # fmt: skip


def hits_page(
    actor: User, file: File, act: Replace, scope: Scope, limit: int, cursor: Any = None, count: Any = None
) -> dict[str, Any]:
    """A page of hits behind a cursor, of at most `limit` rows; or, with `count`, only the totals, counted on.

    Raises Invalid, RunawayPattern.
    """
    if act.only is not None:
        scope = Scope(ids=tuple(act.only)[:MANY])
    engine = replacer(act.wish, file)
    scan = Scan(actor, file, scope, ("target",), narrowed=narrowed(act.wish))
    if count is not None:
        return {"totals": _counted(scan, engine, count), "revision": file.revision}
    first = cursor is None
    start = START if first else Place(*_numbers(cursor, 3))
    page, after, totals = _page(scan, engine, start, limit, counting=first)
    answer: dict[str, Any] = {
        "act": act.name,
        "hits": _shown(engine, page),
        "next": pack(*after) if after is not None else None,
        "revision": file.revision,
    }
    if first:
        answer["totals"] = totals.plain(scan.total)
    return answer


def _page(
    scan: Scan, engine: Replacer, start: Place, limit: int, *, counting: bool
) -> tuple[list[Listed], Place | None, Totals]:
    """The rows of a page with their hits, where the next one begins, and what was counted on the way."""
    until = time.monotonic() + SECONDS
    page: list[Listed] = []
    characters = 0
    behind: Place | None = None
    """The last row that is on the page, once it is full."""
    totals = Totals(place=start)
    for portion in scan.portions(start):
        for (target,), place in portion:
            hits = engine.hits(target)
            if hits and behind is not None and not counting:
                return page, behind, totals
            totals.place = place
            if hits:
                totals.add(hits)
            if hits and behind is None:
                page.append((place.row_id, hits))
                characters += len(target) * 2 * min(len(hits), MANY)
                if len(page) == limit or characters > MOST_CHARACTERS:
                    behind = place
            if time.monotonic() > until:
                return page, behind or place, totals
    totals.complete = True
    more = behind is not None and counting and _more(totals, page)
    return page, behind if more else None, totals


def _more(totals: Totals, page: Sequence[Listed]) -> bool:
    """Whether hits were counted that are not on the page."""
    return totals.hits + totals.refused > sum(len(hits) for _row_id, hits in page)


def _counted(scan: Scan, engine: Replacer, count: Any) -> dict[str, Any]:
    rows, hits, refused, *at = _numbers(count, 6)
    totals = Totals(rows, hits, refused, Place(*at))
    until = time.monotonic() + SECONDS
    for portion in scan.portions(totals.place):
        for (target,), place in portion:
            if found := engine.hits(target):
                totals.add(found)
            totals.place = place
            if time.monotonic() > until:
                return totals.plain(scan.total)
    totals.complete = True
    return totals.plain(scan.total)


def _numbers(token: Any, length: int) -> list[int]:
    values = unpack(token, length)
    if not all(type(value) is int for value in values):
        raise Invalid(_("This cursor is not one of ours."), field="cursor")
    return values


def _shown(engine: Replacer, page: Sequence[Listed]) -> list[dict[str, Any]]:
    """Hits as JSON, of rows that may have changed since they were looked at: each is looked at once more."""
    rows = Row.objects.in_bulk([row_id for row_id, _hits in page])
    shown: list[dict[str, Any]] = []
    for row_id, _hits in page:
        row = rows.get(row_id)
        if row is not None:
            shown += _row(engine, row)
    return shown


def _row(engine: Replacer, row: Row) -> list[dict[str, Any]]:
    text = row.target
    hits = engine.hits(text)
    after = engine.apply(text, [hit for hit in hits if not hit.codes])
    together = engine.keeps_codes(text, after)
    common = {
        "row_id": row.pk, "n": row.position + 1, "key": row.key, "text": text, "after": after if together else text,
        "status": Status(row.status).label, "text_rev": row.text_rev,
    }  # fmt: skip
    shown = []
    for hit in hits[: FEW if len(text) > LONG else MANY]:
        codes = hit.codes or ("" if together else "adds")
        refused = None
        if row.locked:
            refused = {"code": "locked", "message": _("This row is locked.")}
        elif codes:
            refused = {"code": "codes", "message": refusal_words(codes)}
        shown.append({
            **common, "index": hit.number, "start": hit.start, "end": hit.end, "replacement": hit.replacement,
            "codes": codes, "refused": refused,
        })  # fmt: skip
    return shown
