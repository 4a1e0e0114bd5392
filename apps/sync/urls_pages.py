"""Addresses of the pages of sync."""

from __future__ import annotations

from django.urls import path

from apps.sync import pages

app_name = "sync"
urlpatterns = [
    path("start/", pages.start, name="start"),
    path("inbox/", pages.inbox, name="inbox"),
]
