"""What an act would do, said before it is done. Nothing is written, nothing is locked, and no request takes long."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Row, Status
from apps.ldm.services.rows import leases
from apps.ldm.services.rows.acts.act import Act, Refusals, planned
from apps.ldm.services.rows.acts.parse import Wanted
from apps.ldm.services.rows.acts.paste import Paste
from apps.ldm.services.rows.acts.paste_lines import align
from apps.ldm.services.rows.acts.perform import explained, require_row_of
from apps.ldm.services.rows.acts.preview_replace import hits_page
from apps.ldm.services.rows.acts.propagate import Propagate, files_of
from apps.ldm.services.rows.acts.replace import Replace
from apps.ldm.services.rows.acts.scan import START, Scan, pack, unpack
from apps.ldm.services.rows.acts.scope import PORTION
from locanext_project.chunks import chunks
from locanext_project.errors import Invalid

SECONDS = 1.5
"""After so long a preview says what it has seen."""
SAMPLES = 50
MOST_LISTED = 500
LISTED = 100


def preview(*, actor: User, file_id: int, wanted: Wanted, page: Mapping[str, Any]) -> dict[str, Any]:
    """What an act would do, as JSON. `page`: limit, cursor and count of the request.

    Raises NotFound, Forbidden, Invalid and Conflict.
    """
    file = permissions.get_file(actor, file_id)
    act = wanted.act
    with explained():
        act.begin(actor, file)
        require_row_of(actor, file, wanted)
        if isinstance(act, Replace):
            return hits_page(actor, file, act, wanted.scope, limit_of(page), page.get("cursor"), page.get("count"))
        if isinstance(act, Propagate):
            return _same_source(actor, file, act, limit_of(page), page.get("cursor"))
        if isinstance(act, Paste):
            return _lines(actor, file, act, wanted)
        return _figures(actor, file, act, wanted)


def limit_of(page: Mapping[str, Any]) -> int:
    """How many rows of a page are wanted. Raises Invalid."""
    limit = page.get("limit", LISTED)
    if type(limit) is not int or not 1 <= limit <= MOST_LISTED:
        raise Invalid(_("limit is a number from 1 to %(most)s.") % {"most": MOST_LISTED}, field="limit")
    return limit


def _figures(actor: User, file: File, act: Act, wanted: Wanted) -> dict[str, Any]:
    """A dry run of an act that is the same for every row: of all rows, or of as many as there is time for."""
    until = time.monotonic() + SECONDS
    scan = Scan(actor, file, wanted.scope, ())
    refusals = Refusals()
    samples: list[dict[str, Any]] = []
    seen = changed = 0
    place, complete = START, True
    for portion in scan.portions():
        rows = _loaded([place.row_id for _values, place in portion])
        act.prepare(actor, file, rows)
        for row in rows:
            change = planned(act, actor, file, row, wanted.seen, refusals)
            if change is not None:
                changed += 1
                if len(samples) < SAMPLES:
                    samples.append(_sample(row, change.fields))
        seen += len(rows)
        place = portion[-1][1] if portion else place
        if time.monotonic() > until and place.passed < scan.total:
            complete = False
            break
    return {
        "act": act.plain()["act"], "rows": seen, "of": scan.total, "changed": changed,
        "unchanged": seen - changed - refusals.by_code.total(), **refusals.plain(), "samples": samples,
        "complete": complete, "revision": file.revision,
    }  # fmt: skip


def _loaded(ids: list[int]) -> list[Row]:
    known = Row.objects.in_bulk(ids)
    return [known[pk] for pk in ids if pk in known]


def _sample(row: Row, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "row_id": row.pk, "n": row.position + 1, "key": row.key, "source": row.source,
        "target_before": row.target, "target": fields.get("target", row.target),
        "status_before": Status(row.status).label, "status": Status(fields.get("status", row.status)).label,
    }  # fmt: skip


def _same_source(actor: User, file: File, act: Propagate, limit: int, cursor: Any) -> dict[str, Any]:
    """The rows that would get the text, those first that are filled without being asked for by name."""
    origin = act.origin_row(actor)
    ids = files_of(actor, file, act.to)
    found = act.candidates(actor, ids).order_by("pk")
    after = unpack(cursor, 1)[0] if cursor is not None else None
    rows = list((found if after is None else found.filter(pk__gt=after)).select_related("file")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    held = leases.held_by_others([row.pk for row in rows], actor)
    listed = []
    for row in rows:
        refusals = Refusals()
        planned(act, actor, row.file, row, None, refusals)
        if row.pk in held:
            words = _("%(name)s is editing this row.") % {"name": held[row.pk].user_name}
            refusals.add(row.pk, row.position + 1, "leased", words)
        refused = refusals.kept[0] if refusals.kept else None
        listed.append({
            "row_id": row.pk, "file_id": row.file_id, "file_name": row.file.name, "n": row.position + 1,
            "key": row.key, "target": row.target, "status": Status(row.status).label, "text_rev": row.text_rev,
            "chosen": refused is None,
            "refused": {"code": refused.code, "message": refused.message} if refused else None,
        })  # fmt: skip
    revisions = File.objects.filter(pk__in={row.file_id for row in rows} | {file.pk}).values_list("pk", "revision")
    return {
        "act": act.name, "target": origin.target, "rows": listed, "next": pack(rows[-1].pk) if more else None,
        "total": found.count(), "revision": file.revision, "revisions": {str(pk): rev for pk, rev in revisions},
    }  # fmt: skip


def _lines(actor: User, file: File, act: Paste, wanted: Wanted) -> dict[str, Any]:
    """Every line of a block with the row it meets."""
    alignment = align(actor, file, wanted.scope, act.pasted)
    rows: dict[int, Row] = {}
    for some in chunks([line.row_id for line in alignment.lines if line.row_id is not None], PORTION):
        rows.update(Row.objects.in_bulk(some))
    act.take(alignment)
    lines = []
    for line in alignment.lines:
        row = rows.get(line.row_id) if line.row_id is not None else None
        refused = line.refused
        after = line.text or ""
        if row is not None:
            after = act.text_for(line, row.source, row.target)
            if refused is None and line.number not in act.left:
                refused = _refused(actor, file, act, row, wanted.seen)
        lines.append({
            "line": line.number, "row_id": row.pk if row else None, "n": row.position + 1 if row else None,
            "key": row.key if row else "", "source": row.source if row else "", "before": row.target if row else "",
            "after": after, "status": Status(row.status).label if row else None, "warnings": line.warnings,
            "refused": {"code": refused[0], "message": refused[1]} if refused else None,
        })  # fmt: skip
    return {
        "act": act.name, "columns": alignment.columns, "header": alignment.header, "by": alignment.by, "lines": lines,
        "total": len(lines), "revision": file.revision,
    }  # fmt: skip


def _refused(actor: User, file: File, act: Act, row: Row, seen: int | None) -> tuple[str, str] | None:
    refusals = Refusals()
    planned(act, actor, file, row, seen, refusals)
    return (refusals.kept[0].code, refusals.kept[0].message) if refusals.kept else None
