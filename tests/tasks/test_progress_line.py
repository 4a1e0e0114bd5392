"""The line that follows a run at a terminal, and in a log."""

from __future__ import annotations

import io

from apps.tasks.progress_line import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_at_a_terminal_one_line_is_rewritten():
    stream = Terminal()
    line = ProgressLine(stream)
    for done in range(0, 2001):
        line(done, 2000, "reading")
    line(3, None, "x")
    line.end()
    parts = stream.getvalue().split("\r")
    assert parts[1] == "reading  0 of 2,000 (0 %)"
    assert parts[-2] == "reading  2,000 of 2,000 (100 %)"
    assert parts[-1] == "x  3".ljust(len(parts[-2])) + "\n", "what was longer is covered"
    assert len(parts) < 100, "not a write for every row"


def test_in_a_log_only_steps_are_lines():
    stream = io.StringIO()
    line = ProgressLine(stream)
    for step in ("reading", "writing"):
        for done in range(100):
            line(done, 100, step)
    line.end()
    assert stream.getvalue() == "reading\nwriting\n"
