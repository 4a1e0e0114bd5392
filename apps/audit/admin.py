"""The audit log in Django's admin: read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.audit.models import AuditEntry
from apps.audit.registry import describe


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):
    """Nothing is added, changed or deleted here: the chain would break."""

    list_display = ["at", "sentence", "actor_name", "target_name", "ip"]
    list_filter = ["action"]
    search_fields = ["actor_name", "target_name", "ip", "request_id"]
    ordering = ["-id"]
    show_full_result_count = False

    @admin.display(description="event")
    def sentence(self, entry: AuditEntry) -> str:
        """The entry in words."""
        values = {**entry.detail, "actor": entry.actor_name, "target": entry.target_name}
        return describe(entry.action, values)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
