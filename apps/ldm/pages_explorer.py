"""Pages around the editor: the explorer, the recycle bin, importing, a new version of a file."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from apps.ldm import permissions
from apps.ldm.formats import extensions
from apps.ldm.formats.languages import LANGUAGES
from apps.ldm.models import File, Folder, Project
from apps.ldm.selectors import tree
from apps.ldm.services.tree.offline_storage import shown_name
from locanext_project.errors import NotFound
from locanext_project.local_ids import is_desktop

ENCODINGS = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "cp949",
    "euc-kr",
    "shift_jis",
    "gb18030",
    "big5",
    "cp1252",
    "cp1251",
    "iso-8859-1",
)


@require_safe
@login_required
@ensure_csrf_cookie
def explorer(request: HttpRequest, kind: str = "", node_id: int | None = None) -> HttpResponse:
    """The tree and the list of a place; without `kind` the top. 404 for what is gone or may not be seen.

    On a desktop a place of the server's that is not there: the page of the 404 asks the server what it holds.
    """
    status = 200
    if node_id is not None:
        try:
            _node(request, kind, node_id)
        except Http404:
            if node_id < 0 or not is_desktop():
                raise
            status = 404
    context = {"languages": LANGUAGES.values(), "place": ""} | _files()
    return render(request, "ldm/explorer.html", context, status=status)


@require_safe
@login_required
@ensure_csrf_cookie
def trash(request: HttpRequest) -> HttpResponse:
    """The explorer with the recycle bin opened."""
    return render(request, "ldm/explorer.html", {"languages": LANGUAGES.values(), "place": "trash"} | _files())


@require_safe
@login_required
@ensure_csrf_cookie
def import_into(request: HttpRequest, kind: str, node_id: int) -> HttpResponse:
    """Columns, rules and a preview of files on their way into a project or folder."""
    node = _node(request, kind, node_id)
    assert isinstance(node, (Project, Folder))  # noqa: S101 (the address allows no other kind)
    project = node if isinstance(node, Project) else node.project
    context = {
        "mode": "import",
        "kind": kind,
        "node": node,
        "project": project,
        "steps": _path(node) + [{"kind": kind, "id": node.pk, "name": shown_name(kind, node.pk, node.name)}],
        "source_language": project.source_language,
        "target_language": project.target_language,
    }
    return render(request, "ldm/import.html", context | _importing())


@require_safe
@login_required
@ensure_csrf_cookie
def new_version(request: HttpRequest, file_id: int) -> HttpResponse:
    """What a newer version of a file would change."""
    return _returning(request, file_id, "version")


@require_safe
@login_required
@ensure_csrf_cookie
def bilingual(request: HttpRequest, file_id: int) -> HttpResponse:
    """What a bilingual sheet that came back would change."""
    return _returning(request, file_id, "bilingual")


def _returning(request: HttpRequest, file_id: int, mode: str) -> HttpResponse:
    file = _node(request, "file", file_id)
    assert isinstance(file, File)  # noqa: S101 (a file was asked for)
    context = {
        "mode": mode,
        "kind": "file",
        "node": file,
        "project": file.project,
        "steps": _path(file) + [{"kind": "file", "id": file.pk, "name": file.name}],
        "source_language": file.source_language,
        "target_language": file.target_language,
        "variant": file.variant,
        # How the present version was read: the page shows a newer one the same way.
        "options": json.dumps(file.original.options) if file.original is not None else "",
        "source_file": file.original.source_filename if file.original is not None else "",
    }
    return render(request, "ldm/import.html", context | _importing())


def _node(request: HttpRequest, kind: str, node_id: int) -> permissions.Node:
    try:
        return permissions.get_node(request.user, kind, node_id)
    except NotFound as error:
        raise Http404(error.message) from error


def _path(node: permissions.Node) -> list[dict[str, Any]]:
    return [{"kind": kind, "id": pk, "name": name} for kind, pk, name in tree.path_of(node)]


def _files() -> dict[str, Any]:
    return {"accept": ",".join([*extensions(), ".zip"])}


def _importing() -> dict[str, Any]:
    return {"languages": LANGUAGES.values(), "encodings": ENCODINGS} | _files()
