"""What a process leaves behind when it fails: a log of its own that does not grow for ever."""

from __future__ import annotations

import faulthandler
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO

LARGEST = 2 * 1024 * 1024


def open_log(path: Path) -> IO[bytes]:
    """A log to append to; one that grew beyond 2 MB is kept once as `.old`."""
    try:
        if path.stat().st_size > LARGEST:
            path.replace(path.with_suffix(".old"))
    except OSError:  # there is none yet, or another process holds it open
        pass
    return path.open("ab", buffering=0)


def watch(path: Path) -> None:
    """Write down what nobody catches in this process, with the time; also crashes in compiled code."""
    log = open_log(path)
    faulthandler.enable(log)

    def note(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{text}\n".encode("utf-8", "replace"))

    def on_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            note(args.exc_type, args.exc_value, args.exc_traceback)

    def on_process(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        note(kind, error, trace)
        if sys.stderr is not None:  # a program without a console has none
            sys.__excepthook__(kind, error, trace)

    sys.excepthook = on_process
    threading.excepthook = on_thread
