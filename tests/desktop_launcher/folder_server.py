"""A server over a data folder of its own, for linked desktops: `python -m` a module that calls `serve_folder`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from apps.ldm.benchmarks.processes import Child, child, serve
from tests.desktop_launcher.desks import environment


@contextmanager
def folder_server(module: str, folder: Path) -> Iterator[Child]:
    """The process of a server that tells what it has prepared; ended with the block."""
    with child(module, str(folder), environment=environment(folder)) as server:
        yield server


# ---- inside the process ----
def serve_folder(prepare: Callable[[], dict[str, Any]], then: Callable[[dict[str, Any]], Callable[[Any], Any]]) -> None:
    """Serve the folder that the command line names, with the database that `prepare` fills.

    What `prepare` gives is told; `then` is given it once the server listens, and gives what answers the parent.
    """
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="locanext_project.settings.server", DATABASE_TYPE="sqlite", HTTPS="0",
        LOCANEXT_DATA=str(folder), LOCANEXT_ENV_FILE="none", ALLOWED_HOSTS="127.0.0.1", ALLOWED_NETWORKS="",
    )  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    from locanext_project import workspaces

    with workspaces.use(workspaces.SERVER):
        call_command("migrate", verbosity=0)
        made = prepare()
    answer = then(made)

    def answer_there(words: Any) -> Any:
        with workspaces.use(workspaces.SERVER):
            return answer(words)

    serve(lambda: made, answer_there, gently=False)
