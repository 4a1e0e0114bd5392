"""One file: opened in the editor, and changed as a node of the tree, under one address."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.ldm.api import tree_shapes as shapes
from apps.ldm.api.files import OpenFile
from apps.ldm.api.tree import change_node
from apps.ldm.services.tree.structure import Ref


class FileView(OpenFile):
    """GET files/{id}: open in the editor. PATCH: rename, languages, assignee, due date."""

    @extend_schema(operation_id="files_change", request=shapes.NodeChanges, responses=shapes.NodeOutput)
    def patch(self, request: Request, file_id: int) -> Response:
        return change_node(request, Ref("file", file_id))
