"""Whether Windows has the WebView2 runtime: without it pywebview would take Internet Explorer's engine."""

from __future__ import annotations

import sys

CLIENT = r"Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"


def is_there() -> bool:
    """Whether the runtime is installed, for this user or for all; True on other systems."""
    if sys.platform != "win32":
        return True
    import winreg

    for root, folder in (
        (winreg.HKEY_LOCAL_MACHINE, rf"SOFTWARE\WOW6432Node\{CLIENT}"),
        (winreg.HKEY_LOCAL_MACHINE, rf"SOFTWARE\{CLIENT}"),
        (winreg.HKEY_CURRENT_USER, rf"Software\{CLIENT}"),
    ):
        try:
            with winreg.OpenKey(root, folder) as key:
                version = str(winreg.QueryValueEx(key, "pv")[0])
        except OSError:
            continue
        if version not in ("", "0.0.0.0"):  # noqa: S104 (a version, not an address)
            return True
    return False
