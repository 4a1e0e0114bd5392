"""The tm app's place in Django: its audit actions."""

from __future__ import annotations

from django.apps import AppConfig


class TmConfig(AppConfig):
    name = "apps.tm"
    label = "tm"

    def ready(self) -> None:
        """Register what other apps look up by name."""
        from apps.audit import registry
        from apps.tm.audit_actions import ACTIONS

        registry.register(ACTIONS)
