"""The process behind the window that does long work: imports, indexes, checks, one task after the other."""

from __future__ import annotations

import os
import signal

from desktop_launcher import crash
from desktop_launcher.link import call_home
from desktop_launcher.paths import places
from desktop_launcher.processes import follow, tie_to_parent
from desktop_launcher.server import choose_database


def main() -> int:
    """Work until the window says stop or is gone; the exit status."""
    tie_to_parent()
    found = places()
    crash.watch(found.logs / "worker-crash.log")
    line = call_home()
    choose_database(found)
    os.environ["DJANGO_SETTINGS_MODULE"] = "locanext_project.settings.desktop"
    import django

    django.setup()
    from apps.tasks import worker

    def stop() -> None:
        # As Ctrl+C: the running task gets its grace, and is marked as stopped.
        signal.raise_signal(signal.SIGTERM)

    follow(line, lambda message: None, stop)
    line.say(state="ready")
    worker.work(interval=0.2)
    return 0
