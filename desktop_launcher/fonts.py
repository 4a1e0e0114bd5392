"""Faces with Korean, Japanese and Chinese for a Linux that may have none: the bundle brings them along.

They are added to those of the system, which come first where a page names them. Windows has its own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from desktop_launcher.paths import PROJECT, Places

FOLDER = PROJECT / "fonts"
VARIABLE = "FONTCONFIG_FILE"


def use_own(places: Places, folder: Path = FOLDER) -> bool:
    """Let the web engine see the bundle's faces; whether there are any. Before the engine starts."""
    if not sys.platform.startswith("linux") or not folder.is_dir() or VARIABLE in os.environ:
        return False
    file = places.window / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        '  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n'
        f"  <dir>{escape(str(folder))}</dir>\n"
        f"  <cachedir>{escape(str(places.window / 'fontconfig'))}</cachedir>\n</fontconfig>\n",
        encoding="utf-8",
    )
    os.environ[VARIABLE] = str(file)
    return True
