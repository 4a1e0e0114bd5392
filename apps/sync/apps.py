"""The sync app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "apps.sync"
    label = "sync"

    def ready(self) -> None:
        from apps.audit.registry import register
        from apps.ldm import events
        from apps.ldm.services.tree.purge import veto_purge
        from apps.sync.audit_actions import ACTIONS
        from apps.sync.client import outbox, purging
        from apps.sync.live import following

        register(ACTIONS)
        events.in_transaction(outbox.keep)
        veto_purge(purging.keep_unsent)
        following.connect()
