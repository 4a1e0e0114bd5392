"""The processes without a window: a server killed while it is written to, a parent that dies, restarts that end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_launcher.api_client import Api, Refusal
from desktop_launcher.supervisor import MOST_RESTARTS, state_of
from tests.desktop_launcher import kills, kills_linked
from tests.desktop_launcher.desks import copy_of, desk, environment, integrity, is_alive, until

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import sys, time
from pathlib import Path
from desktop_launcher.supervisor import Supervisor, state_of
from tests.desktop_launcher.desks import places_in

supervisor = Supervisor(places_in(Path(sys.argv[1])), lambda state, message: ready.append(state))
ready = []
supervisor.start()
while "ready" not in ready or supervisor.worker is None:
    time.sleep(0.05)
print(state_of(supervisor)["server"], state_of(supervisor)["worker"], flush=True)
time.sleep(60)
"""


def test_a_server_killed_while_it_is_written_to_loses_nothing(template: Path, tmp_path: Path) -> None:
    folder, rows = kills.prepare(template, tmp_path / "data")
    outcome = kills.Outcome()
    with desk(folder) as found:
        found.wait("ready")
        port = found.supervisor.port
        kills.kill_while_editing(found, rows, 2, random.Random(5), outcome)
        assert found.supervisor.port == port, "a window that is open goes on"
        with pytest.raises(Refusal, match="403"):
            Api(port, "").raw("GET", "/desktop/start/used")
        assert found.supervisor.new_address() is not None
    assert outcome.kills == 2 and outcome.acknowledged > 0
    assert outcome.is_clean, outcome


def test_a_linked_desktop_killed_while_it_sends_and_fetches_loses_nothing(template: Path, tmp_path: Path) -> None:
    outcome = kills.Outcome()
    kills_linked.kill_while_syncing(template, tmp_path, 2, random.Random(8), outcome)
    assert outcome.kills == 2 and outcome.acknowledged > 0
    assert outcome.is_clean, outcome


def test_the_processes_end_with_their_parent(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "data")
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)], cwd=ROOT, env=environment(folder), stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2 and all(map(is_alive, pids))
        parent.kill()
    assert until(lambda: not any(map(is_alive, pids)), 12)
    assert integrity(folder) == "ok"


def test_a_server_that_dies_again_and_again_is_given_up(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "data")
    with desk(folder) as found:
        found.wait("ready")
        found.supervisor._died.extend([float("inf")] * MOST_RESTARTS)
        os.kill(state_of(found.supervisor)["server"], signal.SIGKILL)
        assert found.wait("trouble", "again")["code"] == "server_ended"
