"""Pages of Django's admin to look at: what may be changed is changed by the services, which count, lock and record."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Lists and shows; adds, changes and deletes nothing."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LargeReadOnlyAdmin(ReadOnlyAdmin):
    """The same of a table that grows with the work: short pages, and no count of all rows for each."""

    list_per_page = 50
    show_full_result_count = False
