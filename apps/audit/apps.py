"""The audit app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "apps.audit"
    verbose_name = _("Audit log")
    label = "audit"

    def ready(self) -> None:
        from apps.accounts.signals import happened
        from apps.audit import listeners, registry

        registry.register(listeners.SENTENCES)
        happened.connect(listeners.on_account_event, dispatch_uid="audit.accounts")
