"""Findings of the checks over HTTP: while typing, kept ones, counts, dismissing, checking again, a sheet of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import bodies
from apps.ldm.api import check_shapes as shapes
from apps.ldm.api.files import start
from apps.ldm.api.memory_shapes import TaskShape
from apps.ldm.checks.findings import KINDS
from apps.ldm.selectors import issues
from apps.ldm.services.checks import dismiss
from apps.ldm.services.rows.rules import MAX_TEXT
from locanext_project.api.paging import page
from locanext_project.errors import Invalid, TooLarge

MOST_CHARACTERS = 1_000_000
"""Of all the targets of one request together."""


def _by_row(found: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    return {"issues": {str(pk): some for pk, some in found.items()}}


class CheckTyped(APIView):
    """POST files/{id}/check: what the checks say of targets that are being typed; nothing is kept."""

    @extend_schema(request=shapes.TypedRows, responses=shapes.FindingsOfTyped)
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        rows = bodies.json_object(request).get("rows")
        if not isinstance(rows, list) or not 1 <= len(rows) <= issues.MOST_TYPED:
            raise Invalid(_("rows is a list of 1 to %(most)s rows.") % {"most": issues.MOST_TYPED}, field="rows")
        typed: dict[int, str] = {}
        for row in rows:
            if not isinstance(row, dict):
                raise Invalid(_("A row is an id and a target."), field="rows")
            pk = bodies.whole_number(row, "id", _("the id of a row"))
            if -(2**63) <= pk < 2**63:
                typed[pk] = bodies.text(row, "target") or ""
        if max(map(len, typed.values()), default=0) > MAX_TEXT or sum(map(len, typed.values())) > MOST_CHARACTERS:
            raise TooLarge(_("These texts are too long to be checked while typing."), most=MOST_CHARACTERS)
        limits = {str(pk): limit for pk, limit in issues.limits_of_typed(file, typed).items()}
        return Response(_by_row(issues.of_typed(file, typed)) | {"limits": limits})


class FileIssues(APIView):
    """GET files/{id}/issues: findings in the order of rows."""

    @extend_schema(
        responses=shapes.FindingPage,
        parameters=[
            OpenApiParameter("kind", str, description=f"One of {', '.join(KINDS)}."),
            OpenApiParameter("dismissed", bool, description="Dismissed ones instead of open ones."),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
    )
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        dismissed = request.query_params.get("dismissed", "") in ("1", "true")
        found = issues.in_file(file, kind=bodies.query_text(request, "kind"), dismissed=dismissed)
        return Response(page(request, found, issues.LIST_ORDER, issues.present_in_list))


class IssueCounts(APIView):
    """GET files/{id}/issues/counts."""

    @extend_schema(responses=shapes.FindingCounts)
    def get(self, request: Request, file_id: int) -> Response:
        return Response(issues.counts(permissions.get_file(person_of(request), file_id)))


class IssuesOfRows(APIView):
    """GET files/{id}/issues/rows?ids=1,2: the findings of some rows."""

    @extend_schema(
        responses=shapes.FindingsOfRows,
        parameters=[OpenApiParameter("ids", str, description=f"At most {issues.MOST_ROWS} ids, by commas.")],
    )
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        return Response(_by_row(issues.of_rows(file, _ids(request))))


def _ids(request: Request) -> list[int]:
    given = [part for part in request.query_params.get("ids", "").split(",") if part.strip()]
    if len(given) > issues.MOST_ROWS:
        raise Invalid(_("Ask for at most %(most)s rows.") % {"most": issues.MOST_ROWS}, field="ids")
    try:
        ids = [int(part) for part in given]
    except ValueError:
        raise Invalid(_("ids are numbers, separated by commas."), field="ids") from None
    return [pk for pk in ids if -(2**63) <= pk < 2**63]


class DismissIssues(APIView):
    """POST files/{id}/issues/dismiss: set findings aside, or open them again."""

    @extend_schema(request=shapes.DismissInput, responses=shapes.DismissDone)
    def post(self, request: Request, file_id: int) -> Response:
        permissions.get_file(person_of(request), file_id)
        data = bodies.json_object(request)
        ids = data.get("ids")
        if not isinstance(ids, list) or not all(type(pk) is int for pk in ids):
            raise Invalid(_("ids is a list of the ids of findings."), field="ids")
        wanted = bodies.flag(data, "dismissed")
        changed = dismiss.dismiss(
            actor=person_of(request), file_id=file_id, ids=ids, dismissed=True if wanted is None else wanted
        )
        return Response({"changed": changed})


class CheckAll(APIView):
    """POST files/{id}/check-all: check every row again, as a task."""

    @extend_schema(request=None, responses={202: TaskShape})
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        return start(request, "ldm.check", {"file_id": file.pk, "everything": True}, subject=("file", file.pk))


class CheckProject(APIView):
    """POST projects/{id}/check-all: check every row of a project again, as a task."""

    @extend_schema(request=None, responses={202: TaskShape})
    def post(self, request: Request, node_id: int) -> Response:
        project = permissions.get_project(person_of(request), node_id)
        args = {"project_id": project.pk, "everything": True}
        return start(request, "ldm.check_project", args, subject=("project", project.pk))


class ExportIssues(APIView):
    """POST files/{id}/issues/export: the open findings as XLSX, by a task."""

    @extend_schema(request=None, responses={202: TaskShape})
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        permissions.require(person_of(request), "download", file)
        return start(request, "ldm.check_export", {"file_id": file.pk}, subject=("file", file.pk))
