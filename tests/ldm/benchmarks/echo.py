"""A process that says back what it is asked: `python -m` this module."""

from __future__ import annotations

import os
import sys

from apps.ldm.benchmarks.processes import answer_parent

if __name__ == "__main__":
    told = {"pid": os.getpid(), "given": sys.argv[1]} if sys.argv[1:] else {}
    answer_parent(told, lambda words: words)
