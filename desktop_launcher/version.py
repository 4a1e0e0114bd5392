"""Which version this is, without loading Django."""

from __future__ import annotations

import re

from desktop_launcher.paths import PROJECT, is_frozen


def version() -> str:
    """The version of the settings, "0" where a source tree is incomplete."""
    if is_frozen():
        return (PROJECT / "VERSION").read_text(encoding="ascii").strip()
    text = (PROJECT / "locanext_project/settings/base.py").read_text(encoding="utf-8")
    found = re.search(r'^VERSION = "([^"]+)"', text, re.MULTILINE)
    return found[1] if found else "0"
