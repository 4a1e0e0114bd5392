"""The sync app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "apps.sync"
    label = "sync"

    def ready(self) -> None:
        from apps.audit.registry import register
        from apps.sync.audit_actions import ACTIONS
        from apps.sync.live import following

        register(ACTIONS)
        following.connect()
