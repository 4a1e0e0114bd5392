"""Acts on many rows over HTTP: looked at, done, and rows as a block for a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import bodies
from apps.ldm.api.files import start
from apps.ldm.errors import StaleRow
from apps.ldm.selectors import rows
from apps.ldm.services.rows.acts import copy_block
from apps.ldm.services.rows.acts.parse import Wanted, parse
from apps.ldm.services.rows.acts.perform import perform, size
from apps.ldm.services.rows.acts.preview import preview
from apps.ldm.services.rows.acts.scope import MAX_IDS, Scope

ANY = OpenApiTypes.OBJECT


class ScopeInput(serializers.Serializer[Any]):
    """Which rows: one of the three."""

    ids = serializers.ListField(child=serializers.IntegerField(), max_length=MAX_IDS, required=False)
    view = serializers.CharField(required=False)
    query = serializers.CharField(required=False, allow_blank=True, help_text="The empty one is the whole file.")


class ActInput(serializers.Serializer[Any]):
    """An act; each has fields of its own beside these."""

    act = serializers.ChoiceField(
        choices=[
            "status", "copy_source", "clear", "blank", "lock", "unlock", "assign", "replace", "propagate", "paste",
        ]
    )  # fmt: skip
    scope = ScopeInput(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)
    revision = serializers.IntegerField(required=False, help_text="The file's revision that the person saw.")


class RefusedRow(serializers.Serializer[Any]):
    """A row that was left."""

    row_id = serializers.IntegerField()
    n = serializers.IntegerField(allow_null=True)
    code = serializers.CharField()
    message = serializers.CharField()


class OutcomeShape(serializers.Serializer[Any]):
    """What an act did."""

    change_set = serializers.IntegerField(allow_null=True)
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    revision = serializers.IntegerField()
    refused = RefusedRow(many=True)
    refused_count = serializers.IntegerField()
    refused_by = serializers.DictField(child=serializers.IntegerField())


def _wanted(data: dict[str, Any]) -> Wanted:
    return parse({name: value for name, value in data.items() if name not in ("limit", "cursor", "count")})


class ActsPreview(APIView):
    """POST files/{id}/acts/preview: what an act would do."""

    @extend_schema(request=ActInput, responses=ANY)
    def post(self, request: Request, file_id: int) -> Response:
        data = bodies.json_object(request)
        permissions.get_file(person_of(request), file_id)
        try:
            return Response(preview(actor=person_of(request), file_id=file_id, wanted=_wanted(data), page=data))
        except StaleRow as stale:
            stale.details["row"] = rows.present(stale.row)
            raise


class Acts(APIView):
    """POST files/{id}/acts: do an act; above 500 rows as a task."""

    @extend_schema(request=ActInput, responses={200: OutcomeShape, 202: OpenApiResponse(ANY)})
    def post(self, request: Request, file_id: int) -> Response:
        person = person_of(request)
        data = bodies.json_object(request)
        permissions.get_file(person, file_id)
        wanted = _wanted(data)
        try:
            # What is wrong is said now, and not by a task that fails.
            if size(person, file_id, wanted) > MAX_IDS:
                args = {"file_id": file_id, "wanted": wanted.plain()}
                return start(request, "ldm.act", args, subject=("file", file_id))
            return Response(perform(actor=person, file_id=file_id, wanted=wanted))
        except StaleRow as stale:
            stale.details["row"] = rows.present(stale.row)
            raise


class CopyBlockInput(serializers.Serializer[Any]):
    """Which rows, and which columns of them."""

    scope = ScopeInput()
    columns = serializers.ListField(child=serializers.ChoiceField(list(copy_block.COLUMNS)), required=False)
    header = serializers.BooleanField(required=False)


class CopyBlock(APIView):
    """POST files/{id}/copy-block: rows as tab-separated text that spreadsheets take."""

    @extend_schema(
        request=CopyBlockInput,
        responses={(200, "text/tab-separated-values"): OpenApiTypes.STR},
    )
    def post(self, request: Request, file_id: int) -> HttpResponse:
        person = person_of(request)
        file = permissions.get_file(person, file_id)
        data = bodies.json_object(request)
        columns = bodies.names(data, "columns") or ["source", "target"]
        block = copy_block.block(
            person, file, Scope.parse(data.get("scope")), columns, header=bool(bodies.flag(data, "header"))
        )
        return HttpResponse(block, content_type="text/tab-separated-values; charset=utf-8")
