"""The launcher's words in the language of the system, from the catalogues of the pages; Django is not started yet."""

from __future__ import annotations

import gettext as catalogues
import locale
import os
import sys
from functools import cache

from desktop_launcher.paths import PROJECT


@cache
def language() -> str:
    """The system's language as a two-letter code, "en" where it is unknown."""
    name = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    if not name and sys.platform == "win32":
        import ctypes

        name = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return name[:2].lower() if name[:2].isalpha() else "en"


@cache
def _catalogue() -> catalogues.NullTranslations:
    return catalogues.translation("django", PROJECT / "locale", [language()], fallback=True)


def gettext(text: str) -> str:
    """`text` in the system's language."""
    return _catalogue().gettext(text)
