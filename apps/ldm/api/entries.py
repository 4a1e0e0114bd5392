"""Entries of a memory: pages of them, one's edit and history, acts on many."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions_memory
from apps.ldm.api import bodies
from apps.ldm.api import memory_shapes as shapes
from apps.ldm.api.tree import checked
from apps.ldm.permissions import Person
from apps.tasks.api.shapes import present as task_json
from apps.tasks.services import enqueue
from apps.tm.errors import StaleEntry
from apps.tm.models import Entry, Memory
from apps.tm.selectors import entries
from apps.tm.selectors.entries import EntryFilter
from apps.tm.selectors.search_entries import DEFAULT_FIELDS
from apps.tm.services.entries import act, edit
from apps.tm.services.entries.edit import EntryEdit
from locanext_project.api.paging import limit_of
from locanext_project.errors import Invalid, NotFound

AT_ONCE = 5000
"""More entries than these are changed by a task."""


class MemoryEntries(APIView):
    """GET and POST memories/{id}/entries."""

    @extend_schema(
        operation_id="entries_list",
        parameters=[
            OpenApiParameter("search", str),
            OpenApiParameter("fields", str, description="Comma-separated: source, target, key."),
            OpenApiParameter("sort", str, enum=[f"{sign}{name}" for name in entries.SORTS for sign in ("", "-")]),
            OpenApiParameter("state", str, enum=shapes.STATES),
            OpenApiParameter("author", int, description="Who changed them last."),
            OpenApiParameter("author_name", str, description="A part of the name of who changed them last."),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses=shapes.EntryPage,
    )
    def get(self, request: Request, memory_id: int) -> Response:
        memory = permissions_memory.get_memory(request.user, memory_id, Memory.Kind.MEMORY)
        params = request.query_params
        fields = tuple(name for name in bodies.query_text(request, "fields").split(",") if name)
        found = entries.page(
            memory,
            # Spaces at the ends of what is looked for count: they are part of the text.
            search=_searched(params.get("search", "")),
            fields=fields or DEFAULT_FIELDS,
            sort=bodies.query_text(request, "sort") or "id",
            state=bodies.query_text(request, "state") or None,
            author=bodies.query_integer(request, "author") if params.get("author") else None,
            author_name=bodies.query_text(request, "author_name"),
            cursor=bodies.query_text(request, "cursor") or None,
            limit=limit_of(params, 100, entries.MAX_PAGE),
        )
        results = [entries.present(entry) for entry in found.entries]
        return Response({"results": results, "next": found.next, "total": found.total})

    @extend_schema(operation_id="entries_add", request=shapes.EntryInput, responses={201: shapes.EntryShape})
    def post(self, request: Request, memory_id: int) -> Response:
        memory = permissions_memory.get_memory(request.user, memory_id, Memory.Kind.MEMORY)
        permissions_memory.require(request.user, "edit_entries", memory)
        bodies.json_object(request)
        made = edit.add(actor=person_of(request), memory_id=memory.pk, **checked(shapes.EntryInput, request))
        return Response(entries.present(made), 201)


def _searched(text: str) -> str:
    if len(text) > 1000:
        raise Invalid(_("At most 1000 characters are looked for."), field="search")
    return text


class OneEntry(APIView):
    """PATCH entries/{id}."""

    @extend_schema(operation_id="entries_change", request=shapes.EntryChanges, responses=shapes.EntryShape)
    def patch(self, request: Request, entry_id: int) -> Response:
        entry, memory = entry_of(request.user, entry_id)
        permissions_memory.require(request.user, "edit_entries", memory)
        bodies.json_object(request)
        values = checked(shapes.EntryChanges, request)
        seen = values.pop("rev")
        try:
            changed = edit.edit(actor=person_of(request), entry_id=entry.pk, seen_rev=seen, changes=EntryEdit(**values))
        except StaleEntry as stale:
            stale.details["entry"] = entries.present(stale.entry)
            raise
        return Response(entries.present(changed))


class EntryHistoryView(APIView):
    """GET entries/{id}/history: the latest first."""

    @extend_schema(operation_id="entries_history", responses=shapes.EntryHistory)
    def get(self, request: Request, entry_id: int) -> Response:
        entry, _memory = entry_of(request.user, entry_id)
        return Response({"results": entries.history(entry)})


def entry_of(user: Person, entry_id: int) -> tuple[Entry, Memory]:
    """An entry, deleted ones too, and its memory, if the person sees it. Raises NotFound."""
    if not -(2**63) <= entry_id < 2**63:
        raise NotFound
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise NotFound
    return entry, permissions_memory.get_memory(user, entry.memory_id, Memory.Kind.MEMORY)


class EntriesAct(APIView):
    """POST memories/{id}/entries/act: on entries by id, or on all that match; a task for many."""

    @extend_schema(operation_id="entries_act", request=shapes.EntryActInput, responses=shapes.EntriesChanged)
    def post(self, request: Request, memory_id: int) -> Response:
        memory = permissions_memory.get_memory(request.user, memory_id, Memory.Kind.MEMORY)
        permissions_memory.require(request.user, "edit_entries", memory)
        bodies.json_object(request)
        data = checked(shapes.EntryActInput, request)
        what, ids = data.pop("act"), data.pop("ids", None)
        if ids is not None and data:
            raise Invalid(_("Name the entries, or what they match."), field="ids")
        if ids is None and not data:
            raise Invalid(_("Name the entries, or what they match."), field="ids")
        if ids is not None:
            changed = act.act(actor=person_of(request), memory_id=memory.pk, act=what, ids=ids)
            return Response({"changed": changed, "task": None})
        wanted = filter_of(data)
        if entries.count(memory, wanted) <= AT_ONCE:
            changed = act.act(actor=person_of(request), memory_id=memory.pk, act=what, matching=wanted)
            return Response({"changed": changed, "task": None})
        task = enqueue(
            actor=person_of(request),
            kind="ldm.memory_act",
            args={"memory_id": memory.pk, "act": what, "matching": data},
            subject_kind="memory",
            subject_id=memory.pk,
        )
        return Response({"changed": 0, "task": task_json(task)}, 202)


def filter_of(data: dict[str, Any]) -> EntryFilter:
    """The entries that a body asks for."""
    return EntryFilter(
        search=data.get("search", ""),
        fields=tuple(data.get("fields") or DEFAULT_FIELDS),
        state=data.get("state"),
        author=data.get("author"),
        author_name=data.get("author_name", ""),
    )
