"""The ldm app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class LdmConfig(AppConfig):
    name = "apps.ldm"
    label = "ldm"
