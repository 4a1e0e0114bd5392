"""Processes that say what they are, answer, and go with who started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from django.conf import settings

from apps.ldm.benchmarks.processes import child, ended, wait_for_port
from tests.desktop_launcher.desks import is_alive, until
from tests.ldm.live.site import site

ECHO = "tests.ldm.benchmarks.echo"
STARTER = f"""
import os, sys
from apps.ldm.benchmarks.processes import child
with child({ECHO!r}, environment=os.environ) as echo:
    echo.told
    print(echo.pid, flush=True)
    sys.stdin.read()
"""


def test_it_tells_what_it_is_and_answers() -> None:
    with child(ECHO, "등대", environment=os.environ) as echo:
        assert echo.ask({"text": "two\nlines"}) == {"text": "two\nlines"}
        assert echo.told == {"pid": echo.pid, "given": "등대"}
        assert echo.ask("x" * 200_000) == "x" * 200_000
    assert not is_alive(echo.pid)


def test_one_that_ends_is_an_error() -> None:
    with child(ECHO, environment=os.environ) as echo:
        assert echo.ask(0) == 0, "one that has nothing to say of itself answers too"
        os.kill(echo.pid, signal.SIGKILL)
        with pytest.raises((RuntimeError, BrokenPipeError)):
            echo.ask(1)
    with child("json.no_such_module", environment=os.environ) as nothing, pytest.raises(RuntimeError, match="ended"):
        nothing.told  # noqa: B018 (it is read)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    with ended(gone), pytest.raises(RuntimeError, match="did not start"):
        wait_for_port(1, gone)


def test_it_goes_with_a_killed_parent() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTER], cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    assert until(lambda: not is_alive(pid))


@pytest.mark.django_db(transaction=True)
def test_a_server_says_where_it_listens() -> None:
    with site() as server:
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/v1/tree", timeout=30)
        assert server.ask() is None
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/v1/tree", timeout=5)
