"""Kills a desktop's processes at random moments and looks whether anything that was acknowledged is gone.

While it edits, brings its data up to date, and sends and fetches.

`python -m tests.desktop_launcher.kills --kills 200`; a few of them run as a test.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from desktop_launcher.api_client import Api, Refusal
from desktop_launcher.supervisor import state_of
from tests.desktop_launcher.desks import Desk, copy_of, desk, integrity, opened

FILE = (
    '<?xml version="1.0" encoding="utf-8"?>\r\n<LanguageData>\r\n'
    + "".join(f'  <LocStr StringId="S{n}" StrOrigin="등대 {n}" Str="" />\r\n' for n in range(20))
    + "</LanguageData>\r\n"
)


@dataclass
class Outcome:
    """What a run of kills found."""

    kills: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    integrity: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.lost and set(self.integrity) <= {"ok"}


class Editor(threading.Thread):
    """Edits row after row and remembers what the server acknowledged."""

    def __init__(self, api: Api, rows: list[int], begin: int) -> None:
        super().__init__(daemon=True)
        self.api, self.rows, self.number = api, rows, begin
        self.saved: dict[int, list[str]] = {}
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            row = self.rows[self.number % len(self.rows)]
            text = f"The lighthouse, take {self.number}"
            try:
                seen = self.api.get(f"rows/{row}")["text_rev"]
                self.api.patch(f"rows/{row}", {"target": text, "text_rev": seen})
            except (OSError, Refusal, ValueError):
                time.sleep(0.02)  # it was killed: the answer is not known, the next number is another text
            else:
                self.saved.setdefault(row, []).append(text)
            self.number += 1

    def stop(self) -> None:
        self.stopping.set()
        self.join(60)


def import_file(api: Api) -> list[int]:
    """The ids of the rows of an imported file."""
    project = api.get("tree")["projects"][0]["id"]
    upload = api.upload("quest.xml", FILE.encode())
    task = api.post("imports", {"project_id": project, "items": [{"upload": upload, "path": "quest.xml"}]})["task"]
    file = api.wait(task)["result"]["files"][0]["id"]
    return [row["id"] for row in api.get(f"files/{file}/rows?start=0&count=50")["rows"]]


def prepare(template: Path, folder: Path) -> tuple[Path, list[int]]:
    """A data folder with an imported file, and the ids of its rows."""
    copy_of(template, folder)
    with desk(folder, with_worker=True) as found:
        found.wait("ready")
        return folder, import_file(found.api)


def kill_once(found: Desk, editor: Editor, after: float) -> Editor:
    """Kill the server so many seconds after somebody began to edit, who ends when it is there again."""
    heard = len(found.heard)
    found.supervisor._died.clear()  # so many deaths a minute are not what a person sees
    editor.start()
    time.sleep(after)
    os.kill(state_of(found.supervisor)["server"], signal.SIGKILL)
    found.wait("again", after=heard)
    time.sleep(0.1)
    editor.stop()
    return editor


def kill_while_editing(found: Desk, rows: list[int], kills: int, chance: random.Random, outcome: Outcome) -> None:
    """Kill the server of a running desktop again and again; it is started anew each time."""
    number = 0
    for _ in range(kills):
        editor = kill_once(found, Editor(found.api, rows, number), chance.uniform(0.05, 0.6))
        outcome.kills += 1
        number = editor.number
        collect(found.places.data, editor.saved, outcome)


def kill_while_migrating(template: Path, folder: Path, kills: int, chance: random.Random, outcome: Outcome) -> None:
    """Kill the server while it brings an old database up to date; the start after it does."""
    for turn in range(kills):
        data = copy_of(template, folder / f"migration-{turn}")
        with opened(data) as connection:
            connection.execute("DELETE FROM django_migrations WHERE app = 'accounts' AND name = '0002_local_person'")
            connection.execute("DROP TABLE accounts_localperson")
            connection.execute("CREATE TABLE witness AS SELECT 'here' AS word")
        with desk(data) as found:
            found.wait("migrating", "ready", "trouble")
            time.sleep(chance.uniform(0.0, 0.4))
            server = found.supervisor.server
            if server is not None:
                server.process.kill()
            outcome.kills += 1
        with desk(data) as found:
            message = found.wait("ready", "trouble")
            if message["state"] != "ready" or message["read_only"]:
                outcome.lost.append(f"after a killed migration: {message}")
        with opened(data) as connection:
            if connection.execute("SELECT word FROM witness").fetchall() != [("here",)]:
                outcome.lost.append("the data of before the migration")
        outcome.acknowledged += 1
        outcome.integrity.append(integrity(data))


def collect(folder: Path, saved: dict[int, list[str]], outcome: Outcome) -> None:
    """Every acknowledged text is in the row or in its history."""
    outcome.integrity.append(integrity(folder))
    with opened(folder) as connection:
        for row, texts in saved.items():
            query = "SELECT target FROM ldm_row WHERE id = ? UNION SELECT target FROM ldm_rowrevision WHERE row_id = ?"
            there = {text for (text,) in connection.execute(query, (row, row))}
            outcome.acknowledged += len(texts)
            outcome.lost += [f"row {row}: {text}" for text in texts if text not in there]


def main(arguments: list[str]) -> int:
    """Exit status 0: nothing was lost, 3: something was."""
    from tests.desktop_launcher.kills_linked import kill_while_syncing

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chance, outcome, begin = random.Random(options.seed), Outcome(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="locanext-kills-") as name:
        folder = Path(name)
        with desk(folder / "template") as first:
            first.wait("ready")
        template = folder / "template" / "locanext.sqlite3"
        data, rows = prepare(template, folder / "data")
        migrations, syncing = options.kills // 5, options.kills * 2 // 5
        with desk(data) as found:
            found.wait("ready")
            kill_while_editing(found, rows, options.kills - migrations - syncing, chance, outcome)
        kill_while_migrating(template, folder, migrations, chance, outcome)
        kill_while_syncing(template, folder, syncing, chance, outcome)
    sys.stdout.write(
        f"{outcome.kills} kills in {time.monotonic() - begin:.0f} s (seed {options.seed}): "
        f"{outcome.acknowledged} acknowledged, {len(outcome.lost)} lost, "
        f"integrity ok {outcome.integrity.count('ok')} of {len(outcome.integrity)}\n"
    )
    for line in outcome.lost[:20]:
        sys.stdout.write(f"LOST {line}\n")
    return 0 if outcome.is_clean else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
