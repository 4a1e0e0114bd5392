"""The tree: looking at it, making, changing, moving, copying, deleting, finding."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import presenters
from apps.ldm.api import tree_shapes as shapes
from apps.ldm.models import Capability, File, TrashItem
from apps.ldm.selectors import search_names, tree
from apps.ldm.services.tree import copy, create, delete, move, offline_storage, update
from apps.ldm.services.tree.structure import Ref
from apps.tasks.api.shapes import present as task_json
from apps.tasks.services import enqueue
from locanext_project.api.paging import decode, limit_of
from locanext_project.errors import Invalid
from locanext_project.local_ids import is_desktop

CHILDREN_LIMIT = 500
SEARCH_LIMIT = 50
PAGING = [OpenApiParameter("limit", int), OpenApiParameter("cursor", str)]


def checked(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The request's data in the given shape. Raises ValidationError."""
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def encode_cursor(values: list[Any]) -> str:
    """A cursor that holds these values."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode_cursor(params: Mapping[str, str], types: tuple[type, ...]) -> list[Any] | None:
    """The values of the request's cursor, of these types; None without one. Raises Invalid."""
    cursor = params.get("cursor", "")
    if not cursor:
        return None
    values = decode(cursor, len(types))
    if not all(type(value) is kind for value, kind in zip(values, types, strict=True)):
        raise Invalid(_("This cursor belongs to another list."), field="cursor")
    return values


class TreeView(APIView):
    """GET tree: platforms, and the projects that are on none."""

    @extend_schema(operation_id="tree_roots", responses=shapes.RootsOutput)
    def get(self, request: Request) -> Response:
        person = person_of(request)
        if is_desktop():
            offline_storage.ensure(actor=person)
        rights = permissions.rights_of(person)
        platforms, projects, trashed = tree.roots(person)
        return Response(
            {
                "platforms": presenters.listed_json(rights, platforms),
                "projects": presenters.listed_json(rights, projects),
                "trash_count": trashed,
                "may": {
                    "create_platform": rights.may_make_projects,
                    "create_project": rights.may_make_projects,
                    "empty_trash": rights.has(Capability.Name.EMPTY_TRASH),
                    "move_across_projects": rights.has(Capability.Name.MOVE_ACROSS_PROJECTS),
                },
            }
        )


class NodeView(APIView):
    """GET tree/{kind}/{id}: a node, its path, and its children (folders, then files) by natural order."""

    @extend_schema(operation_id="tree_open", parameters=PAGING, responses=shapes.OpenedOutput)
    def get(self, request: Request, kind: str, node_id: int) -> Response:
        after = decode_cursor(request.query_params, (str, str, int))
        opened = tree.open_node(
            request.user,
            Ref(kind, node_id),
            limit=limit_of(request.query_params, CHILDREN_LIMIT, CHILDREN_LIMIT),
            after=tree.After(*after) if after else None,
        )
        rights = permissions.rights_of(request.user)
        return Response(
            {
                "node": presenters.listed_json(rights, opened.listed)[0],
                "path": presenters.steps_json(opened.path),
                "children": presenters.listed_json(rights, opened.children),
                "next": encode_cursor([opened.after.kind, opened.after.name, opened.after.id])
                if opened.after
                else None,
            }
        )


class FoldersView(APIView):
    """GET tree/{kind}/{id}/folders: every folder below, for the left tree."""

    @extend_schema(operation_id="tree_folders", responses=shapes.FoldersOutput)
    def get(self, request: Request, kind: str, node_id: int) -> Response:
        return Response({"results": tree.folders_of(request.user, Ref(kind, node_id)), "next": None})


class PlatformsView(APIView):
    """POST platforms."""

    @extend_schema(operation_id="platforms_create", request=shapes.PlatformInput, responses={201: shapes.NodeOutput})
    def post(self, request: Request) -> Response:
        platform = create.create_platform(actor=person_of(request), **checked(shapes.PlatformInput, request))
        return Response(presenters.node_json(request.user, platform), 201)


class ProjectsView(APIView):
    """POST projects."""

    @extend_schema(operation_id="projects_create", request=shapes.ProjectInput, responses={201: shapes.NodeOutput})
    def post(self, request: Request) -> Response:
        project = create.create_project(actor=person_of(request), **checked(shapes.ProjectInput, request))
        return Response(presenters.node_json(request.user, project), 201)


class FoldersCreateView(APIView):
    """POST folders."""

    @extend_schema(operation_id="folders_create", request=shapes.FolderInput, responses={201: shapes.NodeOutput})
    def post(self, request: Request) -> Response:
        folder = create.create_folder(actor=person_of(request), **checked(shapes.FolderInput, request))
        return Response(presenters.node_json(request.user, folder), 201)


class ChangeNodeView(APIView):
    """PATCH platforms|projects|folders/{id}: rename, and what else the kind has."""

    node_kind = ""

    @extend_schema(request=shapes.NodeChanges, responses=shapes.NodeOutput)
    def patch(self, request: Request, node_id: int) -> Response:
        return change_node(request, Ref(self.node_kind, node_id))


def change_node(request: Request, ref: Ref) -> Response:
    """A PATCH of a node; its JSON."""
    node = update.update_node(actor=person_of(request), ref=ref, changes=checked(shapes.NodeChanges, request))
    return Response(presenters.node_json(request.user, node))


class MoveView(APIView):
    """POST tree/move: files and folders into a project or folder, projects onto a platform or none."""

    @extend_schema(operation_id="tree_move", request=shapes.PlaceInput, responses=shapes.MovedOutput)
    def post(self, request: Request) -> Response:
        items, to = _place(request)
        moved = move.move(actor=person_of(request), items=items, to=to)
        return Response({"items": [presenters.moved_json(one) for one in moved]})


class CopyView(APIView):
    """POST tree/copy: at once, or as a task where a file has more than 5,000 rows."""

    @extend_schema(operation_id="tree_copy", request=shapes.PlaceInput, responses=shapes.CopiedOutput)
    def post(self, request: Request) -> Response:
        items, to = _place(request)
        if not copy.is_large(actor=person_of(request), items=items):
            copied = copy.copy(actor=person_of(request), items=items, to=to)
            return Response({"task": None, "items": [presenters.moved_json(one) for one in copied]})
        copy.check(actor=person_of(request), items=items, to=to)
        task = enqueue(
            actor=person_of(request),
            kind="ldm.copy",
            args={
                "items": [presenters.ref_json(item) for item in items],
                "to": presenters.ref_json(to) if to else None,
            },
            subject_kind=to.kind if to else "",
            subject_id=to.id if to else None,
        )
        return Response({"task": task_json(task), "items": []}, 202)


class DeleteView(APIView):
    """POST tree/delete: into the recycle bin."""

    @extend_schema(operation_id="tree_delete", request=shapes.ItemsInput, responses=shapes.DeletedOutput)
    def post(self, request: Request) -> Response:
        items = [shapes.ref(item) for item in checked(shapes.ItemsInput, request)["items"]]
        entries: list[TrashItem] = delete.delete(actor=person_of(request), items=items)
        rights = permissions.rights_of(request.user)
        return Response(
            {
                "trash": [presenters.trash_json(entry, rights) for entry in entries],
                "memories_unassigned": sum(entry.memories for entry in entries),
            }
        )


class SearchView(APIView):
    """GET search: by name, and by text where kind row is asked for."""

    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter("q", str, required=True, description="Every word must be in the name."),
            OpenApiParameter("kinds", str, description="Comma-separated: platform, project, folder, file, row."),
            OpenApiParameter("under", str, description="kind:id of a node to look in."),
            *PAGING,
        ],
        responses=shapes.HitPage,
    )
    def get(self, request: Request) -> Response:
        params = request.query_params
        query, limit = params.get("q", ""), limit_of(params, SEARCH_LIMIT)
        kinds, under = _kinds(params.get("kinds", "")), _under(params.get("under", ""))
        cursor = decode_cursor(params, (str, int, str, int))
        found, after = search_names.search_names(
            request.user,
            query,
            kinds=kinds,
            under=under,
            limit=limit,
            after=search_names.After(*cursor) if cursor else None,
        )
        results = [presenters.hit_json(hit) for hit in found]
        if "row" in kinds and after is None and len(results) < limit:
            results += _rows(request, query, under, limit - len(results))
        next_cursor = encode_cursor([after.kind, after.rank, after.name, after.id]) if after else None
        return Response({"results": results, "next": next_cursor})


def _place(request: Request) -> tuple[list[Ref], Ref | None]:
    data = checked(shapes.PlaceInput, request)
    return [shapes.ref(item) for item in data["items"]], shapes.ref(data["to"]) if data["to"] else None


def _kinds(raw: str) -> tuple[str, ...]:
    known = (*search_names.KINDS, "row")
    kinds = tuple(kind for kind in raw.split(",") if kind) or search_names.KINDS
    if unknown := [kind for kind in kinds if kind not in known]:
        raise Invalid(
            _("There is no kind %(name)r. The kinds are %(choices)s.")
            % {"name": unknown[0], "choices": ", ".join(known)},
            field="kinds",
        )
    return kinds


def _under(raw: str) -> Ref | None:
    if not raw:
        return None
    kind, _colon, number = raw.partition(":")
    digits = number.removeprefix("-")
    if kind not in search_names.KINDS or not (digits.isascii() and digits.isdecimal()):
        raise Invalid(_("under is kind:id, such as folder:12."), field="under")
    return Ref(kind, int(number))


def _rows(request: Request, query: str, under: Ref | None, limit: int) -> list[dict[str, Any]]:
    """Rows by their text, behind the names."""
    from apps.ldm.selectors import search_rows

    found = search_rows.search(person_of(request), query.strip(), (under.kind, under.id) if under else None, limit)
    files = File.objects.filter(pk__in={hit["file_id"] for hit in found}).select_related("project__platform")
    paths = tree.paths_of(list(files))
    whole = {file.pk: [*paths[Ref("file", file.pk)], ("file", file.pk, file.name)] for file in files}
    return [presenters.row_hit_json(hit, whole[hit["file_id"]]) for hit in found if hit["file_id"] in whole]
