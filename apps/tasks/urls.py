"""Addresses of the pages of tasks."""

from __future__ import annotations

from django.urls import path

from apps.tasks import pages

app_name = "tasks"
urlpatterns = [path("tasks/", pages.task_list, name="list")]
