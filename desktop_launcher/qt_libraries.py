"""Whether this Linux has what Qt needs: Qt itself ends the process, without a word to the person, where it has not."""

from __future__ import annotations

import ctypes
import os
import sys
import time

# Shared objects of the system that PySide6 links to and does not bring, and the packages of Debian that hold them.
NEEDED = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libnss3.so": "libnss3",
    "libasound.so.2": "libasound2",
}


# Before each question to an X server, in seconds.
PAUSES = (0.0, 0.2, 0.6)


def missing() -> list[str]:
    """Packages to install before a window can be shown; empty on other systems."""
    if not sys.platform.startswith("linux"):
        return []
    packages = []
    for library, package in NEEDED.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            packages.append(package)
    return packages


def has_display() -> bool:
    """Whether there is a screen to show anything on, and, where it is one of X, whether it answers."""
    if not sys.platform.startswith("linux") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY")) and _x_answers()


def _x_answers() -> bool:
    """Whether the X server of DISPLAY lets this process in: one may be named that is gone, or another user's.

    An X server whose last client goes starts anew, and refuses who comes in that moment. So this connection stays
    open as long as the process, for Qt comes next; and what is refused is tried again, for the one who went may have
    been another program.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # what is missing is said by its name
    xcb.xcb_connect.restype = ctypes.c_void_p
    for seconds in PAUSES:
        time.sleep(seconds)
        connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
        if not xcb.xcb_connection_has_error(connection):
            return True
        xcb.xcb_disconnect(connection)
    return False


if __name__ == "__main__":
    for name, holder in NEEDED.items():  # for .ci/run, which installs what is missing
        sys.stdout.write(f"{name} {holder}\n")
