"""The process behind the window that answers it: the database first, then Daphne on a free port of 127.0.0.1."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

from desktop_launcher import crash, database, names
from desktop_launcher.link import Gone, Line, call_home
from desktop_launcher.paths import PROJECT, Places, places
from desktop_launcher.processes import follow, tie_to_parent
from desktop_launcher.troubles import Trouble

logger = logging.getLogger(__name__)
TROUBLE_STATUS = 3


def main() -> int:
    """Serve until the window says stop or is gone; the exit status."""
    tie_to_parent()
    found = places()
    crash.watch(found.logs / "server-crash.log")
    line = call_home()
    try:
        _serve(line, found)
    except Trouble as trouble:
        line.say(state="trouble", code=trouble.code, detail=trouble.detail)
        return TROUBLE_STATUS
    except Gone:
        return 0
    except BaseException:
        line.say(state="trouble", code="failed", detail=str(found.logs))
        raise
    return 0


def _serve(line: Line, found: Places) -> None:
    database.check_place(found.database)
    lock = database.hold(found.database)
    database.finish_restore(found.database)
    choose_database(found)
    os.environ["DJANGO_SETTINGS_MODULE"] = "locanext_project.settings.desktop"
    import django
    from django.conf import settings as found_settings

    from locanext_project import workspaces

    django.setup()
    settings: Any = found_settings  # types know the settings of a server only
    read_only = os.environ.get(names.READ_ONLY) == "1"
    with workspaces.use(workspaces.OFFLINE):
        database.prepare(
            settings.DESKTOP_ALIAS, found.database, lambda state: line.say(state=state), read_only=read_only
        )
    if not read_only:
        _prepare_person()
    try:
        _listen(line, read_only)
    finally:
        if not read_only:
            call_each(settings.DESKTOP_SERVICES_END)
        with workspaces.use(workspaces.OFFLINE):
            database.empty_log(settings.DESKTOP_ALIAS)
        lock.release()


def choose_database(found: Places) -> None:
    """Decide once for this start: the SQLite file alone, or beside the PostgreSQL that `.env` names (LAN set-up).

    Nobody asks whether PostgreSQL answers: the window works on the SQLite file either way, and goes online when
    it does. The file `.env` may lie in the data folder, where an update of the program leaves it alone.
    """
    import environ

    from locanext_project.database_choice import decide

    own = found.data / ".env"
    if own.is_file():
        os.environ.setdefault("LOCANEXT_ENV_FILE", str(own))
    if os.environ.get("LOCANEXT_ENV_FILE", "") != "none":
        environ.Env.read_env(os.environ.get("LOCANEXT_ENV_FILE") or PROJECT / ".env")
    if (os.environ.get("DATABASE_TYPE") or "auto").strip().lower() == "auto":
        os.environ["DATABASE_TYPE"] = "postgresql" if os.environ.get("POSTGRES_HOST") else "sqlite"
    decide(os.environ)


def _prepare_person() -> None:
    """Make the local person before the first of several requests at once would."""
    from apps.accounts.services.local_person import local_person
    from locanext_project import workspaces

    with workspaces.use(workspaces.OFFLINE):
        local_person()


def _listen(line: Line, read_only: bool) -> None:
    """Run Daphne in this thread, which owns the reactor, until told to stop."""
    from daphne.server import Server
    from django.conf import settings as found_settings
    from twisted.internet import reactor

    from locanext_project.asgi import application
    from locanext_project.desktop_gate import start_addresses

    settings: Any = found_settings
    port = free_port(int(os.environ.get(names.PORT) or 0))

    def address() -> str:
        return f"http://127.0.0.1:{bound[0]}{start_addresses.issue()}"

    def ready() -> None:
        bound.append(server.listening_addresses[0][1])
        database_type = os.environ["DATABASE_TYPE"]
        line.say(state="ready", port=bound[0], address=address(), read_only=read_only, database=database_type)
        if not read_only:
            call_each(settings.DESKTOP_SERVICES)

    def on_message(message: dict[str, Any]) -> None:
        if message.get("do") == "address":
            line.say(state="address", address=address())

    def stop() -> None:
        running: Any = reactor
        running.callFromThread(running.stop)

    bound: list[int] = []
    # Nothing of the window's requests is written down: the start address is in one of them.
    server = Server(
        application,
        endpoints=[f"tcp:port={port}:interface=127.0.0.1"],
        ready_callable=ready,
        signal_handlers=True,
        verbosity=0,
        server_name="LocaNext",
        application_close_timeout=2,
    )
    follow(line, on_message, stop)
    server.run()


def free_port(wanted: int) -> int:
    """`wanted` where nobody listens on it now, else 0: any."""
    if wanted:
        with socket.socket() as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                return 0
    return wanted


def call_each(functions: Sequence[str]) -> None:
    """Call functions by their dotted names; one that this version does not have is left out, one that fails is logged.

    The window works without them.
    """
    for name in functions:
        module, _dot, function = name.rpartition(".")
        try:
            if _has_module(module):
                getattr(importlib.import_module(module), function)()
        except Exception:
            logger.exception("%s failed.", name)


def _has_module(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def ignore_interrupts() -> None:
    """Ctrl+C in the terminal is for the window's process, which ends this one in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
