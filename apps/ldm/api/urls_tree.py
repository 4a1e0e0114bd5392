"""The addresses of the tree, the recycle bin and access. Ids may be below zero."""

from __future__ import annotations

from django.urls import path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import access, trash, tree
from apps.ldm.api.file_node import FileView

urlpatterns = [
    path("tree", tree.TreeView.as_view(), name="tree"),
    path("tree/move", tree.MoveView.as_view()),
    path("tree/copy", tree.CopyView.as_view()),
    path("tree/delete", tree.DeleteView.as_view()),
    path("tree/<str:kind>/<signed:node_id>", tree.NodeView.as_view()),
    path("tree/<str:kind>/<signed:node_id>/folders", tree.FoldersView.as_view()),
    path("platforms", tree.PlatformsView.as_view()),
    path("projects", tree.ProjectsView.as_view()),
    path("folders", tree.FoldersCreateView.as_view()),
    path("platforms/<signed:node_id>", tree.ChangeNodeView.as_view(node_kind="platform")),
    path("projects/<signed:node_id>", tree.ChangeNodeView.as_view(node_kind="project")),
    path("folders/<signed:node_id>", tree.ChangeNodeView.as_view(node_kind="folder")),
    path("files/<signed:file_id>", FileView.as_view()),
    path("platforms/<signed:node_id>/grants", access.GrantsView.as_view(node_kind="platform")),
    path("projects/<signed:node_id>/grants", access.GrantsView.as_view(node_kind="project")),
    path("capabilities", access.CapabilitiesView.as_view()),
    path("trash", trash.TrashView.as_view()),
    path("trash/empty", trash.EmptyTrashView.as_view()),
    path("trash/<signed:item_id>", trash.TrashItemView.as_view()),
    path("trash/<signed:item_id>/restore", trash.RestoreView.as_view()),
    path("search", tree.SearchView.as_view()),
]
