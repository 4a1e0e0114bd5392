"""Files: opening, uploads, imports, new versions, downloads, change sets."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.ldm import permissions
from apps.ldm.api.presenters import node_json, path_json
from apps.ldm.api.rows import language_json
from apps.ldm.models import ChangeSet, RowRevision
from apps.ldm.selectors import history
from apps.ldm.services.files import download, uploads
from apps.tasks.api.shapes import present as task_json
from apps.tasks.services import enqueue
from locanext_project.api.paging import page
from locanext_project.errors import Invalid

ANY = OpenApiTypes.OBJECT
STATUSES = {"all": "new"}


def body(request: Request) -> dict[str, Any]:
    """The request's JSON object. Raises Invalid."""
    if not isinstance(request.data, dict):
        raise Invalid("Send a JSON object.")
    return dict(request.data)


def start(request: Request, kind: str, args: dict[str, Any], *, subject: tuple[str, int] | None = None) -> Response:
    """Enqueue a task and answer with it (202)."""
    task = enqueue(
        actor=request.user,
        kind=kind,
        args=args,
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
    )
    return Response({"task": task_json(task)}, 202)


class OpenFile(APIView):
    """GET files/{id}: what the editor needs of a file. (PATCH is in `tree`.)"""

    @extend_schema(responses=ANY)
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(request.user, file_id)
        return Response(
            {
                "file": node_json(request.user, file),
                "path": path_json(request.user, file),
                "languages": {
                    "source": language_json(file.source_language),
                    "target": language_json(file.target_language),
                },
                "warnings": file.original.warnings if file.original is not None else [],
                "encoding": file.original.encoding if file.original is not None else "",
            }
        )


class Uploads(APIView):
    """POST uploads: files on their way in, with relative paths for a dropped folder."""

    @extend_schema(
        request={"multipart/form-data": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}},
        responses=ANY,
    )
    def post(self, request: Request) -> Response:
        files = request.FILES.getlist("file")
        if not files:
            raise Invalid("Send at least one file.", field="file")
        paths = request.data.getlist("path") if hasattr(request.data, "getlist") else []
        stored = []
        for number, file in enumerate(files):
            name = paths[number] if number < len(paths) and paths[number] else file.name
            stored.append(uploads.store_upload(actor=request.user, filename=name, data=file.read()))
        listed = [{"id": str(one.pk), "filename": one.filename, "size": one.blob.size} for one in stored]
        return Response({"uploads": listed}, 201)


class InspectUpload(APIView):
    """POST uploads/{id}/inspect: read it with options, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, upload_id: str) -> Response:
        data = body(request)
        args = {"upload": str(upload_id), "options": data.get("options"), "source_upload": data.get("source_upload")}
        return start(request, "ldm.inspect", args)


class Imports(APIView):
    """POST imports: import uploads into a project or folder, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request) -> Response:
        data = body(request)
        items = data.get("items")
        if not isinstance(items, list) or not items or not all(isinstance(i, dict) and i.get("upload") for i in items):
            raise Invalid("items is a list of {upload, path, options}.", field="items")
        project = permissions.get_project(request.user, _id(data, "project_id"))
        folder = permissions.get_folder(request.user, _id(data, "folder_id")) if data.get("folder_id") else None
        permissions.require(request.user, "import", folder or project)
        args = {
            "items": items,
            "project_id": project.pk,
            "folder_id": folder.pk if folder else None,
            "variants": data.get("variants"),
        }
        subject = ("folder", folder.pk) if folder else ("project", project.pk)
        return start(request, "ldm.import", args, subject=subject)


def _id(data: dict[str, Any], name: str) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid(f"{name} is an id.", field=name)
    return value


class Reimport(APIView):
    """POST files/{id}/reimport: the dry run of a new version, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(request.user, file_id)
        permissions.require(request.user, "import", file)
        data = body(request)
        args = {
            "file_id": file.pk,
            "upload": str(data.get("upload", "")),
            "options": data.get("options"),
            "source_upload": data.get("source_upload"),
            "recognise_by": data.get("recognise_by") or "all",
        }
        return start(request, "ldm.reimport_plan", args, subject=("file", file.pk))


class BilingualReturn(APIView):
    """POST files/{id}/bilingual: the dry run of a bilingual sheet that came back, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(request.user, file_id)
        permissions.require(request.user, "edit_rows", file)
        args = {"file_id": file.pk, "upload": str(body(request).get("upload", ""))}
        return start(request, "ldm.bilingual_plan", args, subject=("file", file.pk))


class PlanItems(APIView):
    """GET plans/{id}/items: the rows of a dry run that are not simply unchanged."""

    @extend_schema(responses=ANY, parameters=[OpenApiParameter("kind", str)])
    def get(self, request: Request, plan_id: str) -> Response:
        plan = history.get_plan(request.user, plan_id)
        kinds = [kind for kind in request.query_params.get("kind", "").split(",") if kind]
        return Response(page(request, history.plan_items(plan, kinds), ["id"], history.plan_item_json))


class ApplyPlan(APIView):
    """POST plans/{id}/apply: take a dry run over as one change set, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, plan_id: str) -> Response:
        plan = history.get_plan(request.user, plan_id)
        data = body(request)
        conflicts = data.get("conflicts") or "ours"
        if conflicts not in ("ours", "file"):
            raise Invalid("conflicts is ours or file.", field="conflicts")
        args = {"plan_id": str(plan.pk), "reason": str(data.get("reason") or ""), "conflicts": conflicts}
        return start(request, "ldm.apply_plan", args, subject=("file", plan.file_id))


def _download_args(data: dict[str, Any]) -> dict[str, Any]:
    kind = data.get("format") or download.ORIGINAL
    if kind not in (download.ORIGINAL, download.BILINGUAL):
        raise Invalid("format is original or bilingual.", field="format")
    status = STATUSES.get(data.get("status") or "all", data.get("status"))
    return {"kind": kind, "status": status}


class DownloadFile(APIView):
    """POST files/{id}/download: prepare a file for download, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(request.user, file_id)
        permissions.require(request.user, "download", file)
        data = body(request)
        args = {"file_id": file.pk, "all_languages": bool(data.get("all_languages"))} | _download_args(data)
        return start(request, "ldm.download_file", args, subject=("file", file.pk))


class DownloadTree(APIView):
    """POST projects|folders/{id}/download: prepare a zip, as a task."""

    node_kind = "folder"

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, node_id: int) -> Response:
        get = permissions.get_project if self.node_kind == "project" else permissions.get_folder
        node = get(request.user, node_id)
        permissions.require(request.user, "download", node)
        args = {"node_kind": self.node_kind, "node_id": node.pk} | _download_args(body(request))
        return start(request, "ldm.download_tree", args, subject=(self.node_kind, node.pk))


class ChangeSets(APIView):
    """GET files/{id}/change-sets: newest first."""

    @extend_schema(responses=ANY)
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(request.user, file_id)
        sets = ChangeSet.objects.filter(file=file)
        return Response(page(request, sets, ["-id"], lambda one: history.change_set_json(request.user, file, one)))


class OneChangeSet(APIView):
    """GET change-sets/{id}."""

    @extend_schema(responses=ANY)
    def get(self, request: Request, change_set_id: int) -> Response:
        change_set, file = history.get_change_set(request.user, change_set_id)
        return Response(history.change_set_json(request.user, file, change_set))


class ChangeSetItems(APIView):
    """GET change-sets/{id}/items: what it did to each row."""

    @extend_schema(responses=ANY)
    def get(self, request: Request, change_set_id: int) -> Response:
        change_set, _file = history.get_change_set(request.user, change_set_id)
        revisions = RowRevision.objects.filter(change_set=change_set).select_related("row")
        return Response(page(request, revisions, ["id"], history.item_json))


class RevertChangeSet(APIView):
    """POST change-sets/{id}/revert: undo it, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, change_set_id: int) -> Response:
        change_set, file = history.get_change_set(request.user, change_set_id)
        args = {"change_set_id": change_set.pk, "reason": str(body(request).get("reason") or "")}
        return start(request, "ldm.revert", args, subject=("file", file.pk))
