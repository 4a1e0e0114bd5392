"""`--self-check`: a start with empty data and a little of everyone's work, with what each step took."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

from desktop_launcher.api_client import Api, Refusal
from desktop_launcher.link import Message
from desktop_launcher.paths import DATA_VARIABLE, Places, is_frozen, places
from desktop_launcher.supervisor import Supervisor
from desktop_launcher.version import version

START_SECONDS = 180.0
SOURCE = (
    '<?xml version="1.0" encoding="utf-8"?>\r\n<LanguageData>\r\n'
    '  <LocStr StringId="S1" StrOrigin="등대지기의 부탁" Str="" />\r\n'
    '  <LocStr StringId="S2" StrOrigin="등대지기의 부탁" Str="" />\r\n'
    '  <LocStr StringId="S3" StrOrigin="고래기름 {0}통" Str="{0} barrels" />\r\n'
    "</LanguageData>\r\n"
)
TARGET = "The Keeper's Request"


class Failed(Exception):
    """A step that did not do what it must."""


class Check:
    """The steps, in order, each with its time."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.figures: dict[str, float] = {}
        self._started = threading.Event()
        self._trouble: Message = {}

    def on_state(self, state: str, message: Message) -> None:
        """What the supervisor says."""
        if state == "trouble":
            self._trouble = message
        if state in ("ready", "trouble"):
            self._started.set()

    def run(self, began: float) -> None:
        """Raises Failed, Refusal, OSError, TimeoutError."""
        if not self._started.wait(START_SECONDS) or self._trouble:
            raise Failed(f"the server did not start: {self._trouble or 'it is silent'}")
        self.figures["server ready"] = time.monotonic() - began
        api = Api(self.supervisor.port, self.supervisor.secret)
        self._step("refuses strangers", lambda: self._stranger(Api(self.supervisor.port, "")))
        file = self._step("imports a file", lambda: self._import(api))
        rows = self._step("shows its rows", lambda: api.get(f"files/{file}/rows?start=0&count=10")["rows"])
        self._step("edits and confirms", lambda: self._edit(api, rows[0]))
        self._step("looks up the memory", lambda: self._look_up(api, file, rows[1]))
        self._step("opens a socket", lambda: self._socket(file))
        self._step("exports it again", lambda: self._export(api, file))

    def _step(self, name: str, work: Callable[[], Any]) -> Any:
        begin = time.monotonic()
        found = work()
        self.figures[name] = time.monotonic() - begin
        return found

    @staticmethod
    def _stranger(api: Api) -> None:
        try:
            api.get("auth/me")
        except Refusal as refusal:
            if refusal.status == 403:
                return
        raise Failed("a request without the launch secret was answered")

    @staticmethod
    def _import(api: Api) -> int:
        # What is born here lives in the Offline Storage, which the first look at the tree makes.
        project = api.get("tree")["projects"][0]["id"]
        if project != -1:
            raise Failed(f"the first project of a desktop is {project}")
        api.post(
            "memories",
            {"name": "Self-check", "source_language": "ko", "target_language": "en",
             "scope": {"kind": "project", "id": project}},
        )  # fmt: skip
        upload = api.upload("quest.xml", SOURCE.encode())
        started = api.post("imports", {"project_id": project, "items": [{"upload": upload, "path": "quest.xml"}]})
        done = api.wait(started["task"])
        if done["result"]["errors"]:
            raise Failed(f"import: {done['result']['errors']}")
        return int(done["result"]["files"][0]["id"])

    @staticmethod
    def _edit(api: Api, row: dict[str, Any]) -> None:
        edit = {"target": TARGET, "status": "confirmed", "text_rev": row["text_rev"]}
        saved = api.patch(f"rows/{row['id']}", edit)["row"]
        if (saved["target"], saved["status"]) != (TARGET, "confirmed"):
            raise Failed(f"saved as {saved}")

    @staticmethod
    def _look_up(api: Api, file: int, row: dict[str, Any]) -> None:
        found = api.post(f"files/{file}/lookup", {"row": row["id"]})["proposals"]
        if not found or found[0]["target"] != TARGET:
            raise Failed(f"the memory answered {found}")

    def _socket(self, file: int) -> None:
        from websockets.sync.client import connect
        from websockets.typing import Origin

        address = f"127.0.0.1:{self.supervisor.port}"
        headers = {"Authorization": f"Bearer OFFLINE_MODE_{self.supervisor.secret}"}
        origin = Origin(f"http://{address}")
        with connect(
            f"ws://{address}/ws/files/{file}/", origin=origin, additional_headers=headers, proxy=None
        ) as socket:
            socket.send(json.dumps({"type": "join", "file": file, "since": 0}))
            answer = json.loads(socket.recv(timeout=10))
        if answer.get("type") != "joined":
            raise Failed(f"the socket answered {answer}")

    @staticmethod
    def _export(api: Api, file: int) -> None:
        done = api.wait(api.post(f"files/{file}/download", {})["task"])
        text = api.raw("GET", done["files"][0]["url"]).decode()
        if text != SOURCE.replace('Str=""', f'Str="{TARGET}"', 1):
            raise Failed(f"the export is {text!r}")


def check(*, with_window: bool) -> int:
    """Run it in a folder of its own; the exit status. Prints what it found."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="locanext-check-", ignore_cleanup_errors=True) as folder:
        os.environ[DATA_VARIABLE] = folder
        found = places()
        steps: list[Check] = []
        error = _in_window(found, steps, began) if with_window else _without(found, steps, began)
        if error is None:
            error = _file_is_whole(found)
        figures = steps[0].figures if steps else {}
        kind = "bundle" if is_frozen() else "source tree"
        _say(f"LocaNext {version()}, {kind}, Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
        for name, seconds in figures.items():
            _say(f"{name}: {seconds:.2f} s")
        if error is not None:
            _say(f"FAILED: {error}")
            _say_logs(found)
            return 1
    _say("self-check passed")
    return 0


def _without(found: Places, steps: list[Check], began: float) -> Exception | None:
    supervisor = Supervisor(found, lambda state, message: steps[0].on_state(state, message))
    steps.append(Check(supervisor))
    supervisor.start()
    try:
        steps[0].run(began)
    except (Failed, Refusal, OSError, ValueError, LookupError) as error:
        return error
    finally:
        supervisor.stop()
    return None


def _in_window(found: Places, steps: list[Check], began: float) -> Exception | None:
    """The same beside the window, which must show the first page."""
    from desktop_launcher.window import NoWindow, Window

    window = Window(found, began)
    errors: list[Exception] = []

    def on_state(state: str, message: Message) -> None:
        steps[0].on_state(state, message)
        window.on_state(state, message)

    def beside() -> None:
        try:
            end = time.monotonic() + START_SECONDS
            while "usable" not in window.seconds and not window.failed:
                if time.monotonic() > end:
                    raise Failed("the window shows no page")
                time.sleep(0.05)
            steps[0].figures |= {f"window {name}": seconds for name, seconds in window.seconds.items()}
            steps[0].run(began)
        except (Failed, Refusal, OSError, ValueError, LookupError) as error:
            errors.append(error)
        window.close()

    supervisor = Supervisor(found, on_state)
    steps.append(Check(supervisor))
    try:
        window.create()
        supervisor.start()
        threading.Thread(target=beside, name="check", daemon=True).start()
        window.run()
    except NoWindow as reason:
        return reason
    finally:
        supervisor.stop()
    return errors[0] if errors else None


def _file_is_whole(found: Places) -> Exception | None:
    """After the end: the file alone holds everything, and holds together."""
    connection = sqlite3.connect(found.database)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            return Failed("the database is damaged")
        if not connection.execute("SELECT 1 FROM ldm_row WHERE target = ?", (TARGET,)).fetchone():
            return Failed("the edit is not in the database")
    finally:
        connection.close()
    return None


def _say_logs(found: Places) -> None:
    for log in sorted(found.logs.iterdir()):
        text = log.read_text(encoding="utf-8", errors="replace").strip()
        if text:
            _say(f"---- {log.name}\n{text[-3000:]}")


def _say(text: str) -> None:
    """A line where anybody reads: a bundle without a console has no output."""
    if sys.stdout is not None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
