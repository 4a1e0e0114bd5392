"""Sockets' tickets, leases of rows, and the next row to do that nobody is on."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import LoginSession
from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import bodies
from apps.ldm.selectors import rows
from apps.ldm.selectors.next_todo import next_todo
from apps.ldm.services import tickets
from apps.ldm.services.rows import leases
from locanext_project.errors import Forbidden


class FileTicket(APIView):
    """POST files/{id}/ticket: a one-use permission to open the file's socket."""

    @extend_schema(
        request=None,
        responses=inline_serializer(
            "SocketTicket", {"ticket": serializers.CharField(), "expires_in": serializers.IntegerField()}
        ),
    )
    def post(self, request: Request, file_id: int) -> Response:
        session = request.auth
        if not isinstance(session, LoginSession):
            raise Forbidden(_("A ticket belongs to a login of the server."))
        ticket = tickets.issue(actor=person_of(request), session=session, file_id=file_id)
        return Response({"ticket": ticket, "expires_in": tickets.SECONDS})


class RowLeaseView(APIView):
    """POST and DELETE rows/{id}/lease: take or renew a row's lease, and give it back."""

    @extend_schema(
        request=inline_serializer("LeaseWanted", {"connection": serializers.CharField(required=False)}),
        responses=inline_serializer("LeaseTaken", {"until": serializers.DateTimeField()}),
    )
    def post(self, request: Request, row_id: int) -> Response:
        connection = bodies.text(bodies.json_object(request), "connection") or ""
        lease = leases.take(actor=person_of(request), row_id=row_id, connection=connection)
        return Response({"until": lease.until})

    @extend_schema(
        request=None,
        responses={204: None},
        parameters=[OpenApiParameter("connection", str, description="only where this window holds it")],
    )
    def delete(self, request: Request, row_id: int) -> Response:
        row, _file = rows.get_row(person_of(request), row_id)
        connection = bodies.query_text(request, "connection")
        leases.release(actor=person_of(request), row_id=row.pk, connection=connection or None)
        return Response(status=204)


class NextToDo(APIView):
    """GET files/{id}/next-todo: the next row to do that nobody is on, behind an index; goes round at the end."""

    @extend_schema(
        responses=inline_serializer(
            "NextToDo",
            {"index": serializers.IntegerField(allow_null=True), "row_id": serializers.IntegerField(allow_null=True)},
        ),
        parameters=[OpenApiParameter("after", int), OpenApiParameter("view", str)],
    )
    def get(self, request: Request, file_id: int) -> Response:
        person = person_of(request)
        file = permissions.get_file(person, file_id)
        # Positions are 32 bits wide.
        after = max(-1, min(bodies.query_integer(request, "after", -1), 2**31 - 2))
        found = next_todo(person, file, after, request.query_params.get("view", ""))
        index, row_id = found or (None, None)
        return Response({"index": index, "row_id": row_id})
