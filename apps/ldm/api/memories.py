"""Memories: looking at them, making, changing, moving, copying, deleting; which ones serve a file."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions, permissions_memory
from apps.ldm.api import bodies, presenters, tree_shapes
from apps.ldm.api import memory_shapes as shapes
from apps.ldm.api.files import start
from apps.ldm.api.memory_json import memories_json, memory_json, serving_json
from apps.ldm.api.tree import checked
from apps.ldm.selectors import memories as serving
from apps.ldm.selectors import memory_tree
from apps.ldm.services.memories import assign, create, places, settings
from apps.ldm.services.memories import bin as memory_bin
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from apps.tm.services import vectors
from locanext_project.api.paging import page

PAGING = [OpenApiParameter("limit", int), OpenApiParameter("cursor", str)]


def ref_or_none(value: dict[str, Any] | None) -> Ref | None:
    """A checked reference to a place, where there is one."""
    return tree_shapes.ref(value) if value else None


class MemoriesView(APIView):
    """GET and POST memories."""

    @extend_schema(
        operation_id="memories_list",
        parameters=[
            OpenApiParameter("scope", str, description="platform:ID, project:ID, folder:ID, or unassigned."),
            OpenApiParameter("kind", str, enum=Memory.Kind.values),
            OpenApiParameter("search", str, description="A part of the name."),
            *PAGING,
        ],
        responses=shapes.MemoryPage,
    )
    def get(self, request: Request) -> Response:
        found = memory_tree.listed(
            request.user,
            scope=bodies.query_text(request, "scope"),
            kind=bodies.query_text(request, "kind"),
            search=bodies.query_text(request, "search"),
        )
        part = page(request, found, memory_tree.ORDER, lambda memory: {"memory": memory})
        part["results"] = memories_json(request.user, [one["memory"] for one in part["results"]])
        return Response(part)

    @extend_schema(operation_id="memories_create", request=shapes.MemoryInput, responses={201: shapes.MemoryShape})
    def post(self, request: Request) -> Response:
        bodies.json_object(request)
        data = checked(shapes.MemoryInput, request)
        to = ref_or_none(data.pop("scope"))
        made = create.create(actor=person_of(request), to=to, **data)
        return Response(memory_json(request.user, permissions_memory.get_memory(request.user, made.pk)), 201)


class MemoryTreeView(APIView):
    """GET memories/tree: every memory that one sees, and the places they can be in."""

    @extend_schema(operation_id="memories_tree", responses=shapes.MemoryTree)
    def get(self, request: Request) -> Response:
        found = list(permissions_memory.visible_memories(request.user).order_by(*memory_tree.ORDER))
        return Response(
            {
                "places": memory_tree.places(request.user, found),
                "memories": memories_json(request.user, found),
            }
        )


class MemoryView(APIView):
    """GET, PATCH and DELETE memories/{id}."""

    @extend_schema(operation_id="memories_one", responses=shapes.MemoryShape)
    def get(self, request: Request, memory_id: int) -> Response:
        return Response(memory_json(request.user, permissions_memory.get_memory(request.user, memory_id)))

    @extend_schema(operation_id="memories_change", request=shapes.MemoryChanges, responses=shapes.MemoryShape)
    def patch(self, request: Request, memory_id: int) -> Response:
        bodies.json_object(request)
        changes = checked(shapes.MemoryChanges, request)
        memory = settings.change(actor=person_of(request), memory_id=memory_id, changes=changes)
        if "engine" in changes:
            vectors.request(actor=person_of(request), memory_ids=[memory.pk])
        return Response(memory_json(request.user, memory))

    @extend_schema(operation_id="memories_delete", responses=shapes.TrashedMemory)
    def delete(self, request: Request, memory_id: int) -> Response:
        item = memory_bin.trash(actor=person_of(request), memory_id=memory_id)
        return Response({"trash": presenters.trash_json(item, permissions.rights_of(request.user))})


class MoveMemories(APIView):
    """POST memories/move: to another place, active at once, or to none."""

    @extend_schema(operation_id="memories_move", request=shapes.MemoriesInput, responses=shapes.MovedMemories)
    def post(self, request: Request) -> Response:
        bodies.json_object(request)
        data = checked(shapes.MemoriesInput, request)
        moved = assign.move(actor=person_of(request), memory_ids=data["ids"], to=ref_or_none(data["to"]))
        return Response({"memories": memories_json(request.user, moved)})


class CopyMemories(APIView):
    """POST memories/copy: with their entries, as a task."""

    @extend_schema(operation_id="memories_copy", request=shapes.MemoriesInput, responses={202: shapes.TaskShape})
    def post(self, request: Request) -> Response:
        bodies.json_object(request)
        data = checked(shapes.MemoriesInput, request)
        found = permissions_memory.get_memories(request.user, data["ids"])
        to = ref_or_none(data["to"])
        places.check(person_of(request), to)
        args = {"ids": [memory.pk for memory in found], "to": presenters.ref_json(to) if to else None}
        return start(request, "ldm.memory_copy", args, subject=("memory", found[0].pk))


class FileMemoriesView(APIView):
    """GET files/{id}/memories: the active memories and term bases that serve a file, the nearest first."""

    @extend_schema(operation_id="files_memories", responses=shapes.FileMemories)
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(request.user, file_id)
        served = serving.serving(file, user=request.user)
        bases = serving.serving(file, Memory.Kind.TERMS, user=request.user)
        written = serving.written(served)
        return Response(
            {
                "memories": serving_json(request.user, served),
                "terms": serving_json(request.user, bases),
                "writes_to": written.pk if written else None,
            }
        )
