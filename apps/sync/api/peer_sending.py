"""What desktops send: a greeting, edits, bytes, things born offline, decisions about conflicts."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.ldm.api import bodies
from apps.sync import wire
from apps.sync.api.packed import BytesParser, EditsParser, answer
from apps.sync.api.peer_reading import ANY, peer_of
from locanext_project.errors import Invalid


class Greeting(APIView):
    """POST sync/hello: who answers, when, for whom."""

    @extend_schema(operation_id="sync_hello", request=ANY, responses=ANY)
    def post(self, request: Request) -> HttpResponse:
        caller = wire.caller_of(bodies.json_object(request))
        return answer(request, wire.hello_json(peer_of(request).hello(caller)))


class Edits(APIView):
    """POST sync/push: edits of rows, each with its answer."""

    parser_classes = [EditsParser]

    @extend_schema(operation_id="sync_push", request=ANY, responses=ANY)
    def post(self, request: Request) -> HttpResponse:
        data: Any = request.data
        if not isinstance(data, dict):
            raise Invalid(_("Send a JSON object."))
        pushed = peer_of(request).push(wire.caller_of(data), wire.ops_of(data))
        return answer(request, wire.pushed_json(pushed))


class Blob(APIView):
    """PUT sync/blobs/{sha256}?offset=&size=: a piece of the bytes with this sum; an empty one only asks."""

    parser_classes = [BytesParser]

    @extend_schema(
        operation_id="sync_put_blob",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=ANY,
        parameters=[OpenApiParameter("offset", int), OpenApiParameter("size", int, required=True)],
    )
    def put(self, request: Request, sha256: str) -> Response:
        # Without a body there is nothing to parse: the framework gives an empty form.
        given: Any = request.data
        have = peer_of(request).put_blob(
            sha256,
            bodies.query_integer(request, "offset", 0),
            bodies.query_integer(request, "size"),
            given if isinstance(given, bytes) else b"",
        )
        return Response({"have": have})


class Things(APIView):
    """POST sync/things: the server's copy of a file, folder or memory born offline, once for a key."""

    @extend_schema(operation_id="sync_create", request=ANY, responses=ANY)
    def post(self, request: Request) -> Response:
        data = bodies.json_object(request)
        thing = bodies.options(data, "thing") or {}
        key = bodies.text(data, "key") or ""
        return Response(peer_of(request).create(wire.caller_of(data), key, thing))


class Decision(APIView):
    """POST sync/conflicts/{op}/resolution: what was decided on a desktop; the conflict as it is decided."""

    @extend_schema(operation_id="sync_resolve", request=ANY, responses=ANY)
    def post(self, request: Request, op: uuid.UUID) -> Response:
        data = bodies.json_object(request)
        resolution = bodies.text(data, "resolution") or ""
        return Response(peer_of(request).resolve(wire.caller_of(data), str(op), resolution))
