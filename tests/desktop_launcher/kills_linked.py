"""Kills of a linked desktop while it sends its own edits and fetches a colleague's."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from desktop_launcher.api_client import Api, Refusal
from tests.desktop_launcher.desks import Desk, copy_of, desk, integrity, opened, until
from tests.desktop_launcher.folder_server import folder_server
from tests.desktop_launcher.kills import Editor, Outcome, kill_once

SERVER = "tests.desktop_launcher.busy_colleague"
TEXTS = "SELECT target FROM ldm_row WHERE id = ? UNION SELECT target FROM ldm_rowrevision WHERE row_id = ?"
ROWS = "SELECT id, target, status FROM ldm_row ORDER BY id"


def link_to(api: Api, made: dict[str, Any]) -> None:
    """Log in, and have the file on this PC."""
    api.post("link/server", {"server_url": f"http://127.0.0.1:{made['port']}"})
    api.post("link/login", {"username": made["username"], "password": made["password"]})
    api.post("link/open", {"file_id": made["file"]})
    if not until(lambda: api.get(f"link/files?ids={made['file']}")[0]["whole"], 30):
        raise AssertionError("the file was not mirrored")


def kill_while_syncing(template: Path, folder: Path, kills: int, chance: random.Random, outcome: Outcome) -> None:
    """Kill the desktop's server while edits go out and come in; in the end both sides have the same, and every text."""
    data = copy_of(template, folder / "linked")
    with folder_server(SERVER, folder / "server") as server, desk(data) as found:
        found.wait("ready")
        made = server.told
        link_to(found.api, made)
        saved: dict[int, list[str]] = {}
        number = 0
        for _ in range(kills):
            editor = kill_once(found, Editor(found.api, made["rows"], number), chance.uniform(0.1, 1.0))
            outcome.kills += 1
            number = editor.number
            for row, texts in editor.saved.items():
                saved.setdefault(row, []).extend(texts)
            outcome.integrity.append(integrity(data))
        server.ask("The colleague goes home.")
        if not until(lambda: _is_settled(found, made, folder / "server"), 90):
            outcome.lost.append(f"the two sides did not come together: {found.api.get('link')}")
        _judge(data, folder / "server", saved, outcome)


def _is_settled(found: Desk, made: dict[str, Any], server: Path) -> bool:
    """Nothing waits, and the rows of both are equal.

    Killed between the server's new refresh token and its own note of it, and away for longer than the time of grace,
    a desktop asks for a new login; what waits stays.
    """
    try:
        found.api.post("link/sync", {})
        status = found.api.get("link")
        if status["state"] == "login":
            found.api.post("link/login", {"username": made["username"], "password": made["password"]})
            return False
    except (OSError, Refusal, ValueError):
        return False
    return status["pending"] == 0 and status["quarantined"] == 0 and _rows(found.places.data) == _rows(server)


def _rows(folder: Path) -> list[Any]:
    with opened(folder) as connection:
        return connection.execute(ROWS).fetchall()


def _judge(data: Path, server: Path, saved: dict[int, list[str]], outcome: Outcome) -> None:
    """Every acknowledged text is on this PC or on the server: in the row or in its history."""
    with opened(data) as here, opened(server) as there:
        for row, texts in saved.items():
            known = {text for (text,) in [*here.execute(TEXTS, (row, row)), *there.execute(TEXTS, (row, row))]}
            outcome.acknowledged += len(texts)
            outcome.lost += [f"row {row}: {text}" for text in texts if text not in known]
