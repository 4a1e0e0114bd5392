"""Saved filters of a project: the own ones and the shared ones."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.accounts.page_sessions import person_of
from apps.ldm.api import bodies
from apps.ldm.api import search_shapes as shapes
from apps.ldm.models import SavedFilter
from apps.ldm.services import saved_filters
from locanext_project.errors import Invalid


class ProjectFilters(APIView):
    """GET and POST projects/{id}/filters."""

    @extend_schema(operation_id="filters_list", responses=shapes.SavedFilterPage)
    def get(self, request: Request, project_id: int) -> Response:
        actor = person_of(request)
        kept = saved_filters.listed(actor=actor, project_id=project_id)
        return Response({"results": [_json(actor, one) for one in kept], "next": None})

    @extend_schema(
        operation_id="filters_create", request=shapes.SavedFilterInput, responses={201: shapes.SavedFilterShape}
    )
    def post(self, request: Request, project_id: int) -> Response:
        actor, data = person_of(request), bodies.json_object(request)
        kept = saved_filters.create(
            actor=actor,
            project_id=project_id,
            name=_text(data, "name"),
            query=_text(data, "query"),
            shared=bodies.flag(data, "shared") or False,
        )
        return Response(_json(actor, kept), 201)


class OneFilter(APIView):
    """PATCH and DELETE filters/{id}."""

    @extend_schema(operation_id="filters_change", request=shapes.SavedFilterChanges, responses=shapes.SavedFilterShape)
    def patch(self, request: Request, filter_id: int) -> Response:
        actor, data = person_of(request), bodies.json_object(request)
        kept = saved_filters.change(
            actor=actor,
            filter_id=filter_id,
            name=bodies.text(data, "name"),
            query=bodies.text(data, "query"),
            shared=bodies.flag(data, "shared"),
        )
        return Response(_json(actor, kept))

    @extend_schema(operation_id="filters_delete", responses={204: None})
    def delete(self, request: Request, filter_id: int) -> Response:
        saved_filters.delete(actor=person_of(request), filter_id=filter_id)
        return Response(status=204)


def _text(data: dict[str, Any], name: str) -> str:
    value = bodies.text(data, name)
    if value is None:
        raise Invalid(_("%(name)s is missing.") % {"name": name}, field=name)
    return value


def _json(actor: User, kept: SavedFilter) -> dict[str, Any]:
    return {
        "id": kept.pk,
        "project_id": kept.project_id,
        "name": kept.name,
        "query": kept.query,
        "shared": kept.shared,
        "owner": {"id": kept.owner_id, "name": kept.owner_name},
        "mine": kept.owner_id == actor.pk,
        "may_edit": saved_filters.may_edit(actor, kept),
    }
