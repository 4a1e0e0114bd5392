"""The desktop: the same project on loopback, its SQLite file in the user's folder."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

os.environ.setdefault("LOCANEXT_DATA", platformdirs.user_data_dir("LocaNext", appauthor=False))
Path(os.environ["LOCANEXT_DATA"]).mkdir(parents=True, exist_ok=True)
os.environ.setdefault("DATABASE_TYPE", "sqlite")

from .base import *  # noqa: E402, F403

PROFILE = "desktop"
DATABASE_ROLES = {"default": "desktop"}
ALLOWED_HOSTS = ["127.0.0.1"]
