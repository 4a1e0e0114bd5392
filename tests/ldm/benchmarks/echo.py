"""A process that says back what it is asked: `python -m` this module."""

from __future__ import annotations

import os
import sys

from apps.ldm.benchmarks.processes import answer_parent

if __name__ == "__main__":
    answer_parent({"pid": os.getpid(), "given": "".join(sys.argv[1:])}, lambda words: words)
