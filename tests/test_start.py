"""The start: environment, sets, ports, what the demo is allowed on, and children that never outlive it."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from locanext_project import launch

ROOT = Path(__file__).resolve().parents[1]
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for the interpreter")


@pytest.fixture
def start() -> ModuleType:
    """start.py as a module of its own."""
    spec = importlib.util.spec_from_file_location("start_under_test", ROOT / "start.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_start(*arguments: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "start.py"), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not collected does not."""
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.joinpath("self").exists():
        try:
            return status.read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def wait_until_dead(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


# ---- the environment ----
def test_start_needs_only_the_standard_library(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-I", str(ROOT / "start.py"), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "start.py test" in done.stdout


def test_a_missing_venv_module_names_the_line_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ImportError\n")
    done = run_start(PYTHONPATH=str(tmp_path), LOCANEXT_VENV=str(tmp_path / "venv"))
    assert done.returncode == 1
    assert f"sudo apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in done.stdout
    assert not (tmp_path / "venv").exists()


@POSIX_ONLY
def test_a_set_is_installed_once_and_again_when_its_file_changes(
    start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"
    program = tmp_path / "venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n[ ! -e {tmp_path}/offline ]\n')
    program.chmod(0o755)
    requirements = tmp_path / "requirements"
    requirements.mkdir()
    (requirements / "base.txt").write_text("django==5.2.19\n")
    monkeypatch.setattr(start, "VENV", tmp_path / "venv")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    start.install("base")
    start.install("base")
    assert len(calls.read_text().splitlines()) == 1
    (requirements / "base.txt").write_text("django==5.2.20\n")
    (tmp_path / "offline").touch()
    with pytest.raises(start.Stop, match="requirements/base.txt failed"):
        start.install("base")
    (tmp_path / "offline").unlink()
    start.install("base")
    lines = calls.read_text().splitlines()
    assert len(lines) == 3
    assert all("-m pip install" in line and "base.txt" in line for line in lines)


def test_the_desktop_gets_its_packages_and_its_own_options(
    start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(start, "make_venv", lambda: None)
    monkeypatch.setattr(start, "install", lambda *names: installed.extend(names))
    monkeypatch.setattr(start, "venv_python", lambda: Path(sys.executable))
    monkeypatch.setattr(start, "ROOT", tmp_path)
    program = tmp_path / "desktop_launcher"
    program.mkdir()
    (program / "__main__.py").write_text("import sys; sys.exit(len(sys.argv))\n")
    assert start.main(["desktop", "--self-check", "--window"]) == 3
    assert installed == ["base", "desktop"]


def test_the_suite_runs_on_both_databases_and_the_worse_result_counts(
    start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "ROOT", tmp_path)
    (tmp_path / "test_one.py").write_text(
        "import os\ndef test_database():\n    assert os.environ['LOCANEXT_TEST_DB'] == 'sqlite'\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    assert start.run_tests(["-q"]) == 1
    shown = capfd.readouterr().out
    assert shown.index("Tests on sqlite") < shown.index("1 passed") < shown.index("Tests on postgresql")
    assert shown.rstrip().splitlines()[-1].startswith("1 failed")


# ---- the address ----
@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.8.8.8", True)]
    + [("0.0.0.0", False), ("::", False), ("192.168.0.7", False), ("loca.example", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert launch.is_loopback(host) is loopback


def test_a_taken_port_gives_the_next_free_one() -> None:
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        taken = first.getsockname()[1]
        assert taken < launch.free_port("127.0.0.1", taken) <= taken + 99


@pytest.mark.parametrize(
    ("host", "extra", "allowed", "https"),
    [
        ("127.0.0.1", {}, True, "0"),
        ("127.0.0.1", {"HTTPS": "1"}, False, "1"),
        ("127.0.0.1", {"TRUSTED_PROXIES": "127.0.0.1"}, False, "0"),
        ("0.0.0.0", {}, False, None),
        ("192.168.0.7", {"HTTPS": "0"}, False, "0"),
    ],
)
def test_the_demo_is_allowed_where_only_this_machine_reaches_it(
    monkeypatch: pytest.MonkeyPatch, host: str, extra: dict[str, str], allowed: bool, https: str | None
) -> None:
    environment = {"PATH": os.environ["PATH"], "LOCANEXT_ENV_FILE": "none", "DATABASE_TYPE": "sqlite", **extra}
    monkeypatch.setattr(os, "environ", environment)
    assert launch.prepare_environment(host) is allowed
    assert environment.get("HTTPS") == https
    assert environment["DJANGO_SETTINGS_MODULE"] == "locanext_project.settings.server"
    if host == "192.168.0.7":
        assert host in environment["ALLOWED_HOSTS"].split(",")


def test_hosts_that_were_chosen_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"LOCANEXT_ENV_FILE": "none", "DATABASE_TYPE": "sqlite", "ALLOWED_HOSTS": "loca.example"}
    monkeypatch.setattr(os, "environ", environment)
    launch.prepare_environment("0.0.0.0")
    assert environment["ALLOWED_HOSTS"] == "loca.example"


# ---- children ----
PARENT = """
import signal, sys, time
# A suite started in the background inherits an ignored Ctrl+C.
signal.signal(signal.SIGINT, signal.default_int_handler)
from locanext_project.children import start_child
child = start_child("http.server", "--bind", "127.0.0.1", "0")
print(child.pid, flush=True)
time.sleep(60)
"""


@POSIX_ONLY
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_children_end_with_their_parent_however_it_ends(end: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(end)
        parent.wait(10)
        assert wait_until_dead(child, 10)


def test_ending_children_waits_for_them() -> None:
    from locanext_project.children import end_children, start_child

    children = [start_child("http.server", "--bind", "127.0.0.1", "0") for _ in range(2)]
    assert all(child.poll() is None for child in children)
    end_children(children)
    assert all(child.poll() is not None for child in children)


def test_a_server_that_dies_while_starting_is_a_clear_reason() -> None:
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]) as server:
        server.wait()
        with pytest.raises(launch.LaunchFailed, match="ended with status 3"):
            launch.wait_until_ready("http://127.0.0.1:9/", server)


# ---- all of it ----
@pytest.mark.slow
def test_check_starts_everything_and_ends(tmp_path: Path) -> None:
    environment = {"LOCANEXT_VENV": sys.prefix, "LOCANEXT_DATA": str(tmp_path), "LOCANEXT_ENV_FILE": "none"}
    for name in ("DATABASE_TYPE", "POSTGRES_HOST", "DJANGO_SETTINGS_MODULE"):
        environment[name] = ""
    done = run_start("--check", **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rows fetched: 50" in done.stdout
    # Again, on the database that is there now.
    assert run_start("--check", **environment).returncode == 0
