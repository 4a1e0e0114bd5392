"""Files into memories and memories into files: all of it as tasks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions, permissions_memory
from apps.ldm.api import bodies, presenters
from apps.ldm.api import memory_shapes as shapes
from apps.ldm.api.files import start
from apps.ldm.api.memories import ref_or_none
from apps.ldm.api.tree import checked
from apps.ldm.services.files import uploads
from apps.ldm.services.memories import places, register
from apps.tm.models import Memory
from apps.tm.services import memory_names
from apps.tm.services.entries import export
from apps.tm.services.terms import export as terms_export
from locanext_project.errors import Invalid


class ImportIntoMemory(APIView):
    """POST memories/{id}/import: a file into a memory or term base, as a task; or the dry run of that."""

    @extend_schema(operation_id="memories_import", request=shapes.ImportInput, responses={202: shapes.TaskShape})
    def post(self, request: Request, memory_id: int) -> Response:
        memory = permissions_memory.get_memory(request.user, memory_id)
        permissions_memory.require(request.user, "import", memory)
        bodies.json_object(request)
        data = checked(shapes.ImportInput, request)
        if not data["apply"] and data["mode"] != "diff":
            raise Invalid(_("Only the mode diff has a dry run."), field="apply")
        upload = uploads.get_info(person_of(request), str(data["upload"]))
        args = {
            "memory_id": memory.pk,
            "upload": str(upload.pk),
            "mode": data["mode"],
            "apply": data["apply"],
            "options": data.get("options"),
        }
        return start(request, "ldm.memory_import", args, subject=("memory", memory.pk))


class NewFromFile(APIView):
    """POST memories/import: a memory or term base out of a file, as a task."""

    @extend_schema(
        operation_id="memories_from_upload", request=shapes.NewFromFileInput, responses={202: shapes.TaskShape}
    )
    def post(self, request: Request) -> Response:
        actor = person_of(request)
        bodies.json_object(request)
        data = checked(shapes.NewFromFileInput, request)
        upload = uploads.get_info(actor, str(data["upload"]))
        to = ref_or_none(data["scope"])
        places.check(actor, to)
        args = {
            "upload": str(upload.pk),
            "name": _wanted_name(data, data["kind"]),
            "kind": data["kind"],
            "to": presenters.ref_json(to) if to else None,
            **{field: _language(data[field], field) for field in ("source_language", "target_language")},
            "options": data.get("options"),
        }
        return start(request, "ldm.memory_new", args, subject=(to.kind, to.id) if to else None)


def _wanted_name(data: dict[str, Any], kind: str) -> str | None:
    """The name that was asked for, None for one made from the file's. Raises Invalid, NameTaken."""
    if data.get("name") is None:
        return None
    name = memory_names.clean_name(data["name"])
    memory_names.require_free(name, kind)
    return name


def _language(code: str, field: str) -> str:
    return memory_names.clean_language(code, field) if code else ""


class ExportMemory(APIView):
    """POST memories/{id}/export: as a file, by a task."""

    @extend_schema(operation_id="memories_export", request=shapes.ExportInput, responses={202: shapes.TaskShape})
    def post(self, request: Request, memory_id: int) -> Response:
        memory = permissions_memory.get_memory(request.user, memory_id)
        permissions_memory.require(request.user, "export", memory)
        bodies.json_object(request)
        data = checked(shapes.ExportInput, request)
        known: tuple[str, ...] = terms_export.FORMATS if memory.kind == Memory.Kind.TERMS else export.FORMATS
        if data["format"] not in known:
            raise Invalid(_("A format is one of %(formats)s.") % {"formats": ", ".join(known)}, field="format")
        args = {"memory_id": memory.pk, "format": data["format"], "columns": data.get("columns")}
        return start(request, "ldm.memory_export", args, subject=("memory", memory.pk))


class RegisterFile(APIView):
    """POST files/{id}/memory: a memory out of a file's rows, active in its folder (else its project); as a task."""

    @extend_schema(operation_id="files_register", request=shapes.RegisterInput, responses={202: shapes.TaskShape})
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(request.user, file_id)
        bodies.json_object(request)
        data = checked(shapes.RegisterInput, request)
        register.languages_of(file)
        args = {
            "file_id": file.pk,
            "name": _wanted_name(data, Memory.Kind.MEMORY),
            "status": data.get("status"),
        }
        return start(request, "ldm.memory_from_file", args, subject=("file", file.pk))
