"""Starting the processes behind the window so that they end with it, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from desktop_launcher.link import Gone, Line
from desktop_launcher.paths import PROJECT, is_frozen

STOP_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1
_job: Any = None


def command(role: str) -> list[str]:
    """The command line of one of this program's processes: `--server`, `--worker`."""
    return [sys.executable, role] if is_frozen() else [sys.executable, "-m", "desktop_launcher", role]


def start(role: str, environment: Mapping[str, str], log: Any) -> subprocess.Popen[bytes]:
    """Start a process of ours; what it prints goes to `log`. From a thread that lives as long as this process."""
    _own_job()
    process = subprocess.Popen(
        command(role),
        cwd=PROJECT,
        env={**os.environ, **environment, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        creationflags=0x08000000 if os.name == "nt" else 0,  # CREATE_NO_WINDOW
        start_new_session=os.name != "nt",
    )
    if _job is not None:
        _assign(process)
    return process


def end(process: subprocess.Popen[bytes], line: Line | None) -> None:
    """Ask a process to stop, wait five seconds, kill it."""
    if line is not None:
        try:
            line.say(do="stop")
        except Gone:
            pass
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if line is not None:
        line.close()


# ---- inside a child ----
def tie_to_parent() -> None:
    """Linux: have the system end this process when the one that started it dies. Elsewhere a job does."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died in this very moment
        os.kill(os.getpid(), signal.SIGTERM)


def follow(line: Line, on_message: Callable[[dict[str, Any]], None], stop: Callable[[], None]) -> None:
    """In a thread of its own: hand over messages; `stop` when asked to or when the window is gone.

    What has not ended by itself five seconds later is ended.
    """

    def listen() -> None:
        try:
            while (message := line.hear()) is not None and message.get("do") != "stop":
                on_message(message)
        except Gone:
            pass
        stop()
        time.sleep(STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=listen, name="window-watch", daemon=True).start()


# ---- Windows: a job that ends every process in it when its last handle closes, which the system does for a dead one
def _own_job() -> None:
    global _job
    if sys.platform != "win32" or _job is not None:
        return
    import ctypes
    from ctypes import wintypes

    class Basic(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", ctypes.c_int64), ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD), ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t), ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t), ("PriorityClass", wintypes.DWORD), ("SchedulingClass", wintypes.DWORD),
        ]  # fmt: skip

    class Extended(ctypes.Structure):
        _fields_ = [
            ("Basic", Basic), ("IoInfo", ctypes.c_uint64 * 6), ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t), ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]  # fmt: skip

    kernel = ctypes.windll.kernel32
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    job = wintypes.HANDLE(kernel.CreateJobObjectW(None, None))
    limits = Extended()
    limits.Basic.LimitFlags = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
    if job and kernel.SetInformationJobObject(job, 9, ctypes.byref(limits), ctypes.sizeof(limits)):
        _job = job


def _assign(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        import ctypes
        from ctypes import wintypes

        ctypes.windll.kernel32.AssignProcessToJobObject(_job, wintypes.HANDLE(int(process._handle)))  # type: ignore[attr-defined, unused-ignore]
