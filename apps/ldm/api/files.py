"""Files: opening, uploads, imports, new versions, downloads, change sets."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import bodies
from apps.ldm.api.presenters import node_json, path_json
from apps.ldm.api.rows import language_json
from apps.ldm.models import RowRevision
from apps.ldm.selectors import change_sets, history, rows
from apps.ldm.services.files import download, uploads
from apps.ldm.services.files.unpacking import MAX_MEMBERS
from apps.ldm.services.reimport.recognise import RULES
from apps.tasks.api.shapes import present as task_json
from apps.tasks.services import enqueue
from locanext_project.api.paging import page
from locanext_project.errors import Invalid

ANY = OpenApiTypes.OBJECT
STATUSES = {"all": "new"}


def start(
    request: Request, kind: str, args: dict[str, Any], *, subject: tuple[str, int] | None = None, silent: bool = False
) -> Response:
    """Enqueue a task and answer with it (202)."""
    task = enqueue(
        actor=person_of(request),
        kind=kind,
        args=args,
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        silent=silent,
    )
    return Response({"task": task_json(task)}, 202)


class OpenFile(APIView):
    """GET files/{id}: what the editor needs of a file. (PATCH is in `tree`.)"""

    @extend_schema(responses=ANY)
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        return Response(
            {
                "file": node_json(person_of(request), file),
                "path": path_json(person_of(request), file),
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
        request={
            "multipart/form-data": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        },
        responses=ANY,
    )
    def post(self, request: Request) -> Response:
        files = request.FILES.getlist("file")
        if not files:
            raise Invalid(_("Send at least one file."), field="file")
        paths = request.data.getlist("path") if hasattr(request.data, "getlist") else []
        for file in files:
            uploads.check_size(file.name or "file", file.size or 0)
        stored = []
        for number, file in enumerate(files):
            name = str(paths[number]) if number < len(paths) and paths[number] else file.name or "file"
            stored.append(uploads.store_upload(actor=person_of(request), filename=name, data=file.read()))
        listed = [{"id": str(one.pk), "filename": one.filename, "size": one.blob.size} for one in stored]
        return Response({"uploads": listed}, 201)


class InspectUpload(APIView):
    """POST uploads/{id}/inspect: read it with options, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, upload_id: str) -> Response:
        data = bodies.json_object(request)
        args = {"upload": str(upload_id), "options": bodies.options(data)}
        args["source_upload"] = bodies.text(data, "source_upload")
        return start(request, "ldm.inspect", args, silent=True)


class Imports(APIView):
    """POST imports: import uploads into a project or folder, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request) -> Response:
        data = bodies.json_object(request)
        items = _import_items(data)
        project = permissions.get_project(person_of(request), bodies.whole_number(data, "project_id", _("an id")))
        folder = None
        if data.get("folder_id") is not None:
            folder = permissions.get_folder(person_of(request), bodies.whole_number(data, "folder_id", _("an id")))
            if folder.project_id != project.pk:
                raise Invalid(_("This folder is in another project."), field="folder_id")
        permissions.require(person_of(request), "import", folder or project)
        args = {
            "items": items,
            "project_id": project.pk,
            "folder_id": folder.pk if folder else None,
            "variants": bodies.names(data, "variants"),
        }
        subject = ("folder", folder.pk) if folder else ("project", project.pk)
        return start(request, "ldm.import", args, subject=subject)


def _import_items(data: dict[str, Any]) -> list[dict[str, Any]]:
    """What to import: [{"upload", "path"?, "options"?, "source_upload"?}]. Raises Invalid."""
    items = data.get("items")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise Invalid(_("items is a list of {upload, path, options}."), field="items")
    if len(items) > MAX_MEMBERS:
        raise Invalid(_("At most %(most)s files are imported at once.") % {"most": f"{MAX_MEMBERS:,}"}, field="items")
    checked = []
    for item in items:
        if not bodies.text(item, "upload"):
            raise Invalid(_("items is a list of {upload, path, options}."), field="items")
        options = bodies.options(item)
        texts = {name: bodies.text(item, name) for name in ("upload", "path", "source_upload")}
        checked.append({**texts, "options": options})
    return checked


class Reimport(APIView):
    """POST files/{id}/reimport: the dry run of a new version, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        permissions.require(person_of(request), "import", file)
        data = bodies.json_object(request)
        if (bodies.text(data, "recognise_by") or "all") not in RULES:
            raise Invalid(
                _("recognise_by is one of %(choices)s.") % {"choices": ", ".join(RULES)}, field="recognise_by"
            )
        args = {
            "file_id": file.pk,
            "upload": bodies.text(data, "upload") or "",
            "options": bodies.options(data),
            "source_upload": bodies.text(data, "source_upload"),
            "recognise_by": bodies.text(data, "recognise_by") or "all",
        }
        return start(request, "ldm.reimport_plan", args, subject=("file", file.pk))


class BilingualReturn(APIView):
    """POST files/{id}/bilingual: the dry run of a bilingual sheet that came back, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        permissions.require(person_of(request), "edit_rows", file)
        args = {"file_id": file.pk, "upload": bodies.text(bodies.json_object(request), "upload") or ""}
        return start(request, "ldm.bilingual_plan", args, subject=("file", file.pk))


class PlanItems(APIView):
    """GET plans/{id}/items: the rows of a dry run that are not simply unchanged."""

    @extend_schema(responses=ANY, parameters=[OpenApiParameter("kind", str)])
    def get(self, request: Request, plan_id: str) -> Response:
        plan = history.get_plan(person_of(request), plan_id)
        kinds = [kind for kind in request.query_params.get("kind", "").split(",") if kind]
        return Response(page(request, history.plan_items(plan, kinds), ["id"], history.plan_item_json))


class ApplyPlan(APIView):
    """POST plans/{id}/apply: take a dry run over as one change set, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, plan_id: str) -> Response:
        plan = history.get_plan(person_of(request), plan_id)
        data = bodies.json_object(request)
        conflicts = data.get("conflicts") or "ours"
        if conflicts not in ("ours", "file"):
            raise Invalid(_("conflicts is ours or file."), field="conflicts")
        args = {"plan_id": str(plan.pk), "reason": bodies.text(data, "reason") or "", "conflicts": conflicts}
        return start(request, "ldm.apply_plan", args, subject=("file", plan.file_id))


def _download_args(data: dict[str, Any]) -> dict[str, Any]:
    kind = data.get("format") or download.ORIGINAL
    if kind not in (download.ORIGINAL, download.BILINGUAL):
        raise Invalid(_("format is original or bilingual."), field="format")
    status = bodies.text(data, "status") or "all"
    status = STATUSES.get(status, status)
    rows.statuses([status])
    return {"kind": kind, "status": status}


class DownloadFile(APIView):
    """POST files/{id}/download: prepare a file for download, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        permissions.require(person_of(request), "download", file)
        data = bodies.json_object(request)
        args = {"file_id": file.pk, "all_languages": bool(bodies.flag(data, "all_languages"))} | _download_args(data)
        return start(request, "ldm.download_file", args, subject=("file", file.pk))


class DownloadTree(APIView):
    """POST projects|folders/{id}/download: prepare a zip, as a task."""

    node_kind = "folder"

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, node_id: int) -> Response:
        get = permissions.get_project if self.node_kind == "project" else permissions.get_folder
        node = get(person_of(request), node_id)
        permissions.require(person_of(request), "download", node)
        args = {"node_kind": self.node_kind, "node_id": node.pk} | _download_args(bodies.json_object(request))
        return start(request, "ldm.download_tree", args, subject=(self.node_kind, node.pk))


class ChangeSets(APIView):
    """GET files/{id}/change-sets: newest first; by author, kinds and days."""

    @extend_schema(
        responses=ANY, parameters=[OpenApiParameter(name, str) for name in ("author", "kind", "since", "until")]
    )
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        sets = change_sets.narrowed(change_sets.of_file(file), request.query_params)
        return Response(
            page(request, sets, ["-id"], lambda one: history.change_set_json(person_of(request), file, one))
        )


class OneChangeSet(APIView):
    """GET change-sets/{id}, with how many of its rows were edited since."""

    @extend_schema(responses=ANY)
    def get(self, request: Request, change_set_id: int) -> Response:
        change_set, file = history.get_change_set(person_of(request), change_set_id)
        shown = history.change_set_json(person_of(request), file, change_set)
        return Response(shown | {"edited_since": history.edited_since(change_set)})


class ChangeSetItems(APIView):
    """GET change-sets/{id}/items: what it did to each row."""

    @extend_schema(responses=ANY)
    def get(self, request: Request, change_set_id: int) -> Response:
        change_set, _file = history.get_change_set(person_of(request), change_set_id)
        revisions = RowRevision.objects.filter(change_set=change_set).select_related("row")
        return Response(page(request, revisions, ["id"], lambda one: history.item_json(one, change_set.revision)))


class RevertChangeSet(APIView):
    """POST change-sets/{id}/revert: undo it, as a task."""

    @extend_schema(request=ANY, responses=ANY)
    def post(self, request: Request, change_set_id: int) -> Response:
        change_set, file = history.get_change_set(person_of(request), change_set_id)
        args = {"change_set_id": change_set.pk, "reason": bodies.text(bodies.json_object(request), "reason") or ""}
        return start(request, "ldm.revert", args, subject=("file", file.pk))
