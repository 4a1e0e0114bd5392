"""The desktop's link: its state, its server, logging in and out, online or offline."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm.api import bodies
from apps.sync.client import lan, link, loop, peers, session, shadows
from apps.sync.models import Link
from apps.sync.selectors import status
from locanext_project import local_ids
from locanext_project.api import paging
from locanext_project.errors import Forbidden, Invalid, NotFound

ANY = OpenApiTypes.OBJECT


class DesktopView(APIView):
    """A view that there is on desktops only: on a server it is not there."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not local_ids.is_desktop():
            raise NotFound


class LinkView(DesktopView):
    """GET link: the server, the mode, the state, what waits."""

    @extend_schema(operation_id="link_get", responses=ANY)
    def get(self, request: Request) -> Response:
        return Response(status.status())


class LinkServer(DesktopView):
    """POST link/server {server_url}: name the server of this desktop."""

    @extend_schema(operation_id="link_server", request=ANY, responses=ANY)
    def post(self, request: Request) -> Response:
        url = bodies.text(bodies.json_object(request), "server_url")
        if not url:
            raise Invalid(_("server_url is the address of the server."), field="server_url")
        if peers.is_lan():
            raise Forbidden(_("This PC is a part of its server. Its settings name the server."), code="lan")
        link.connect(actor=person_of(request), server_url=url)
        peers.forget_sessions()
        loop.wake(urgent=True)
        return Response(status.status())


class LinkLogin(DesktopView):
    """POST link/login {username, password}: log in at the server; from then on its person works here."""

    @extend_schema(operation_id="link_login", request=ANY, responses=ANY)
    def post(self, request: Request) -> Response:
        data = bodies.json_object(request)
        username, password = bodies.text(data, "username"), bodies.text(data, "password")
        if not username or not password:
            raise Invalid(_("Give a name and a password."), field="username")
        with peers.in_words():
            (lan if peers.is_lan() else session).log_in(username=username, password=password)
        peers.forget_sessions()
        loop.wake(urgent=True)
        return Response(status.status())


class LinkLogout(DesktopView):
    """POST link/logout: forget the login; what waits stays."""

    @extend_schema(operation_id="link_logout", request=None, responses=ANY)
    def post(self, request: Request) -> Response:
        if link.current().mode != Link.Mode.OFFLINE:
            (lan if peers.is_lan() else session).log_out()
        link.sign_out(actor=person_of(request))
        peers.forget_sessions()
        loop.wake(urgent=True)
        return Response(status.status())


class LinkMode(DesktopView):
    """POST link/mode {mode}: auto or offline."""

    @extend_schema(operation_id="link_mode", request=ANY, responses=ANY)
    def post(self, request: Request) -> Response:
        mode = bodies.text(bodies.json_object(request), "mode") or ""
        link.set_mode(actor=person_of(request), mode=mode)
        loop.wake(urgent=True)
        return Response(status.status())


class LinkSync(DesktopView):
    """POST link/sync: send and fetch now."""

    @extend_schema(operation_id="link_sync", request=None, responses={202: ANY})
    def post(self, request: Request) -> Response:
        loop.wake(urgent=True)
        return Response(status.status(), 202)


class PendingEdits(DesktopView):
    """GET link/pending: the edits that wait to be sent, and those that wait apart."""

    @extend_schema(
        operation_id="link_pending",
        responses=ANY,
        parameters=[OpenApiParameter("limit", int), OpenApiParameter("cursor", str)],
    )
    def get(self, request: Request) -> Response:
        cursor = request.query_params.get("cursor", "")
        after = paging.decode(cursor, 1)[0] if cursor else None
        if after is not None and type(after) is not int:
            raise Invalid(_("This cursor belongs to another list."), field="cursor")
        items, following = status.pending(after, paging.limit_of(request.query_params))
        return Response({"items": items, "next": None if following is None else paging.cursor_of([following])})


class PendingEdit(DesktopView):
    """DELETE link/pending/{row}: let an edit go; its text stays in the history of the row."""

    @extend_schema(operation_id="link_pending_delete", responses={204: None})
    def delete(self, request: Request, row_id: int) -> Response:
        shadows.let_go(actor=person_of(request), row_id=row_id)
        return Response(status=204)
