"""The central server: HTTPS in front, strict cookies, a manifest of hashed static files."""

from __future__ import annotations

from .base import *  # noqa: F403
from .base import STORAGES, env

PROFILE = "server"
KEEP_CONNECTIONS_SECONDS = 300
# A server that listens on loopback only (start.py, a demo) has no TLS in front of it.
HTTPS = env.bool("HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    STORAGES["staticfiles"] = {"BACKEND": "locanext_project.static_files.HashedStaticFilesStorage"}
