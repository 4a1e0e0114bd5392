"""Addresses of the desktop's own link to its server."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
