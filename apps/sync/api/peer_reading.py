"""What desktops fetch: the tree, rows, originals, memories, conflicts."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.page_sessions import person_of
from apps.ldm.api import bodies
from apps.sync import wire
from apps.sync.api.packed import answer
from apps.sync.protocol import PAGE_NODES, PAGE_ROWS
from apps.sync.server.peer import ServerPeer

ANY = OpenApiTypes.OBJECT
LIMIT = OpenApiParameter("limit", int)
TOKEN = OpenApiParameter("token", str, description="The `next` of the page before.")


def peer_of(request: Request) -> ServerPeer:
    """The peer for the person who asks."""
    return ServerPeer(person_of(request))


def limit_of(request: Request, most: int) -> int:
    """How many are wanted; the peer keeps it between 1 and the most."""
    return bodies.query_integer(request, "limit", most)


class Tree(APIView):
    """GET sync/tree?cursor=: everything the person may see, parents first; with `parent` what lies directly in that.

    With `below` and `only` those parts of everything.
    """

    @extend_schema(
        operation_id="sync_tree",
        responses=ANY,
        parameters=[
            LIMIT, OpenApiParameter("cursor", str),
            OpenApiParameter("parent", str, description="root, or a kind and an id such as project:12."),
            OpenApiParameter("below", str, description="Places such as project:12,folder:3: they, and all in them."),
            OpenApiParameter("only", str, description="Places: these alone."),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        cursor, limit = bodies.query_text(request, "cursor"), limit_of(request, PAGE_NODES)
        parent, peer = bodies.query_text(request, "parent"), peer_of(request)
        if parent:
            return answer(request, wire.nodes_json(peer.level(parent, cursor, limit)))
        below, only = (_places(request, name) for name in ("below", "only"))
        return answer(request, wire.nodes_json(peer.tree(cursor, limit, below=below, only=only)))


def _places(request: Request, name: str) -> list[str]:
    return [place for place in bodies.query_text(request, name).split(",") if place]


class FilePath(APIView):
    """GET sync/files/{id}/path: the nodes down to a file."""

    @extend_schema(operation_id="sync_file_path", responses=ANY)
    def get(self, request: Request, file_id: int) -> HttpResponse:
        return answer(request, peer_of(request).path(file_id))


class FileSnapshot(APIView):
    """GET sync/files/{id}/snapshot?token=: all rows of a file."""

    @extend_schema(operation_id="sync_file_snapshot", responses=ANY, parameters=[LIMIT, TOKEN])
    def get(self, request: Request, file_id: int) -> HttpResponse:
        token = bodies.query_text(request, "token")
        page = peer_of(request).snapshot(file_id, token, limit_of(request, PAGE_ROWS))
        return answer(request, wire.page_json(page))


class FileRowsSince(APIView):
    """GET sync/files/{id}/changes?since=&generation=&epoch=: rows changed after a revision."""

    @extend_schema(
        operation_id="sync_file_changes",
        responses=ANY,
        parameters=[
            LIMIT, OpenApiParameter("since", int), OpenApiParameter("generation", int), OpenApiParameter("epoch", str)
        ],
    )  # fmt: skip
    def get(self, request: Request, file_id: int) -> HttpResponse:
        page = peer_of(request).changes(
            file_id,
            bodies.query_integer(request, "since", 0),
            bodies.query_integer(request, "generation", 0),
            bodies.query_text(request, "epoch"),
            limit_of(request, PAGE_ROWS),
        )
        return answer(request, wire.page_json(page))


class FileOriginal(APIView):
    """GET sync/files/{id}/original: what a file came from."""

    @extend_schema(operation_id="sync_file_original", responses=ANY)
    def get(self, request: Request, file_id: int) -> HttpResponse:
        return answer(request, peer_of(request).original(file_id))


class FileBlob(APIView):
    """GET sync/files/{id}/blobs/{sha256}?offset=: bytes of a file's original."""

    @extend_schema(
        operation_id="sync_file_blob",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("offset", int)],
    )
    def get(self, request: Request, file_id: int, sha256: str) -> HttpResponse:
        data = peer_of(request).blob(file_id, sha256, bodies.query_integer(request, "offset", 0))
        return HttpResponse(data, content_type="application/octet-stream")


class FileMemories(APIView):
    """GET sync/files/{id}/memories: the memories and term bases that serve a file."""

    @extend_schema(operation_id="sync_file_memories", responses=ANY)
    def get(self, request: Request, file_id: int) -> HttpResponse:
        return answer(request, peer_of(request).memories(file_id))


class MemoryEntries(APIView):
    """GET sync/memories/{id}/entries?token=&since=: entries or terms, all of them or what changed."""

    @extend_schema(
        operation_id="sync_memory_entries", responses=ANY, parameters=[LIMIT, TOKEN, OpenApiParameter("since", int)]
    )
    def get(self, request: Request, memory_id: int) -> HttpResponse:
        since = bodies.query_integer(request, "since") if request.query_params.get("since") else None
        token = bodies.query_text(request, "token")
        page = peer_of(request).entries(memory_id, token, since, limit_of(request, PAGE_ROWS))
        return answer(request, wire.page_json(page))


class FileConflicts(APIView):
    """GET sync/files/{id}/conflicts?known=op,op: those that nobody has decided, and those named, decided or not."""

    @extend_schema(operation_id="sync_file_conflicts", responses=ANY, parameters=[OpenApiParameter("known", str)])
    def get(self, request: Request, file_id: int) -> HttpResponse:
        known = [op for op in bodies.query_text(request, "known").split(",") if op]
        return answer(request, peer_of(request).conflicts(file_id, known))
