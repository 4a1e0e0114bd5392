"""Memories and entries in Django's admin: to look at. Changes go through the services, which count, lock and record."""

from __future__ import annotations

from django.contrib import admin

from apps.tm.models import Entry, Memory
from locanext_project.read_only_admin import LargeReadOnlyAdmin


@admin.register(Memory)
class MemoryAdmin(LargeReadOnlyAdmin):
    """Memories and term bases."""

    list_display = [
        "name", "kind", "source_language", "target_language", "entries", "confirmed", "revision", "owner_name",
        "changed_at", "trashed_at",
    ]  # fmt: skip
    list_filter = ["kind", "target_language"]
    search_fields = ["name", "owner_name"]


@admin.register(Entry)
class EntryAdmin(LargeReadOnlyAdmin):
    """Entries, the latest first; found by id or by exact key, since a search of texts is the memory page's."""

    list_display = ["id", "memory", "key", "source_start", "target_start", "confirmed", "changed_by_name", "removed_at"]
    list_select_related = ["memory"]
    ordering = ["-pk"]
    search_fields = ["=id", "key__exact"]
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description="source")
    def source_start(self, entry: Entry) -> str:
        return entry.source[:80]

    @admin.display(description="target")
    def target_start(self, entry: Entry) -> str:
        return entry.target[:80]
