"""Tasks in Django's admin: to look at, with the details of failures."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.tasks.models import TaskRun


@admin.register(TaskRun)
class TaskRunAdmin(ModelAdmin):
    """Read-only: tasks are started, cancelled and removed through their services."""

    list_display = ["title", "kind", "status", "owner_name", "step", "created_at", "started_at", "finished_at"]
    list_filter = ["status", "kind", "silent"]
    search_fields = ["title", "kind", "owner_name", "error"]
    ordering = ["-created_at", "-id"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
