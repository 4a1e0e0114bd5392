"""Change sets of a project over HTTP, for its leads. Those of a file are in `files`."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions, permissions_desktop
from apps.ldm.selectors import change_sets, history
from locanext_project.api.paging import page

FILTERS = [
    OpenApiParameter("author", int), OpenApiParameter("kind", str), OpenApiParameter("since", str),
    OpenApiParameter("until", str), OpenApiParameter("limit", int), OpenApiParameter("cursor", str),
]  # fmt: skip


class ProjectChangeSets(APIView):
    """GET projects/{id}/change-sets: newest first, of all its files."""

    @extend_schema(responses=OpenApiTypes.OBJECT, parameters=FILTERS)
    def get(self, request: Request, node_id: int) -> Response:
        person = person_of(request)
        project = permissions.get_project(person, node_id)
        if not permissions_desktop.is_own(project.pk):
            permissions.rights_of(person).require_lead()
        sets = change_sets.narrowed(change_sets.of_project(project), request.query_params)
        return Response(page(request, sets, ["-id"], lambda one: history.change_set_json(person, one.file, one)))
