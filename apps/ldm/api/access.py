"""Grants on restricted platforms and projects, and capabilities: for leads and admins."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import presenters
from apps.ldm.api import tree_shapes as shapes
from apps.ldm.models import Capability
from apps.ldm.services.tree import access
from apps.ldm.services.tree.structure import Ref
from locanext_project.api.paging import page

USER = OpenApiParameter("user_id", int, required=True)


def _from_query(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The values of a DELETE: from the query, or from the body where a client sends one."""
    given = request.query_params.dict() or request.data
    serializer = shape(data=given)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class GrantsView(APIView):
    """GET, POST, DELETE platforms|projects/{id}/grants."""

    node_kind = ""

    def _present(self, request: Request, node_id: int) -> dict[str, Any]:
        grants = access.grants_of(actor=person_of(request), ref=Ref(self.node_kind, node_id))
        return {"results": [presenters.grant_json(grant) for grant in grants], "next": None}

    @extend_schema(responses=shapes.GrantPage)
    def get(self, request: Request, node_id: int) -> Response:
        return Response(self._present(request, node_id))

    @extend_schema(request=shapes.GranteeInput, responses={201: shapes.GrantShape})
    def post(self, request: Request, node_id: int) -> Response:
        serializer = shapes.GranteeInput(data=request.data)
        serializer.is_valid(raise_exception=True)
        grant = access.add_grant(
            actor=person_of(request), ref=Ref(self.node_kind, node_id), user_id=serializer.validated_data["user_id"]
        )
        return Response(presenters.grant_json(grant), 201)

    @extend_schema(parameters=[USER], responses={204: None})
    def delete(self, request: Request, node_id: int) -> Response:
        user_id = _from_query(shapes.GranteeInput, request)["user_id"]
        access.remove_grant(actor=person_of(request), ref=Ref(self.node_kind, node_id), user_id=user_id)
        return Response(status=204)


class CapabilitiesView(APIView):
    """GET, POST, DELETE capabilities."""

    @extend_schema(
        operation_id="capabilities_list",
        parameters=[
            OpenApiParameter("user_id", int),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses=shapes.CapabilityPage,
    )
    def get(self, request: Request) -> Response:
        permissions.rights_of(request.user).require_lead()
        held = Capability.objects.select_related("user")
        user_id = request.query_params.get("user_id", "")
        if user_id:
            held = held.filter(user_id=int(user_id)) if user_id.isascii() and user_id.isdecimal() else held.none()
        return Response(page(request, held, ("user__username_key", "id"), presenters.capability_json))

    @extend_schema(
        operation_id="capabilities_grant",
        request=shapes.CapabilityInput,
        responses={201: shapes.CapabilityShape},
    )
    def post(self, request: Request) -> Response:
        serializer = shapes.CapabilityInput(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = access.grant_capability(actor=person_of(request), **serializer.validated_data)
        return Response(presenters.capability_json(given), 201)

    @extend_schema(
        operation_id="capabilities_withdraw",
        parameters=[USER, OpenApiParameter("name", str, required=True, enum=Capability.Name.values)],
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        access.withdraw_capability(actor=person_of(request), **_from_query(shapes.CapabilityKey, request))
        return Response(status=204)
