"""A server with the demo project, and a colleague in it who edits when asked; `python -m` this, a folder.

It tells file, rows by key, username, password. Asked {"username", "key", "target"}, somebody saves a row of the demo's
first file.
"""

from __future__ import annotations

from typing import Any

from tests.desktop_launcher.folder_server import serve_folder

USER = "demo-translator"


def prepare() -> dict[str, Any]:
    """The demo, as a first start makes it."""
    from apps.ldm import demo as corpus
    from apps.ldm.models import Row
    from apps.ldm.services import demo

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


if __name__ == "__main__":
    serve_folder(prepare, lambda made: lambda asked: edit(made["file"], **asked))
