"""The tests' task kinds as an app, for worker processes that import no test."""

from __future__ import annotations

from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "tests.tasks"
    label = "tests_tasks"

    def ready(self) -> None:
        from tests.tasks import kinds  # noqa: F401 (registers)
