"""What of the server is on this PC: marks, fetching, keeping up to date, uploading."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.page_sessions import person_of
from apps.ldm.api import bodies
from apps.sync.api.link_state import ANY, DesktopView
from apps.sync.client import loop, peers, subscriptions, tree
from apps.sync.selectors import status
from apps.tasks.api.presenters import task_json
from apps.tasks.services import enqueue
from locanext_project.api import paging
from locanext_project.errors import Invalid, NotFound

MOST_FILES = 1000
KINDS = ("platform", "project", "folder", "file")


class LinkFiles(DesktopView):
    """GET link/files?ids=1,2: how far the mirrors of files are; of a single one also its memories."""

    @extend_schema(operation_id="link_files", responses=ANY, parameters=[OpenApiParameter("ids", str, required=True)])
    def get(self, request: Request) -> Response:
        given = [part for part in bodies.query_text(request, "ids").split(",") if part]
        try:
            ids = [int(part) for part in given if len(part) < 20]
        except ValueError:
            raise Invalid(_("ids is a list of whole numbers."), field="ids") from None
        if len(ids) > MOST_FILES:
            raise Invalid(_("Ask for at most %(most)s files.") % {"most": MOST_FILES}, field="ids")
        listed = status.files([pk for pk in ids if abs(pk) < 2**63])
        if len(ids) == 1 and listed:
            listed[0]["memories_whole"] = not status.memories_are_coming(ids[0])
        return Response(listed)


class LinkTree(DesktopView):
    """GET link/tree?parent=kind:id: the server's nodes directly below one, by kind and id, and whether each is here."""

    @extend_schema(
        operation_id="link_tree",
        responses=ANY,
        parameters=[
            OpenApiParameter("parent", str), OpenApiParameter("limit", int), OpenApiParameter("cursor", str),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        parent = _place(bodies.query_text(request, "parent"))
        given = request.query_params.get("cursor", "")
        cursor = paging.decode(given, 1)[0] if given else ""
        if not isinstance(cursor, str):
            raise Invalid(_("This cursor belongs to another list."), field="cursor")
        limit = paging.limit_of(request.query_params)
        with peers.in_words(), peers.server() as peer:
            page = tree.level(peer, parent, cursor, limit)
        following = paging.cursor_of([page.next]) if page.next else None
        return Response({"items": tree.with_here(page.nodes), "next": following})


def _place(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    kind, _colon, number = text.partition(":")
    if kind not in KINDS or not number.lstrip("-").isdecimal() or len(number) > 19:
        raise Invalid(_("parent is a kind and an id, such as project:12."), field="parent")
    return kind, int(number)


class LinkOpen(DesktopView):
    """POST link/open {file_id}: fetch a file so far that it can be shown; it is kept up to date from then on."""

    @extend_schema(operation_id="link_open", request=ANY, responses=ANY)
    def post(self, request: Request) -> Response:
        file_id = bodies.whole_number(bodies.json_object(request), "file_id", _("the id of a file of the server"))
        with peers.in_words(), peers.server() as peer:
            subscriptions.open_file(peer, file_id)
        loop.wake(urgent=True)
        listed = status.files([file_id])
        if not listed:
            raise NotFound
        return Response(listed[0])


class LinkMirror(DesktopView):
    """POST link/mirror {kind, id}: fetch a file, or all files below a node, as a task."""

    @extend_schema(operation_id="link_mirror", request=ANY, responses={202: ANY})
    def post(self, request: Request) -> Response:
        data = bodies.json_object(request)
        kind, pk = bodies.text(data, "kind") or "", bodies.whole_number(data, "id", _("the id of what to fetch"))
        subscriptions.check_kind(kind, pk)
        return _started(request, "sync.mirror", {"kind": kind, "entity_id": pk}, kind, pk)


class LinkSubscription(DesktopView):
    """PUT and DELETE link/subscriptions/{kind}/{id}: keep a part of the server's tree up to date here, or not."""

    @extend_schema(operation_id="link_subscribe", request=None, responses={204: None})
    def put(self, request: Request, kind: str, node_id: int) -> Response:
        subscriptions.subscribe(actor=person_of(request), kind=kind, entity_id=node_id)
        loop.wake(urgent=True)
        return Response(status=204)

    @extend_schema(operation_id="link_unsubscribe", responses={204: None})
    def delete(self, request: Request, kind: str, node_id: int) -> Response:
        subscriptions.unsubscribe(actor=person_of(request), kind=kind, entity_id=node_id)
        return Response(status=204)


class LinkUpload(DesktopView):
    """POST link/upload {kind, id, project_id, folder_id}: send what was born here to the server, as a task."""

    @extend_schema(operation_id="link_upload", request=ANY, responses={202: ANY})
    def post(self, request: Request) -> Response:
        data = bodies.json_object(request)
        kind, pk = bodies.text(data, "kind") or "", bodies.whole_number(data, "id", _("the id of what to send"))
        if kind not in ("file", "folder", "memory") or pk >= 0:
            raise Invalid(_("Choose a file, a folder or a memory that was made on this PC."), field="kind")
        args: dict[str, Any] = {"kind": kind, "local_id": pk, "folder_id": None}
        args["project_id"] = bodies.whole_number(data, "project_id", _("a project of the server"))
        if data.get("folder_id") is not None:
            args["folder_id"] = bodies.whole_number(data, "folder_id", _("a folder of the server"))
        return _started(request, "sync.upload", args, kind, pk)


def _started(request: Request, kind: str, args: dict[str, Any], subject_kind: str, subject_id: int) -> Response:
    run = enqueue(actor=person_of(request), kind=kind, args=args, subject_kind=subject_kind, subject_id=subject_id)
    return Response({"task": task_json(run)}, 202)
