"""Searching rows by text, by regex, in the filter language and by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.accounts.page_sessions import person_of
from apps.ldm.api import presenters
from apps.ldm.api.search_shapes import FoundRowsShape
from apps.ldm.api.tree import decode_cursor, encode_cursor
from apps.ldm.models import File, Status
from apps.ldm.selectors import search_hits, similar_rows
from apps.ldm.selectors.row_index import FIELDS
from apps.ldm.selectors.rows import storable
from apps.ldm.selectors.search_hits import Hit, Wanted
from apps.ldm.selectors.similar_rows import State
from apps.ldm.selectors.text_hits import START, Place
from apps.ldm.selectors.tree import paths_of
from apps.ldm.selectors.universe import Universe
from apps.ldm.services.tree.structure import Ref
from apps.tm.services import vectors
from locanext_project.api.paging import limit_of
from locanext_project.errors import Invalid

SIMILAR = "similar"
MODES = (*search_hits.MODES, SIMILAR)
SCOPES = ("file", "folder", "project", "platform")
LONGEST = 1000
LIMIT = 100


class SearchRows(APIView):
    """GET search/rows: by file and position; by meaning the nearest first."""

    @extend_schema(
        operation_id="search_rows",
        parameters=[
            OpenApiParameter("q", str, description="What to look for; for mode=regex the pattern."),
            OpenApiParameter("mode", str, enum=MODES),
            OpenApiParameter("fields", str, description=f"Comma-separated: {', '.join(FIELDS)}."),
            OpenApiParameter("query", str, description="In the filter language; it must hold beside q."),
            OpenApiParameter("scope", str, description="file:1, folder:1, project:1, platform:1 or all."),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses=FoundRowsShape,
    )
    def get(self, request: Request) -> Response:
        params, universe = request.query_params, _universe(request)
        wanted, limit = _wanted(request), limit_of(params, LIMIT)
        if wanted.mode == SIMILAR:
            return Response(_similar(person_of(request), universe, wanted.text, limit))
        cursor = decode_cursor(params, (int, int))
        found = search_hits.search(universe, wanted, after=Place(*cursor) if cursor else START, limit=limit)
        return Response(
            {
                "results": _present(found.hits),
                "next": encode_cursor([found.after.file_id, found.after.position]) if found.after else None,
                "total": found.total,
            }
        )


def _wanted(request: Request) -> Wanted:
    """What to look for. Raises Invalid."""
    params = request.query_params
    text, query, mode = params.get("q", ""), params.get("query", ""), params.get("mode", "") or "contains"
    if mode not in MODES:
        raise Invalid(
            _("There is no mode %(mode)r. The modes are %(choices)s.") % {"mode": mode, "choices": ", ".join(MODES)},
            field="mode",
            valid=list(MODES),
        )
    if len(text) > LONGEST:
        raise Invalid(_("At most %(most)s characters can be looked for.") % {"most": f"{LONGEST:,}"}, field="q")
    if not storable(text):
        raise Invalid(_("q holds a character that no row can hold."), field="q", code="bad_character")
    fields = tuple(dict.fromkeys(name for name in params.get("fields", "").split(",") if name)) or ("source", "target")
    if unknown := [name for name in fields if name not in FIELDS]:
        raise Invalid(
            _("There is no field %(name)r. The fields are %(choices)s.")
            % {"name": unknown[0], "choices": ", ".join(FIELDS)},
            field="fields",
            valid=list(FIELDS),
        )
    if not text.strip() and (mode == SIMILAR or not query.strip()):
        raise Invalid(_("Type what to look for."), field="q")
    return Wanted(text if text.strip() else "", mode, fields, query)


def _universe(request: Request) -> Universe:
    raw = request.query_params.get("scope", "") or "all"
    kind, _colon, number = raw.partition(":")
    digits = number.removeprefix("-")
    if raw == "all":
        return search_hits.universe_of(person_of(request), "all")
    if kind not in SCOPES or not (digits.isascii() and digits.isdecimal()):
        raise Invalid(
            _("scope is all, or one of %(choices)s with an id, such as project:2.") % {"choices": ", ".join(SCOPES)},
            field="scope",
        )
    return search_hits.universe_of(person_of(request), kind, int(number))


def _similar(actor: User, universe: Universe, text: str, limit: int) -> dict[str, Any]:
    found = similar_rows.similar(universe, actor, text, limit)
    vectors.request(actor=actor, memory_ids=found.wants_build)
    messages = {
        State.READY: "",
        State.NO_MEMORY: _("No memory serves these files. Searching by meaning goes through a memory."),
        State.NO_ENGINE: _("The memories of these files cannot search by meaning yet: none has an engine that works."),
        State.LOADING: _("The engine is being loaded. Search again in a moment."),
    }
    results = _present([hit for hit, _score in found.hits])
    scores = {hit.values[0]: round(score, 3) for hit, score in found.hits}
    return {
        "results": [result | {"score": scores[result["row_id"]]} for result in results],
        "next": None,
        "total": None,
        "similar": {"state": found.state.value, "message": messages[found.state], "memories": found.memories},
    }


def _present(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    files = {
        file.pk: file
        for file in File.objects.filter(pk__in={hit.values[1] for hit in hits}).select_related("project__platform")
    }
    paths = paths_of(list(files.values()))
    shown = []
    for hit in hits:
        row_id, file_id, position, key, source, target, comment, status = hit.values
        if file_id not in files:
            continue
        shown.append(
            {
                "row_id": row_id,
                "file_id": file_id,
                "file_name": files[file_id].name,
                "source_language": files[file_id].source_language or files[file_id].project.source_language,
                "target_language": files[file_id].target_language or files[file_id].project.target_language,
                "path": presenters.steps_json(paths[Ref("file", file_id)]),
                "n": position + 1,
                "key": key,
                "source": source,
                "target": target,
                "comment": comment,
                "status": Status(status).label,
                "ranges": hit.ranges,
            }
        )
    return shown
