"""The desktop: the same project on loopback, its SQLite file in the user's folder.

With DATABASE_TYPE=postgresql (the LAN set-up) it is one more node of the server, and the SQLite file is its
second database.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

os.environ.setdefault("LOCANEXT_DATA", platformdirs.user_data_dir("LocaNext", appauthor=False))
Path(os.environ["LOCANEXT_DATA"]).mkdir(parents=True, exist_ok=True, mode=0o700)
os.environ.setdefault("DATABASE_TYPE", "sqlite")

from locanext_project.database_choice import sqlite_settings  # noqa: E402

from .base import *  # noqa: E402, F403
from .base import BASE_DIR, DATA_DIR, DATABASE_TYPE, DATABASES, STORAGES  # noqa: E402

PROFILE = "desktop"
DATABASE_FILE = DATA_DIR / "locanext.sqlite3"
if DATABASE_TYPE == "sqlite":
    DATABASE_ROLES = {"default": "desktop"}
    DESKTOP_ALIAS = "default"
else:
    DATABASES["offline"] = sqlite_settings(DATABASE_FILE)
    # The network may be away: whoever asks the server's database hears so within seconds, and a dead line is noticed.
    DATABASES["default"]["OPTIONS"] |= {
        "connect_timeout": 3,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }
    DATABASE_ROLES = {"default": "server", "offline": "desktop"}
    DESKTOP_ALIAS = "offline"
if os.environ.get("LOCANEXT_READ_ONLY") == "1":
    # After an update of the data that failed: nothing may make the file that was put back different from its backup.
    DATABASES[DESKTOP_ALIAS]["OPTIONS"]["init_command"] += "; PRAGMA query_only=ON"

# ---- who may ask: locanext_project.desktop_gate ----
ALLOWED_HOSTS = ["127.0.0.1"]
CSRF_TRUSTED_ORIGINS = []
CORS_ALLOWED_ORIGINS = []
ALLOWED_NETWORKS = []
TRUSTED_PROXIES = []
if DESKTOP_ALIAS == "default":
    SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
# Cookies know no ports: other programs of this machine keep theirs at the same address.
SESSION_COOKIE_NAME = "locanext_desktop_session"
CSRF_COOKIE_NAME = "locanext_desktop_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"

# ---- what the launcher starts beside the pages: dotted names of functions, called where they exist ----
DESKTOP_SERVICES = ["apps.sync.client.loop.start"]
DESKTOP_SERVICES_END = ["apps.sync.client.loop.stop"]

# ---- files: a bundle brings them collected, under names that change with their content ----
if getattr(sys, "frozen", False):
    STATIC_ROOT = BASE_DIR / "staticfiles"
    STATICFILES_DIRS = []
    WHITENOISE_USE_FINDERS = False
    STORAGES["staticfiles"] = {"BACKEND": "locanext_project.static_files.HashedStaticFilesStorage"}
