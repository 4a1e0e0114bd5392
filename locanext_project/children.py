"""Child processes that end with their parent, however the parent ends, on every system.

The child holds the read end of a pipe whose write end only the parent has: when it closes, by
Ctrl+C, a crash or a kill, the child stops itself.
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
STOP_SECONDS = 15.0


def child_main(module: str, arguments: list[str]) -> None:
    """Inside a child: run a module, and end when the parent's end of the pipe closes, however it ended."""
    pipe = os.dup(0)
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)

    def watch() -> None:
        while os.read(pipe, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
    sys.argv = [module, *arguments]
    if module.endswith(".py"):
        sys.argv[0] = str(BASE_DIR / module)
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        runpy.run_module(module, run_name="__main__", alter_sys=True)


def start_child(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a child in its own group, so that Ctrl+C reaches this process alone, which then ends it."""
    flags = 0x200 if os.name == "nt" else 0  # CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(
        [sys.executable, "-m", "locanext_project.children", module, *arguments],
        cwd=BASE_DIR,
        stdin=subprocess.PIPE,
        creationflags=flags,
        start_new_session=os.name != "nt",
    )


def end_children(children: list[subprocess.Popen[bytes]]) -> None:
    """Close the pipes and wait; kill what has not ended in time."""
    for child in children:
        if child.stdin is not None and not child.stdin.closed:
            child.stdin.close()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    child_main(sys.argv[1], sys.argv[2:])
