"""Names of what the window's process hands to those behind it, in their environment."""

from __future__ import annotations

SECRET = "LOCANEXT_LAUNCH_SECRET"  # noqa: S105 (the name of a variable)
READ_ONLY = "LOCANEXT_READ_ONLY"
PORT = "LOCANEXT_PORT"
"""The port of the server before this one: a window that is open goes on with it."""
