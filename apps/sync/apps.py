"""The sync app's place in Django."""

from __future__ import annotations

import importlib

from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "apps.sync"
    label = "sync"

    def ready(self) -> None:
        from apps.audit.registry import register
        from apps.ldm import events
        from apps.ldm.selectors import filter_flags
        from apps.ldm.services.tree.purge import hold_purge, veto_purge
        from apps.sync.audit_actions import ACTIONS
        from apps.sync.client import at_server, outbox, purging
        from apps.sync.live import following, upstream
        from apps.sync.selectors.conflicts import rows_in_conflict
        from apps.sync.server import arriving

        register(ACTIONS)
        filter_flags.register("conflict", rows_in_conflict)
        importlib.import_module("apps.sync.tasks")
        events.in_transaction(outbox.keep)
        veto_purge(purging.keep_unsent)
        hold_purge(arriving.held)
        following.connect()
        upstream.attach()
        at_server.attach()
