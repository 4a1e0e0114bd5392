"""One line of text that follows a run, for commands at a terminal."""

from __future__ import annotations

import time
from typing import TextIO

WRITE_SECONDS = 0.1


class ProgressLine:
    """`services.run_here(..., on_progress=ProgressLine(sys.stderr))`.

    At a terminal the line is rewritten in place; elsewhere only a new step is a line.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._written_at = 0.0
        self._width = 0
        self._step: str | None = None

    def __call__(self, done: int, total: int | None, step: str) -> None:
        if not self._terminal:
            if step != self._step:
                self._step = step
                self._stream.write(f"{step or '...'}\n")
            return
        now = time.monotonic()
        if step == self._step and done != total and now - self._written_at < WRITE_SECONDS:
            return
        self._step, self._written_at = step, now
        amount = f"{done:,}" if total is None else f"{done:,} of {total:,} ({100 * done // max(total, 1)} %)"
        text = f"{step}  {amount}".strip()
        self._stream.write("\r" + text.ljust(self._width))
        self._stream.flush()
        self._width = len(text)

    def end(self) -> None:
        """Leave the line, so that what follows starts on one of its own."""
        if self._terminal and self._width:
            self._stream.write("\n")
            self._width = 0
