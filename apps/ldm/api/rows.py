"""Rows: windows, views, one row's edit and history, the changes since a revision."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.api import bodies, row_origin
from apps.ldm.api.schemas import ChangesSchema, FilterSchema, HistorySchema, RowSchema, WindowSchema
from apps.ldm.errors import StaleRow
from apps.ldm.formats import languages
from apps.ldm.models import File, Row, RowRevision, Status
from apps.ldm.selectors import history, issues, rows, views
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.set_status import MAX_ROWS, set_status
from locanext_project.api.paging import page
from locanext_project.errors import Invalid, NotFound


def language_json(code: str) -> dict[str, str]:
    """A language as the pages need it: its code, its name in its own words, its direction."""
    language = languages.find(code)
    if language is None:
        return {"code": code, "name": code, "dir": "ltr"}
    return {"code": code, "name": language.native, "dir": "rtl" if language.rtl else "ltr"}


class FileRows(APIView):
    """GET files/{id}/rows: a window of a file, or of a view of it."""

    @extend_schema(
        responses=WindowSchema,
        parameters=[
            OpenApiParameter("start", int),
            OpenApiParameter("count", int),
            OpenApiParameter("view", str),
        ],
    )
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        start, count = bodies.query_integer(request, "start", 0), bodies.query_integer(request, "count", 200)
        if token := request.query_params.get("view", ""):
            view = views.get(person_of(request), file, token)
            if start < 0 or not 1 <= count <= rows.MAX_WINDOW:
                raise Invalid(f"start is 0 or more and count is 1 to {rows.MAX_WINDOW}.", field="count")
            found, total = rows.by_ids(file, view.ids[start : start + count].tolist()), len(view.ids)
        else:
            found, total = rows.window(file, start, count), rows.total_rows(file)
        return Response({"revision": file.revision, "total": total, "start": start, "rows": found})


class FileViews(APIView):
    """POST files/{id}/views: compute a filtered, sorted view; `index`: where in it `row` is, null where it is not.

    With `count` the rows of the view's block of so many rows that holds `index`, or of its first one, come along.
    """

    @extend_schema(
        request=FilterSchema,
        responses=inline_serializer(
            "View",
            {
                "view": serializers.CharField(),
                "total": serializers.IntegerField(),
                "revision": serializers.IntegerField(),
                "index": serializers.IntegerField(allow_null=True),
                "start": serializers.IntegerField(required=False),
                "rows": RowSchema(many=True, required=False),
            },
        ),
    )
    def post(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        data = bodies.json_object(request)
        row_id = bodies.whole_number(data, "row", "the id of a row") if "row" in data else None
        count = bodies.whole_number(data, "count", "how many rows to send along") if "count" in data else 0
        if not 0 <= count <= rows.MAX_WINDOW:
            raise Invalid(f"count is 0 to {rows.MAX_WINDOW}.", field="count")
        wanted = views.Filter.parse({name: value for name, value in data.items() if name not in ("row", "count")})
        view = views.make(person_of(request), file, wanted)
        index = None if row_id is None else views.locate(file, view, row_id)
        answer = {"view": view.token, "total": len(view.ids), "revision": view.revision, "index": index}
        if count:
            start = (index or 0) // count * count
            answer |= {"start": start, "rows": rows.by_ids(file, view.ids[start : start + count].tolist())}
        return Response(answer)


class FileLocate(APIView):
    """GET files/{id}/locate: where a row, number, key or sheet cell is within the file or a view."""

    @extend_schema(
        responses=inline_serializer(
            "Place", {"index": serializers.IntegerField(), "row_id": serializers.IntegerField()}
        ),
        parameters=[OpenApiParameter(name, str) for name in ("row", "n", "key", "cell", "view")],
    )
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        view = views.get(person_of(request), file, token) if (token := request.query_params.get("view", "")) else None
        row_id = _wanted_row(request, file)
        index = views.locate(file, view, row_id)
        if index is None:
            raise NotFound("This row is not among the rows shown.", code="not_in_view", row_id=row_id)
        return Response({"index": index, "row_id": row_id})


def _wanted_row(request: Request, file: File) -> int:
    params = request.query_params
    live = Row.objects.filter(file_id=file.pk, position__gte=0).order_by("position")
    if params.get("row"):
        found = live.filter(pk=bodies.query_integer(request, "row"))
    elif params.get("n"):
        found = live.filter(position=bodies.query_integer(request, "n") - 1)
    elif cell := bodies.query_text(request, "cell"):
        found = live.filter(location__iexact=cell)
        if not found.exists():
            found = live.filter(location__iendswith=f"!{cell}")
    elif key := bodies.query_text(request, "key"):
        found = live.filter(key=key)
        for lookup in ("key__iexact", "key__istartswith", "key__icontains"):
            if found.exists():
                break
            found = live.filter(**{lookup: key})
    else:
        raise Invalid("Say which: row, n, key or cell.")
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound("No row of this file is called so.", code="no_such_row")
    return int(pk)


class RowEditSchema(serializers.Serializer[Any]):
    """The body of a row edit; what is left out stays."""

    target = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    status = serializers.ChoiceField(required=False, choices=[s.label for s in Status])
    text_rev = serializers.IntegerField()
    blank_intended = serializers.BooleanField(required=False)
    locked = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    origin = serializers.ChoiceField(required=False, choices=["human", "tm"])
    score = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=102)
    match = inline_serializer(
        "MatchShown",
        {
            "memory_id": serializers.IntegerField(),
            "kind": serializers.CharField(),
            "score": serializers.IntegerField(allow_null=True),
            "target": serializers.CharField(allow_blank=True),
        },
        required=False,
        allow_null=True,
    )


class OneRow(APIView):
    """GET and PATCH rows/{id}."""

    @extend_schema(responses=RowSchema)
    def get(self, request: Request, row_id: int) -> Response:
        row, _file = rows.get_row(person_of(request), row_id)
        return Response(rows.present(row))

    @extend_schema(request=RowEditSchema, responses=RowSchema)
    def patch(self, request: Request, row_id: int) -> Response:
        data = bodies.json_object(request)
        seen = bodies.whole_number(data, "text_rev", "the revision of the text you saw")
        status = bodies.text(data, "status")
        edit = RowEdit(
            target=bodies.text(data, "target"),
            status=rows.statuses([status])[0] if status else None,
            blank_intended=bodies.flag(data, "blank_intended"),
            locked=bodies.flag(data, "locked"),
            note=bodies.text(data, "note") or "",
            match=row_origin.match_shown(data),
            **row_origin.origin_and_score(data),
        )
        try:
            row = edit_row(actor=person_of(request), row_id=row_id, seen_text_rev=seen, edit=edit)
        except StaleRow as stale:
            stale.details["row"] = rows.present(stale.row)
            raise
        revision, counts = rows.state_of_file(row.file_id)
        return Response(
            {
                "row": rows.present(row),
                "file": {"revision": revision, "counts": counts},
                "issues": issues.of_row(row.pk),
            }
        )


class RowsStatus(APIView):
    """POST rows/status: one status for several rows, as a change set."""

    @extend_schema(
        request=inline_serializer(
            "RowsStatus",
            {
                "ids": serializers.ListField(child=serializers.IntegerField(), max_length=MAX_ROWS),
                "status": serializers.ChoiceField(choices=[s.label for s in Status]),
                "reason": serializers.CharField(required=False),
            },
        ),
        responses=inline_serializer(
            "RowsStatusDone",
            {
                "change_set": serializers.IntegerField(allow_null=True),
                "changed": serializers.IntegerField(),
                "refused": serializers.ListField(),
            },
        ),
    )
    def post(self, request: Request) -> Response:
        data = bodies.json_object(request)
        ids = data.get("ids")
        if not isinstance(ids, list) or not all(isinstance(pk, int) and not isinstance(pk, bool) for pk in ids):
            raise Invalid("ids is a list of row ids.", field="ids")
        status = rows.statuses([str(data.get("status", ""))])[0]
        done = set_status(
            actor=person_of(request), row_ids=ids, status=status, reason=bodies.text(data, "reason") or ""
        )
        return Response(
            {
                "change_set": done.change_set.pk if done.change_set else None,
                "changed": done.changed,
                "refused": [{"row_id": pk, "message": message} for pk, message in done.refused],
            }
        )


class RowHistory(APIView):
    """GET rows/{id}/history: newest first."""

    @extend_schema(responses=HistorySchema)
    def get(self, request: Request, row_id: int) -> Response:
        row, _file = rows.get_row(person_of(request), row_id)
        return Response(page(request, RowRevision.objects.filter(row=row), ["-id"], history.revision_json))


class FileChanges(APIView):
    """GET files/{id}/changes?since=: rows changed after a revision."""

    @extend_schema(responses=ChangesSchema, parameters=[OpenApiParameter("since", int, required=True)])
    def get(self, request: Request, file_id: int) -> Response:
        file = permissions.get_file(person_of(request), file_id)
        limit = min(bodies.query_integer(request, "limit", rows.MAX_WINDOW), rows.MAX_WINDOW)
        if limit < 1:
            raise Invalid("limit is 1 or more.", field="limit")
        revision, changed, more = rows.changes_since(file.pk, bodies.query_integer(request, "since"), limit)
        # Read after the rows: what is counted is at least as new as they are.
        file.refresh_from_db()
        return Response(
            {
                "revision": revision,
                "generation": file.generation,
                "rows": changed,
                "more": more,
                "counts": file.counts(),
                "total": rows.total_rows(file),
            }
        )
