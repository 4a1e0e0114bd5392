"""The memory panel of the editor: look-ups of one row, best matches of many, and concordance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import bodies, lookup_shapes
from apps.ldm.models import File
from apps.ldm.selectors import lookup_queries, memories
from apps.tm.matching.proposals import Query
from apps.tm.scope import ScopedMemory
from apps.tm.selectors import entries, lookups, semantic, terms
from apps.tm.selectors.concordance import LONGEST, MOST, concordance
from apps.tm.services import indexes, usage, vectors
from locanext_project.errors import Invalid

MOST_ROWS = 200
MOST_PROPOSALS = 20
LOWEST = 30
"""The lowest threshold, in percent."""


class FileLookup(APIView):
    """POST files/{id}/lookup: proposals, earlier translation, neighbours by meaning and terms for a row or a text."""

    @extend_schema(request=lookup_shapes.LookupInput, responses=lookup_shapes.LookupAnswer)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file_fast(person_of(request), file_id)
        data = bodies.json_object(request)
        query = _query(file, data)
        serving, bases = memories.both_for_file(file, user=person_of(request))
        found = lookups.lookup(serving, query, threshold=_threshold(data), limit=_limit(data))
        usage.record_lookup([memory.memory_id for memory in serving], found.took_ms, found.hits())
        indexes.request(actor=person_of(request), memory_ids=found.wants_build)

        near, loading = _semantic(request, serving, query, found) if bodies.flag(data, "semantic") else (None, [])

        def shown(proposals: Sequence[Any]) -> list[dict[str, Any]]:
            return [lookups.present(one, serving, found.records) for one in proposals]

        return Response(
            {
                "proposals": shown(found.proposals),
                "lines": shown(found.lines),
                "earlier": shown([found.earlier])[0] if found.earlier is not None else None,
                "semantic": near,
                "semantic_loading": loading,
                "terms": terms.present_hits(bases, terms.find(bases, query.source)),
                "took_ms": round(found.took_ms, 2),
                "memories": len(serving),
                "building": found.building,
            }
        )


class FileLookupMany(APIView):
    """POST files/{id}/lookup/many: the best match of each of some rows."""

    @extend_schema(request=lookup_shapes.ManyInput, responses=lookup_shapes.ManyAnswer)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        data = bodies.json_object(request)
        ids = data.get("rows")
        if not isinstance(ids, list) or not all(isinstance(pk, int) and not isinstance(pk, bool) for pk in ids):
            raise Invalid(_("rows is a list of row ids."), field="rows")
        if len(ids) > MOST_ROWS:
            raise Invalid(_("At most %(most)s rows at a time.") % {"most": MOST_ROWS}, field="rows")
        queries = lookup_queries.of_rows(file, ids)
        found = lookups.lookup_many(
            memories.for_file(file, user=person_of(request)),
            list(queries.values()),
            threshold=_threshold(data),
            limit=1,
        )
        indexes.request(actor=person_of(request), memory_ids=found.wants_build)
        results = [{"row": pk, "best": _best(answer)} for pk, answer in zip(queries, found.results, strict=True)]
        return Response({"results": results})


class FileConcordance(APIView):
    """POST files/{id}/concordance: entries that hold a text."""

    @extend_schema(request=lookup_shapes.ConcordanceInput, responses=lookup_shapes.ConcordanceAnswer)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        data = bodies.json_object(request)
        text = bodies.text(data, "text") or ""
        if not text.strip() or len(text) > LONGEST:
            raise Invalid(_("text is what to look for: 1 to %(most)s characters.") % {"most": LONGEST}, field="text")
        fields = bodies.names(data, "fields") or ["source", "target"]
        if set(fields) - {"source", "target"}:
            raise Invalid(_("fields are source and target."), field="fields")
        limit = _number(data, "limit", MOST, 1, MOST)
        serving = memories.for_file(file, user=person_of(request))
        found = concordance(serving, text, fields=fields, limit=limit)
        indexes.request(actor=person_of(request), memory_ids=found.wants_build)
        names = {memory.memory_id: memory.name for memory in serving}
        results = [
            {
                "entry": entries.present(hit.entry),
                "memory": {"id": hit.entry.memory_id, "name": names[hit.entry.memory_id]},
                "places": [place._asdict() for place in hit.places],
            }
            for hit in found.hits
        ]
        return Response({"results": results, "more": found.more})


def _query(file: File, data: dict[str, Any]) -> Query:
    """The row that is asked for, or the text. Raises Invalid, and NotFound for a row of another file."""
    if data.get("row") is not None:
        return lookup_queries.of_row(file, bodies.whole_number(data, "row", _("the id of a row")))
    source = bodies.text(data, "source")
    if source is None:
        raise Invalid(_("Say which: row or source."), field="row")
    return Query(
        source,
        key=bodies.text(data, "key") or "",
        previous=bodies.text(data, "previous"),
        next=bodies.text(data, "next"),
    )


def _semantic(
    request: Request, serving: Sequence[ScopedMemory], query: Query, found: lookups.Lookup
) -> tuple[list[dict[str, Any]] | None, list[int]]:
    """Neighbours by meaning that are not shown already, None where nothing can be asked; memories that are loading."""
    if not query.source.strip():
        return None, []
    answer = semantic.search(
        serving, query.source, lookups.LIMIT, without={one.entry.entry_id for one in found.shown()}
    )
    vectors.request(actor=person_of(request), memory_ids=answer.wants_build)
    if answer.found is None:
        return None, answer.loading
    return [
        lookups.present_near(near.entry, near.record, near.cosine, serving) for near in answer.found
    ], answer.loading


def _threshold(data: dict[str, Any]) -> int:
    return _number(data, "threshold", lookups.THRESHOLD, LOWEST, 100)


def _limit(data: dict[str, Any]) -> int:
    return _number(data, "limit", lookups.LIMIT, 1, MOST_PROPOSALS)


def _number(data: dict[str, Any], name: str, default: int, least: int, most: int) -> int:
    if data.get(name) is None:
        return default
    value = bodies.whole_number(data, name, _("a number from %(least)s to %(most)s") % {"least": least, "most": most})
    if not least <= value <= most:
        raise Invalid(
            _("%(name)s is a number from %(least)s to %(most)s.") % {"name": name, "least": least, "most": most},
            field=name,
        )
    return value


def _best(answer: Any) -> dict[str, Any] | None:
    best = next(iter(answer.proposals), None)
    return None if best is None else {"score": best.score, "kind": best.kind}
