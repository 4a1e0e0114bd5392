"""What the machine can give: memory that is free, and how many texts fit through a model at once."""

from __future__ import annotations

import os
from pathlib import Path

_SMALLEST, _LARGEST = 4, 128
_SHARE = 0.2  # of the free memory
_LAYERS_AT_ONCE = 24  # activations of about so many times the hidden size are alive at one time
_UNKNOWN = 2 * 1024**3


def free_memory() -> int:
    """Bytes that can be had without swapping; a cautious guess where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return int(os.sysconf("SC_AVPHYS_PAGES")) * int(os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return _UNKNOWN


def batch_size(hidden: int, longest: int, free: int | None = None) -> int:
    """Texts of up to `longest` tokens that one pass of a model of that hidden size takes, by free bytes."""
    available = free_memory() if free is None else free
    # Attention holds a number for every pair of tokens as well, in a dozen heads.
    each = 4 * longest * (_LAYERS_AT_ONCE * hidden + 12 * longest)
    fits = int(available * _SHARE / each)
    size = _SMALLEST
    while size * 2 <= min(fits, _LARGEST):
        size *= 2
    return size
