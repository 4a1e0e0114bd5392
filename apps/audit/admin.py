"""The audit log in Django's admin: read-only."""

from __future__ import annotations

from django.contrib import admin

from apps.audit.models import AuditEntry
from apps.audit.registry import describe
from locanext_project.read_only_admin import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
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
