"""The recycle bin: looking into it, restoring, deleting for ever."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import presenters
from apps.ldm.api import tree_shapes as shapes
from apps.ldm.api.memory_json import restored_json
from apps.ldm.models import TrashItem
from apps.ldm.selectors import trash
from apps.ldm.services.memories import bin as memory_bin
from apps.ldm.services.tree import purge
from apps.ldm.services.tree.restore import restore
from apps.tasks.api.shapes import present as task_json
from apps.tasks.services import enqueue
from locanext_project.api.paging import page

ROWS_AT_ONCE = 5_000
"""More rows than these are removed by a task."""


class TrashView(APIView):
    """GET trash: what was deleted from places the person sees, whoever deleted it."""

    @extend_schema(
        operation_id="trash_list",
        parameters=[OpenApiParameter("limit", int), OpenApiParameter("cursor", str)],
        responses=shapes.TrashPage,
    )
    def get(self, request: Request) -> Response:
        rights = permissions.rights_of(request.user)
        items = trash.visible_items(request.user)
        return Response(page(request, items, trash.ORDER, lambda item: presenters.trash_json(item, rights)))


class TrashItemView(APIView):
    """DELETE trash/{id}: for ever. It is gone at once; many rows are removed by a task."""

    @extend_schema(operation_id="trash_delete", responses=shapes.PurgedOutput)
    def delete(self, request: Request, item_id: int) -> Response:
        return _remove(request, [purge.condemn(actor=person_of(request), item_id=item_id)])


class RestoreView(APIView):
    """POST trash/{id}/restore: a node, or a memory."""

    @extend_schema(operation_id="trash_restore", request=None, responses=shapes.RestoredOutput)
    def post(self, request: Request, item_id: int) -> Response:
        if TrashItem.objects.filter(pk=item_id, kind=TrashItem.Kind.MEMORY).exists():
            memory = memory_bin.restore(actor=person_of(request), item_id=item_id)
            return Response({"node": restored_json(request.user, memory)})
        node = restore(actor=person_of(request), item_id=item_id)
        return Response({"node": presenters.node_json(request.user, node)})


class EmptyTrashView(APIView):
    """POST trash/empty: everything the person sees in it goes for ever."""

    @extend_schema(operation_id="trash_empty", request=None, responses=shapes.PurgedOutput)
    def post(self, request: Request) -> Response:
        return _remove(request, purge.condemn_all(actor=person_of(request)))


def _remove(request: Request, items: list[TrashItem]) -> Response:
    body: dict[str, Any] = {"deleted": len(items), "task": None}
    if not items:
        return Response(body)
    if purge.rows_in(items) <= ROWS_AT_ONCE:
        purge.purge_condemned()
        return Response(body)
    body["task"] = task_json(enqueue(actor=person_of(request), kind="ldm.purge", args={}))
    return Response(body, 202)
