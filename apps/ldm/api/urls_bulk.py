"""The addresses of acts on many rows: status, text, replace, paste, repeats."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
