"""Settings of the worker processes that tests start: a node with one database, as on a desktop."""

from __future__ import annotations

from locanext_project.settings.base import *  # noqa: F403
from locanext_project.settings.base import INSTALLED_APPS

INSTALLED_APPS += ["tests.tasks.sample_app.SampleConfig"]
