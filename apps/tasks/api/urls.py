"""Addresses of tasks under /api/v1/."""

from __future__ import annotations

from django.urls import path

from apps.tasks.api import views

urlpatterns = [
    path("tasks", views.TasksView.as_view(), name="tasks"),
    path("tasks/<uuid:task_id>", views.TaskView.as_view(), name="task"),
    path("tasks/<uuid:task_id>/cancel", views.CancelView.as_view(), name="task-cancel"),
    path("tasks/<uuid:task_id>/files/<uuid:file_id>", views.TaskFileView.as_view(), name="task-file"),
]
