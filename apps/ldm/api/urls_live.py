"""The addresses of sockets' tickets and leases."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
