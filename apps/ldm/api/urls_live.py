"""The addresses of sockets' tickets and leases."""

from __future__ import annotations

from django.urls import URLPattern, path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import live

urlpatterns: list[URLPattern] = [
    path("files/<signed:file_id>/ticket", live.FileTicket.as_view()),
    path("files/<signed:file_id>/next-todo", live.NextToDo.as_view()),
    path("rows/<signed:row_id>/lease", live.RowLeaseView.as_view()),
]
