"""`python -m desktop_launcher`: the window, the processes behind it, or the check of all of it."""

from __future__ import annotations

import time

BEGAN = time.monotonic()

import argparse  # noqa: E402 (the clock runs before anything is loaded)
import json  # noqa: E402
import multiprocessing  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from typing import Any  # noqa: E402


def main(arguments: list[str]) -> int:
    """Do what the command line says; the exit status."""
    multiprocessing.freeze_support()
    if arguments[:1] == ["--server"]:
        from desktop_launcher import server

        server.ignore_interrupts()
        return server.main()
    if arguments[:1] == ["--worker"]:
        from desktop_launcher import server, worker

        server.ignore_interrupts()
        return worker.main()
    parser = argparse.ArgumentParser(prog="locanext", description="LocaNext in a window of its own.")
    parser.add_argument("--self-check", action="store_true", help="start with empty data, work a little, print, end")
    parser.add_argument("--window", action="store_true", help="with --self-check: show the window too")
    parser.add_argument("--browser", action="store_true", help="use the system's browser instead of a window")
    parser.add_argument("--measure", action="store_true", help="open the window, print how long it took, end")
    parser.add_argument("--version", action="store_true", help="print the version and end")
    options = parser.parse_args(arguments)
    if options.version:
        from desktop_launcher.version import version

        sys.stdout.write(version() + "\n")
        return 0
    if options.self_check:
        from desktop_launcher.self_check import check

        return check(with_window=options.window)
    return run(browser=options.browser, measure=options.measure)


def run(*, browser: bool, measure: bool) -> int:
    """The window until it is closed."""
    from desktop_launcher import crash, single_instance
    from desktop_launcher.browser import Browser
    from desktop_launcher.paths import places
    from desktop_launcher.supervisor import Supervisor
    from desktop_launcher.window import NoWindow, Window

    try:
        found = places()
        first = single_instance.claim(found)
    except OSError as error:
        Browser("", None).on_state("trouble", {"code": "folder_not_writable", "detail": str(error)})
        return 1
    if first is None:
        return 0
    crash.watch(found.logs / "window-crash.log")
    front: list[Any] = [Window(found, BEGAN)]
    supervisor = Supervisor(found, lambda state, message: front[0].on_state(state, message))
    try:
        try:
            if browser:
                raise NoWindow("--browser")
            front[0].create()
            first.on_show(front[0].come_forward)
            # The server starts while the window's toolkit is loaded.
            supervisor.start()
            if measure:
                _measure_beside(front[0])
            front[0].run()
        except NoWindow as reason:
            front[0] = Browser(str(reason), supervisor)
            first.on_show(front[0].come_forward)
            if not supervisor.is_alive():
                supervisor.start()
            front[0].run()
    finally:
        supervisor.stop()
        first.close()
    return 0


def _measure_beside(window: Any) -> None:
    """Print {"visible", "ready", "usable"} in seconds since the start, and close the window."""

    def wait() -> None:
        end = time.monotonic() + 60
        while "usable" not in window.seconds and not window.failed and time.monotonic() < end:
            time.sleep(0.02)
        sys.stdout.write(json.dumps({name: round(value, 2) for name, value in window.seconds.items()}) + "\n")
        sys.stdout.flush()
        window.close()

    threading.Thread(target=wait, name="measure", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
