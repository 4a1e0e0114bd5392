"""The ldm app's place in Django: its audit actions and its long jobs."""

from __future__ import annotations

import importlib
import importlib.util

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LdmConfig(AppConfig):
    name = "apps.ldm"
    verbose_name = _("Files and projects")
    label = "ldm"

    def ready(self) -> None:
        """Register what other apps look up by name."""
        from apps.audit import registry
        from apps.ldm.audit_actions import ACTIONS
        from apps.ldm.live import feed
        from apps.ldm.selectors import task_subjects

        registry.register(ACTIONS)
        feed.connect()
        task_subjects.connect()
        if importlib.util.find_spec("apps.tasks.context") and importlib.util.find_spec("apps.tasks.limits"):
            importlib.import_module("apps.ldm.tasks")
        for name in ("tasks_tree", "tasks_terms", "tasks_memory", "tasks_pretranslate", "tasks_bulk", "tasks_checks"):
            importlib.import_module(f"apps.ldm.{name}")
