"""The JSON of a task under the name other apps' endpoints use."""

from __future__ import annotations

from apps.tasks.api.shapes import present as task_json

__all__ = ["task_json"]
