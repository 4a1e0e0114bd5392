"""A server with a file in which somebody edits all the time; `python -m` this module, a folder.

It tells file, rows, username, password. The edits end when it is asked for the first time.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

from tests.desktop_launcher.folder_server import serve_folder

ROWS = 40
PASSWORD = "a-lighthouse-in-the-fog"  # noqa: S105 (of a server that lives for one run)
PAUSE = 0.1
"""Seconds between two edits of the colleague."""


def prepare() -> dict[str, Any]:
    """Two people, a project and a file."""
    from apps.accounts.models import User
    from apps.ldm.models import Row
    from apps.ldm.services.files.import_file import import_file
    from apps.ldm.services.tree.create import create_project

    lead = User.objects.create_user(username="lead", password=PASSWORD, role="lead")
    desk = User.objects.create_user(username="desk", password=PASSWORD, role="translator")
    project = create_project(actor=lead, platform_id=None, name="P", source_language="ko", target_language="en")
    lines = "".join(f'<LocStr StringId="S{n}" StrOrigin="등대 {n}" Str="" />\n' for n in range(ROWS))
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


def begin(made: dict[str, Any]) -> Callable[[Any], None]:
    """Start the edits; what ends them."""
    stop = threading.Event()
    editing = threading.Thread(target=edit_for_ever, args=(made["rows"], stop), daemon=True)
    editing.start()

    def end(_: Any) -> None:
        stop.set()
        editing.join()

    return end


if __name__ == "__main__":
    serve_folder(prepare, begin)
