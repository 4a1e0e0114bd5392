"""Who there is on the desktop's server: whom rows and files of it can be given to."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.ldm.api import bodies
from apps.sync.api.link_state import ANY, DesktopView
from apps.sync.client import at_server


class LinkPeople(DesktopView):
    """GET link/people?search=: people of the server with this in their name or team, 30 at most."""

    @extend_schema(operation_id="link_people", responses=ANY, parameters=[OpenApiParameter("search", str)])
    def get(self, request: Request) -> Response:
        with at_server.asked() as peer:
            return Response({"results": peer.people(bodies.query_text(request, "search"))})
