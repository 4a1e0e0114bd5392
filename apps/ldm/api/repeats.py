"""Repeats over HTTP: sources that several rows have, their rows, and what a save could be offered for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.models import Row
from apps.ldm.selectors import repeats
from apps.ldm.selectors.repeats import SORTS, Group
from locanext_project.api.paging import cursor_of, decode, limit_of, page
from locanext_project.errors import Invalid, NotFound

PAGING = [OpenApiParameter("limit", int), OpenApiParameter("cursor", str)]
_64_BITS = range(-(2**63), 2**63)


class TargetShape(serializers.Serializer[Any]):
    """A target in use."""

    target = serializers.CharField(allow_blank=True)
    rows = serializers.IntegerField()
    status = serializers.DictField(child=serializers.IntegerField())


class GroupShape(serializers.Serializer[Any]):
    """A source that several rows have. `hash` is a text: JavaScript's numbers do not hold it."""

    hash = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    rows = serializers.IntegerField()
    differ = serializers.IntegerField()
    targets = TargetShape(many=True)
    more_targets = serializers.IntegerField()


class GroupPage(serializers.Serializer[Any]):
    """A page of repeats."""

    results = GroupShape(many=True)
    next = serializers.CharField(allow_null=True)


class RepeatRow(serializers.Serializer[Any]):
    """A row of a repeated source."""

    row_id = serializers.IntegerField()
    file_id = serializers.IntegerField()
    file_name = serializers.CharField()
    n = serializers.IntegerField()
    key = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    plural = serializers.CharField()
    target = serializers.CharField()
    status = serializers.CharField()
    text_rev = serializers.IntegerField()
    locked = serializers.BooleanField()


class RepeatRowPage(serializers.Serializer[Any]):
    """A page of rows of a repeated source."""

    results = RepeatRow(many=True)
    next = serializers.CharField(allow_null=True)


class BesideShape(serializers.Serializer[Any]):
    """Other rows of the file with the row's source."""

    same = serializers.IntegerField()
    differ = serializers.IntegerField()
    confirmed = serializers.IntegerField()


def _files(request: Request, kind: str, node_id: int) -> list[int]:
    """The files of a file or project that the person sees. Raises NotFound."""
    person = person_of(request)
    if kind == "file":
        return repeats.files_of(person, file=permissions.get_file(person, node_id))
    return repeats.files_of(person, project=permissions.get_project(person, node_id))


class Repeats(APIView):
    """GET files|projects/{id}/repeats."""

    node_kind = "file"

    @extend_schema(
        responses=GroupPage,
        parameters=[OpenApiParameter("inconsistent", bool), OpenApiParameter("sort", str, enum=SORTS), *PAGING],
    )
    def get(self, request: Request, node_id: int) -> Response:
        files = _files(request, self.node_kind, node_id)
        params = request.query_params
        sort = params.get("sort") or "rows"
        if sort not in SORTS:
            raise Invalid(_("sort is %(choices)s.") % {"choices": " or ".join(SORTS)}, field="sort")
        limit = limit_of(params)
        after = _group(params["cursor"]) if params.get("cursor") else None
        inconsistent = params.get("inconsistent", "") in ("1", "true")
        found = repeats.groups(files, inconsistent=inconsistent, sort=sort, after=after, limit=limit + 1)
        more, found = len(found) > limit, found[:limit]
        return Response({
            "results": repeats.shown(files, found), "next": cursor_of(list(found[-1])) if more else None,
        })  # fmt: skip


def _group(cursor: str) -> Group:
    """The last group of the page before. Raises Invalid."""
    values = decode(cursor, 3)
    if not all(type(value) is int for value in values):
        raise Invalid(_("This cursor belongs to another list."), field="cursor")
    return Group(*values)


class RepeatRows(APIView):
    """GET files|projects/{id}/repeats/{hash}/rows."""

    node_kind = "file"

    @extend_schema(responses=RepeatRowPage, parameters=PAGING)
    def get(self, request: Request, node_id: int, source_hash: int) -> Response:
        files = _files(request, self.node_kind, node_id)
        if source_hash not in _64_BITS:
            raise NotFound
        rows = repeats.rows_of(files, source_hash)
        return Response(page(request, rows, ["file_id", "position", "id"], repeats.row_json))


class RowRepeats(APIView):
    """GET rows/{id}/repeats: other rows of the file with the same source, for the offer to fill them."""

    @extend_schema(responses=BesideShape)
    def get(self, request: Request, row_id: int) -> Response:
        row = Row.objects.filter(pk=row_id).first()
        if row is None:
            raise NotFound
        return Response(repeats.beside(person_of(request), row))
