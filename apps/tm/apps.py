"""The tm app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class TmConfig(AppConfig):
    name = "apps.tm"
    label = "tm"
