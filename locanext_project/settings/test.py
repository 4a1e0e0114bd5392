"""Tests: `default` on SQLite or PostgreSQL (LOCANEXT_TEST_DB), and always a second alias, `offline`.

Two aliases make the router refuse every query without a workspace, as in the LAN set-up.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ["LOCANEXT_ENV_FILE"] = "none"
os.environ.setdefault("LOCANEXT_DATA", tempfile.mkdtemp(prefix="locanext-test-"))
_worker, _folder = os.environ.get("PYTEST_XDIST_WORKER", ""), Path(os.environ["LOCANEXT_DATA"])
if _worker and _folder.name != _worker:
    # Parts of files on their way lie there under the hash of their bytes, which are the same in many tests.
    # The programs that a worker's tests start share its folder.
    os.environ["LOCANEXT_DATA"] = str(_folder / _worker)
    (_folder / _worker).mkdir(exist_ok=True)
os.environ["DATABASE_TYPE"] = os.environ.get("LOCANEXT_TEST_DB", "sqlite")

from locanext_project.database_choice import sqlite_settings  # noqa: E402

from .base import *  # noqa: E402, F403
from .base import DATA_DIR, REST_FRAMEWORK  # noqa: E402

PROFILE = "test"
DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")} if DATABASE_TYPE == "sqlite" else {}  # noqa: F405
DATABASES["offline"] = sqlite_settings(DATA_DIR / "offline.sqlite3") | {  # noqa: F405
    "TEST": {"NAME": str(DATA_DIR / "test-offline.sqlite3")}
}
DATABASE_ROLES["offline"] = "desktop"  # noqa: F405
# Argon2 is slow on purpose; tests log in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REST_FRAMEWORK["TEST_REQUEST_DEFAULT_FORMAT"] = "json"
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
# No thread writes behind a test's back.
USAGE_FLUSH_SECONDS = 0
