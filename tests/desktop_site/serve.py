"""The desktop's server, or its worker, as a process of its own; run with its role, a data folder and a trace file.

Every connection that Python opens, and every name it looks up, is a line of the trace: offline there is none.
"""

from __future__ import annotations

import os
import sys
from typing import Any

ROLE, DATA, TRACE = sys.argv[1:4]
os.environ.update(
    {
        "DJANGO_SETTINGS_MODULE": "locanext_project.settings.desktop",
        "LOCANEXT_DATA": DATA,
        "LOCANEXT_ENV_FILE": "none",
        "DATABASE_TYPE": "sqlite",
        "LOG_LEVEL": "WARNING",
    }
)


def note(event: str, given: tuple[Any, ...]) -> None:
    """The audit hook: what leaves this process."""
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        with open(TRACE, "a", encoding="utf-8") as trace:
            trace.write(f"{ROLE} {event} {given[1:]}\n")


sys.addaudithook(note)

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from apps.ldm.benchmarks.processes import serve  # noqa: E402
from locanext_project import workspaces  # noqa: E402


def told() -> dict[str, Any]:
    """Nothing but the port; by then what the launcher starts beside the pages runs too."""
    if os.environ.get("DESKTOP_SITE_SERVICES"):
        for name in settings.DESKTOP_SERVICES:
            import_string(name)()
    return {}


if ROLE == "worker":
    call_command("worker", interval=0.05, parent=os.getppid())
else:
    with workspaces.use(workspaces.OFFLINE):
        call_command("migrate", verbosity=0)
    serve(told, gently=False)
