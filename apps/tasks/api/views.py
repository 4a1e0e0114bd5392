"""Tasks over HTTP: list, look, cancel, remove, download."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.tasks import files, selectors, services, subjects
from apps.tasks.api import shapes
from apps.tasks.models import Status
from locanext_project import workspaces
from locanext_project.api.paging import page
from locanext_project.errors import Invalid

ORDER = ("-created_at", "-id")


def _flag(params: Mapping[str, str], name: str) -> bool:
    """A switch of the query: 1 or true, 0 or false, absent is off. Raises Invalid."""
    value = params.get(name, "").lower()
    if value not in ("", "0", "1", "false", "true"):
        raise Invalid(_("%(name)s is 1 or 0.") % {"name": name}, field=name)
    return value in ("1", "true")


def _subject(params: Mapping[str, str]) -> tuple[str, int | None]:
    """("file", 12), ("file", None) or ("", None). Raises Invalid."""
    kind, number = params.get("subject_kind", ""), params.get("subject_id", "")
    if not number:
        return kind, None
    digits = number.removeprefix("-")
    if not kind or not digits.isascii() or not digits.isdecimal() or len(digits) > 18:
        raise Invalid(_("subject_id is a whole number, given together with subject_kind."), field="subject_id")
    return kind, int(number)


class TasksView(APIView):
    """One's own tasks; a lead's `all=1` lists everybody's."""

    @extend_schema(
        operation_id="tasks_list",
        parameters=[
            OpenApiParameter("status", str, enum=Status.values),
            OpenApiParameter("active", bool, description="Waiting and running ones only."),
            OpenApiParameter("subject_kind", str, description="Such as file."),
            OpenApiParameter("subject_id", OpenApiTypes.INT64),
            OpenApiParameter("all", bool, description="Everybody's tasks (leads; others get their own)."),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses=shapes.TaskPage,
    )
    def get(self, request: Request) -> Response:
        params = request.query_params
        status = params.get("status", "")
        if status and status not in Status.values:
            raise Invalid(_("status is one of %(choices)s.") % {"choices": ", ".join(Status.values)}, field="status")
        kind, number = _subject(params)
        tasks = selectors.tasks_query(
            viewer=person_of(request),
            everyone=_flag(params, "all"),
            status=status,
            active=_flag(params, "active"),
            subject_kind=kind,
            subject_id=number,
        )
        answer = page(request, tasks, ORDER, shapes.present)
        subjects.add_names(person_of(request), answer["results"])
        return Response(answer)


class TaskView(APIView):
    """One task, for its owner and leads."""

    @extend_schema(operation_id="tasks_read", responses=shapes.TaskOutput)
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        return Response(shapes.present(selectors.task_by_id(viewer=person_of(request), task_id=task_id)))

    @extend_schema(operation_id="tasks_remove", responses={204: OpenApiResponse(description="Removed.")})
    def delete(self, request: Request, task_id: uuid.UUID) -> Response:
        task = selectors.task_by_id(viewer=person_of(request), task_id=task_id)
        services.remove(actor=person_of(request), task=task)
        return Response(status=204)


class CancelView(APIView):
    """Cancel a task: at once while it waits, at its next step while it runs."""

    @extend_schema(operation_id="tasks_cancel", request=None, responses=shapes.TaskOutput)
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        task = selectors.task_by_id(viewer=person_of(request), task_id=task_id)
        services.cancel(actor=person_of(request), task=task)
        return Response(shapes.present(selectors.task_by_id(viewer=person_of(request), task_id=task_id)))


class TaskFileView(APIView):
    """Download a result file."""

    @extend_schema(operation_id="tasks_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, task_id: uuid.UUID, file_id: uuid.UUID) -> StreamingHttpResponse:
        file = selectors.file_by_id(viewer=person_of(request), task_id=task_id, file_id=file_id)
        alias = workspaces.alias()
        asynchronous = isinstance(request._request, ASGIRequest)
        body = files.aread(file.pk, alias) if asynchronous else files.read(file.pk, alias)
        return StreamingHttpResponse(
            body,
            content_type=file.content_type,
            headers={
                "Content-Disposition": content_disposition_header(True, file.name) or "attachment",
                "Content-Length": str(file.size),
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-store",
            },
        )
