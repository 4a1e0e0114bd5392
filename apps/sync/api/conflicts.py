"""The conflict inbox: pages of conflicts, their number, decisions about one and about many."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm.api import bodies
from apps.sync.selectors import conflicts
from apps.sync.selectors.conflicts import STATES, Filter
from apps.sync.services import resolve
from locanext_project.api import paging
from locanext_project.errors import Invalid

ANY = OpenApiTypes.OBJECT


class Conflicts(APIView):
    """GET conflicts?project=&file=&state=&cursor=: one's own, and for leads those of their projects."""

    @extend_schema(
        operation_id="conflicts_list",
        responses=ANY,
        parameters=[
            OpenApiParameter("project", int), OpenApiParameter("file", int),
            OpenApiParameter("state", str, enum=[one for one in STATES if one]), OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        wanted = Filter(_id(request, "project"), _id(request, "file"), bodies.query_text(request, "state"))
        cursor = request.query_params.get("cursor", "")
        before = paging.decode(cursor, 1)[0] if cursor else None
        if before is not None and type(before) is not int:
            raise Invalid(_("This cursor belongs to another list."), field="cursor")
        limit = paging.limit_of(request.query_params)
        items, following, count = conflicts.page(person_of(request), wanted, before=before, limit=limit)
        following_cursor = paging.cursor_of([following]) if following is not None else None
        return Response({"items": items, "next": following_cursor, "count": count})


class ConflictsCount(APIView):
    """GET conflicts/count: how many wait for a decision."""

    @extend_schema(
        operation_id="conflicts_count",
        responses=inline_serializer("ConflictsCount", {"open": serializers.IntegerField()}),
    )
    def get(self, request: Request) -> Response:
        return Response({"open": conflicts.count_open(person_of(request))})


class ResolveConflict(APIView):
    """POST conflicts/{op}/resolve: keep, swap, or write a third text."""

    @extend_schema(operation_id="conflict_resolve", request=ANY, responses=ANY)
    def post(self, request: Request, op: uuid.UUID) -> Response:
        data = bodies.json_object(request)
        one = resolve.resolve(
            actor=person_of(request),
            op=str(op),
            resolution=bodies.text(data, "resolution") or "",
            target=bodies.text(data, "target"),
        )
        return Response(conflicts.present([one])[0])


class ResolveConflicts(APIView):
    """POST conflicts/resolve: many at once, by op, file or project."""

    @extend_schema(operation_id="conflicts_resolve", request=ANY, responses=ANY)
    def post(self, request: Request) -> Response:
        data = bodies.json_object(request)
        places = {name: bodies.whole_number(data, name, _("an id")) for name in ("file", "project") if name in data}
        resolved, refused = resolve.resolve_many(
            actor=person_of(request),
            resolution=bodies.text(data, "resolution") or "",
            ops=bodies.names(data, "ops"),
            wanted=Filter(places.get("project"), places.get("file")) if places else None,
        )
        left = conflicts.count_open(person_of(request))
        return Response({"resolved": resolved, "refused": refused, "open": left})


def _id(request: Request, name: str) -> Any:
    return bodies.query_integer(request, name) if request.query_params.get(name) else None
