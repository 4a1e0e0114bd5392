"""Starts the server and the worker, starts them again when they die, and ends them with the window."""

from __future__ import annotations

import os
import secrets
import subprocess
import threading
import time
from collections.abc import Callable
from typing import IO, Any

from desktop_launcher import crash, names, processes
from desktop_launcher.link import Exchange, Gone, Line, Message
from desktop_launcher.paths import Places

START_SECONDS = 60.0
MIGRATE_SECONDS = 3600.0
LOOK_SECONDS = 0.2
WORKER_AFTER = 2.0
"""The first page comes first: a second process that loads itself would take its share of the processor."""
MOST_RESTARTS = 3
RESTARTS_WITHIN = 60.0


class Child:
    """One process of ours and the line to it."""

    def __init__(self, role: str, environment: dict[str, str], log: IO[bytes]) -> None:
        exchange = Exchange()
        self.line: Line | None = None
        try:
            self.process: subprocess.Popen[bytes] = processes.start(role, environment | exchange.environment(), log)
            begin = time.monotonic()
            while self.line is None and self.process.poll() is None and time.monotonic() - begin < START_SECONDS:
                try:
                    self.line = exchange.accept(1.0)
                except Gone:
                    continue
        finally:
            exchange.close()

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        """Stop it, or kill it."""
        processes.end(self.process, self.line)


class Supervisor(threading.Thread):
    """Lives as long as the window's process: on Linux a child ends with the thread that started it.

    `on_state(state, message)` hears, in this thread: "starting", "migrating", "ready" (with "address" and
    "read_only"), "again" (the server died and answers again at the same address; with "address" where it could
    not have it), "trouble" (with "code" and "detail").
    """

    def __init__(self, places: Places, on_state: Callable[[str, Message], None], *, with_worker: bool = True) -> None:
        super().__init__(name="supervisor", daemon=True)
        self._places = places
        self._on_state = on_state
        self._with_worker = with_worker
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._asking = threading.Lock()
        self._addresses: list[str] = []
        self._environment = {names.SECRET: secrets.token_hex(32), names.READ_ONLY: "0", names.PORT: ""}
        self._died: list[float] = []
        self.server: Child | None = None
        self.worker: Child | None = None

    @property
    def secret(self) -> str:
        """The launch secret of this start."""
        return self._environment[names.SECRET]

    @property
    def port(self) -> int:
        """The server's port, 0 before it is known."""
        return int(self._environment[names.PORT] or 0)

    def stop(self) -> None:
        """End what runs, within some seconds."""
        self._stopping.set()
        if self.is_alive():
            self._ended.wait(4 * processes.STOP_SECONDS)

    def new_address(self, seconds: float = 5.0) -> str | None:
        """Another start address of the running server, for a browser or a second start; None where it is silent."""
        with self._asking:
            self._addresses.clear()
            server = self.server
            if server is None or server.line is None:
                return None
            try:
                server.line.say(do="address")
            except Gone:
                return None
            end = time.monotonic() + seconds
            while not self._addresses and time.monotonic() < end:
                time.sleep(0.02)
            return self._addresses[0] if self._addresses else None

    def run(self) -> None:
        try:
            if self._start_server("ready"):
                self._watch()
        finally:
            for child in (self.worker, self.server):
                if child is not None:
                    child.end()
            self._ended.set()

    def _watch(self) -> None:
        begin = time.monotonic()
        while not self._stopping.is_set():
            wanted = self._with_worker and self._environment[names.READ_ONLY] == "0"
            if wanted and time.monotonic() - begin > WORKER_AFTER:
                self._keep_worker()
            stands = self._hear_server()
            if not stands and (self._stopping.is_set() or not self._again()):
                return

    def _hear_server(self) -> bool:
        """Take in what the server says, for a moment; whether it and its line still stand."""
        if self.server is None or self.server.line is None or not self.server.is_alive:
            return False
        try:
            message = self.server.line.hear(LOOK_SECONDS)
        except Gone:
            return False
        if message is not None and message.get("state") == "address":
            self._addresses.append(str(message["address"]))
        return True

    def _keep_worker(self) -> None:
        if self.worker is not None and self.worker.is_alive:
            return
        if self.worker is not None:
            self.worker.end()
            if self._stopping.wait(1.0):  # not as fast as possible, whatever kills it
                return
        self.worker = Child("--worker", self._environment, self._log("worker"))

    def _again(self) -> bool:
        """Start the server that died again; whether it answers. Not more often than it makes sense."""
        now = time.monotonic()
        self._died = [moment for moment in self._died if now - moment < RESTARTS_WITHIN] + [now]
        if self.server is not None:
            self.server.end()
        if len(self._died) > MOST_RESTARTS:
            self._on_state("trouble", {"code": "server_ended", "detail": str(self._places.logs)})
            return False
        return self._start_server("again")

    def _start_server(self, when_ready: str) -> bool:
        """Start it and wait until it answers; whether it does."""
        if when_ready == "ready":
            self._on_state("starting", {})
        before = self.port
        self.server = Child("--server", self._environment, self._log("server"))
        message = self._wait_ready(self.server)
        if message.get("code") == "update_failed":
            # The backup is back. It is opened again, so that no connection of the failed update is left.
            self.server.end()
            self._environment[names.READ_ONLY] = "1"
            self.server = Child("--server", self._environment, self._log("server"))
            message = self._wait_ready(self.server)
        if message["state"] != "ready":
            self._on_state("trouble", message)
            return False
        self._environment[names.PORT] = str(message["port"])
        # Decided once: the worker, and a server that is started again, take the same.
        self._environment["DATABASE_TYPE"] = str(message["database"])
        if when_ready == "again" and before == message["port"]:
            message = {**message, "address": ""}
        self._on_state(when_ready, message)
        return True

    def _wait_ready(self, server: Child) -> Message:
        """Its message that it is ready, or the trouble it has."""
        end = time.monotonic() + START_SECONDS
        while server.line is not None and time.monotonic() < end and not self._stopping.is_set():
            try:
                message = server.line.hear(LOOK_SECONDS)
            except Gone:
                break
            if message is None:
                continue
            if message["state"] in ("ready", "trouble"):
                return message
            if message["state"] == "migrating":
                end = time.monotonic() + MIGRATE_SECONDS
            self._on_state(str(message["state"]), message)
        code = "server_silent" if server.is_alive else "server_ended"
        return {"state": "trouble", "code": code, "detail": str(self._places.logs)}

    def _log(self, name: str) -> IO[bytes]:
        """Where a child's output goes. Its own handle to the file stays open when this one is closed."""
        log = crash.open_log(self._places.logs / f"{name}.log")
        os.set_inheritable(log.fileno(), True)
        return log


def state_of(supervisor: Supervisor) -> dict[str, Any]:
    """Process ids for tests and the log: {"server", "worker"}."""
    children = {"server": supervisor.server, "worker": supervisor.worker}
    return {name: child.process.pid if child is not None else None for name, child in children.items()}
