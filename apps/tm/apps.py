"""The tm app's place in Django: its audit actions."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TmConfig(AppConfig):
    name = "apps.tm"
    verbose_name = _("Memory and terms")
    label = "tm"

    def ready(self) -> None:
        """Register what other apps look up by name, and say where compiled code is kept."""
        from django.conf import settings

        from apps.audit import registry
        from apps.tm import tasks, tasks_vectors  # noqa: F401 (registers them)
        from apps.tm.audit_actions import ACTIONS
        from apps.tm.indexes import warm

        registry.register(ACTIONS)
        if settings.PROFILE != "test":  # each run of the tests has a new data folder and would compile again
            warm.use_data_folder()
