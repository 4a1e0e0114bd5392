#!/usr/bin/env python3
"""Makes the environment, the database and the demo, and runs LocaNext or its tests.

    python3 start.py                    the program, on this machine only
    python3 start.py test [...]         the tests, on SQLite and then on PostgreSQL
    python3 start.py ml                 the optional neural engines
    python3 start.py desktop [...]      the desktop window
    python3 start.py --check            start, fetch a page and rows, print figures, end

Only the standard library is needed until the virtual environment exists; from there on this file
runs again, inside it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("LOCANEXT_VENV") or ROOT / ".venv")
COMMANDS = ("run", "test", "ml", "desktop")


class Stop(Exception):
    """A reason to end, for people; `status` is the exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def say(text: str = "") -> None:
    """One line for the person at the terminal, shown at once."""
    print(text, flush=True)


# ---- the environment ----
def venv_python() -> Path:
    """The environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def in_venv() -> bool:
    """Whether this process already runs inside the environment."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def make_venv() -> None:
    """Create `.venv` once. Raises Stop with the line that installs what is missing."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this line is for people with an older one)
        raise Stop(f"LocaNext needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if venv_python().exists():
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Stop(
            f"Python's venv module is missing. This line installs it:\n    sudo apt-get install python{version}-venv"
        ) from None
    say(f"Making the environment {VENV.name} ...")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def fingerprint(files: list[Path]) -> str:
    """What an installed set depends on: the pinned files and the interpreter."""
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def install(*names: str) -> None:
    """Install requirement sets (`base`, `dev`, ...), each only when its pinned file has changed."""
    for name in names:
        file = ROOT / "requirements" / f"{name}.txt"
        stamp = VENV / f"locanext-{name}.stamp"
        wanted = fingerprint([file])
        if stamp.exists() and stamp.read_text() == wanted:
            continue
        say(f"Installing requirements/{name}.txt (needed once, a few minutes at worst) ...")
        pip("-r", str(file), reason=f"Installing requirements/{name}.txt failed; the lines above say why.")
        stamp.write_text(wanted)


def pip(*arguments: str, reason: str) -> None:
    """Run pip's install in the environment. Raises Stop with `reason`."""
    command = [str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False).returncode:
        raise Stop(reason)


def enter_venv(arguments: list[str]) -> int | None:
    """Run this file again inside the environment; its exit status, or None when already inside."""
    if in_venv():
        return None
    command = [str(venv_python()), str(ROOT / "start.py"), *arguments]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 (replaces this process: one process, one Ctrl+C)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child has it too, and ends in its own way


def install_ml() -> int:
    """Install the neural engines: the CPU build of torch where the index has it, else the default one."""
    install("base")
    lines = (ROOT / "requirements" / "ml.txt").read_text(encoding="utf-8").splitlines()
    torch = next(line.split(";")[0].strip() for line in lines if line.startswith("torch=="))
    say(f"Looking for {torch}+cpu: about 200 MB to download, about 1 GB on disk ...")
    command = [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check", f"{torch}+cpu"]
    if subprocess.run(command, check=False).returncode == 0:
        only_gpu = ("nvidia-", "cuda-", "triton", "torch==")
        rest = VENV / "locanext-ml-cpu.txt"
        rest.write_text("\n".join(line for line in lines if not line.startswith(only_gpu)), encoding="utf-8")
        pip("-r", str(rest), reason="Installing the rest of requirements/ml.txt failed; the lines above say why.")
    else:
        size = "about 3 GB, because it brings the graphics card's libraries" if sys.platform == "linux" else "200 MB"
        say(f"The package index has no CPU build. Downloading {torch} instead: {size} ...")
        install("ml")
    say("The neural engines are installed. docs/admin/models.md says where models go.")
    return 0


def run_tests(arguments: list[str]) -> int:
    """The suite on SQLite, then on PostgreSQL; the worse exit status."""
    worst = 0
    for database in ("sqlite", "postgresql"):
        say(f"\n==== Tests on {database} ====")
        environment = {**os.environ, "LOCANEXT_TEST_DB": database}
        status = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment, check=False)
        worst = max(worst, status.returncode if status.returncode >= 0 else 1)
    return worst


def run_desktop(arguments: list[str]) -> int:
    """The desktop window (`arguments`: --self-check, --browser, ...); its exit status."""
    install("base", "desktop")
    try:
        return subprocess.run([str(venv_python()), "-m", "desktop_launcher", *arguments], cwd=ROOT).returncode
    except KeyboardInterrupt:
        return 130  # the window has it too, and ends in its own way


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line of everything but `test`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="?", choices=COMMANDS, default="run", help="what to do (default: run)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000, help="port, or the next free one (default: 8000)")
    parser.add_argument("--check", action="store_true", help="start, fetch a page and rows, print figures, end")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run one command; the exit status."""
    testing = arguments[:1] == ["test"]
    # What follows these two is for pytest and for the window.
    options = argparse.Namespace(command=arguments[0]) if arguments[:1] in (["test"], ["desktop"]) else parse(arguments)
    make_venv()
    if options.command == "ml":
        return install_ml()
    if options.command == "desktop":
        return run_desktop(arguments[1:])
    install("base", "dev") if testing else install("base")
    status = enter_venv(arguments)
    if status is not None:
        return status
    if testing:
        return run_tests(arguments[1:])
    sys.path.insert(0, str(ROOT))
    from locanext_project import launch

    try:
        return launch.serve(options.host, options.port, options.check)
    except launch.LaunchFailed as error:
        raise Stop(str(error)) from None


def _terminated(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminated)
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        say(f"start.py: {stop}")
        sys.exit(stop.status)
    except KeyboardInterrupt:
        say("\nStopped.")
        sys.exit(130)
