"""Whether a process of this machine still runs."""

from __future__ import annotations

import os

_WINDOWS_QUERY = 0x1000
_WINDOWS_STILL_ACTIVE = 259


def is_running(pid: int) -> bool:
    """Whether a process with this id exists. One of another user counts."""
    if pid <= 0:
        return False
    if os.name == "nt":
        return _is_running_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_running_on_windows(pid: int) -> bool:
    """os.kill would end the process there, whatever the signal."""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    handle = kernel.OpenProcess(_WINDOWS_QUERY, False, pid)
    if not handle:
        return False
    try:
        code = ctypes.c_ulong()
        return bool(kernel.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value == _WINDOWS_STILL_ACTIVE)
    finally:
        kernel.CloseHandle(handle)
