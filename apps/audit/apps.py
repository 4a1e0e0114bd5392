"""The audit app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "apps.audit"
    label = "audit"

    def ready(self) -> None:
        from apps.accounts.signals import happened
        from apps.audit import listeners, registry

        registry.register(listeners.SENTENCES)
        happened.connect(listeners.on_account_event, dispatch_uid="audit.accounts")
