"""Addresses of the desktop's own link to its server."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.sync.api import link_files, link_people, link_probe, link_state

urlpatterns: list[URLPattern] = [
    path("link", link_state.LinkView.as_view()),
    path("link/probe", link_probe.LinkProbe.as_view()),
    path("link/people", link_people.LinkPeople.as_view()),
    path("link/server", link_state.LinkServer.as_view()),
    path("link/login", link_state.LinkLogin.as_view()),
    path("link/logout", link_state.LinkLogout.as_view()),
    path("link/mode", link_state.LinkMode.as_view()),
    path("link/sync", link_state.LinkSync.as_view()),
    path("link/pending", link_state.PendingEdits.as_view()),
    path("link/pending/<signed:row_id>", link_state.PendingEdit.as_view()),
    path("link/files", link_files.LinkFiles.as_view()),
    path("link/tree", link_files.LinkTree.as_view()),
    path("link/open", link_files.LinkOpen.as_view()),
    path("link/mirror", link_files.LinkMirror.as_view()),
    path("link/subscriptions/<str:kind>/<signed:node_id>", link_files.LinkSubscription.as_view()),
    path("link/upload", link_files.LinkUpload.as_view()),
]
