"""Tasks in Django's admin: to look at, with the details of failures."""

from __future__ import annotations

from django.contrib import admin

from apps.tasks.models import TaskRun
from locanext_project.read_only_admin import ReadOnlyAdmin


@admin.register(TaskRun)
class TaskRunAdmin(ReadOnlyAdmin):
    """Read-only: tasks are started, cancelled and removed through their services."""

    list_display = ["title", "kind", "status", "owner_name", "step", "created_at", "started_at", "finished_at"]
    list_filter = ["status", "kind", "silent"]
    search_fields = ["title", "kind", "owner_name", "error"]
    ordering = ["-created_at", "-id"]
    show_full_result_count = False
