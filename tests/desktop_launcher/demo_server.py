"""A server of its own with the demo project, and a colleague in it who edits when told; `python -m` this, a folder.

Prints one line of JSON (port, file, rows by key, username, password), then one for each line of JSON on standard input:
{"username", "key", "target"}, a row of the demo's first file.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

USER = "demo-translator"


def prepare() -> dict[str, Any]:
    """The demo, as a first start makes it."""
    from django.core.management import call_command

    from apps.ldm import demo as corpus
    from apps.ldm.models import Row
    from apps.ldm.services import demo

    call_command("migrate", verbosity=0)
    made = demo.ensure()
    password = next(one.password for one in corpus.DEMO_USERS if one.username == USER)
    rows = dict(Row.objects.filter(file_id=made["file_id"]).values_list("key", "pk"))
    return {"file": made["file_id"], "rows": rows, "username": USER, "password": password}


def edit(file: int, username: str, key: str, target: str) -> None:
    """What a colleague saves."""
    from django.db import close_old_connections

    from apps.accounts.models import User
    from apps.ldm.models import Row
    from apps.ldm.services.rows.edit_row import RowEdit, edit_row

    close_old_connections()
    row = Row.objects.get(file_id=file, key=key)
    edit_row(
        actor=User.objects.get(username=username), row_id=row.pk, seen_text_rev=row.text_rev,
        edit=RowEdit(target=target),
    )  # fmt: skip


def main() -> None:
    """Prepare, serve, and edit until standard input ends."""
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
        made = prepare()
    server = Server(application, endpoints=["tcp:port=0:interface=127.0.0.1"], signal_handlers=False, verbosity=0)

    def say(words: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()

    def work() -> None:
        while not server.listening_addresses:
            time.sleep(0.02)
        say(made | {"port": server.listening_addresses[0][1]})
        with workspaces.use(workspaces.SERVER):
            for line in sys.stdin:
                told = json.loads(line)
                edit(made["file"], told["username"], told["key"], told["target"])
                say({"saved": told["key"]})
        os._exit(0)

    threading.Thread(target=work, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
