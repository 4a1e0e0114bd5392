"""A server of its own for linked desktops, in which somebody edits all the time; `python -m` this module, a folder.

Prints one line of JSON: port, file, rows, username, password. The edits end with the first line on standard input.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

PASSWORD = "a-lighthouse-in-the-fog"  # noqa: S105 (of a server that lives for one run)
PAUSE = 0.1
"""Seconds between two edits of the colleague."""


def prepare(count: int) -> dict[str, Any]:
    """Two people, a project and a file with `count` rows."""
    from django.core.management import call_command

    from apps.accounts.models import User
    from apps.ldm.models import Row
    from apps.ldm.services.files.import_file import import_file
    from apps.ldm.services.tree.create import create_project

    call_command("migrate", verbosity=0)
    lead = User.objects.create_user(username="lead", password=PASSWORD, role="lead")
    desk = User.objects.create_user(username="desk", password=PASSWORD, role="translator")
    project = create_project(actor=lead, platform_id=None, name="P", source_language="ko", target_language="en")
    lines = "".join(f'<LocStr StringId="S{n}" StrOrigin="등대 {n}" Str="" />\n' for n in range(count))
    data = f'<?xml version="1.0" encoding="utf-8"?>\n<LanguageData>\n{lines}</LanguageData>\n'.encode()
    (file,) = import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=data)
    rows = list(Row.objects.filter(file=file).order_by("position").values_list("pk", flat=True))
    return {"file": file.pk, "rows": rows, "username": desk.username, "password": PASSWORD}


def edit_for_ever(rows: list[int], stop: threading.Event) -> None:
    """A colleague saves row after row."""
    from django.db import close_old_connections

    from apps.accounts.models import User
    from apps.ldm.errors import StaleRow
    from apps.ldm.models import Row
    from apps.ldm.services.rows.edit_row import RowEdit, edit_row
    from locanext_project import workspaces

    with workspaces.use(workspaces.SERVER):
        lead = User.objects.get(username="lead")
        for number in itertools.count():
            if stop.wait(PAUSE):
                return
            close_old_connections()
            row = Row.objects.get(pk=rows[number * 7 % len(rows)])
            try:
                edit_row(
                    actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=f"colleague {number}")
                )
            except StaleRow:
                # The desktop's edit came in between: the colleague goes on with the next row.
                continue


def main() -> None:
    """Prepare, serve and edit until standard input ends."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="locanext_project.settings.server", DATABASE_TYPE="sqlite", HTTPS="0",
        LOCANEXT_DATA=str(folder), LOCANEXT_ENV_FILE="none", ALLOWED_HOSTS="127.0.0.1", ALLOWED_NETWORKS="",
    )  # fmt: skip
    import django

    django.setup()
    from daphne.server import Server  # type: ignore[import-untyped]

    from locanext_project import workspaces
    from locanext_project.asgi import application

    with workspaces.use(workspaces.SERVER):
        made = prepare(40)
    server = Server(application, endpoints=["tcp:port=0:interface=127.0.0.1"], signal_handlers=False, verbosity=0)
    stop = threading.Event()

    def tell() -> None:
        while not server.listening_addresses:
            time.sleep(0.02)
        sys.stdout.write(json.dumps(made | {"port": server.listening_addresses[0][1]}) + "\n")
        sys.stdout.flush()
        editing = threading.Thread(target=edit_for_ever, args=(made["rows"], stop), daemon=True)
        editing.start()
        sys.stdin.readline()
        stop.set()
        editing.join()
        sys.stdout.write("quiet\n")
        sys.stdout.flush()
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=tell, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
