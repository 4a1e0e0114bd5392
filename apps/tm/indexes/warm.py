"""The compiled half of the fuzzy index: where its code is kept, and loading it before it is needed."""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)
VARIABLE = "NUMBA_CACHE_DIR"


def use_data_folder() -> None:
    """Keep compiled code in DATA_DIR, which is writable wherever the program is installed; what is set stays."""
    os.environ.setdefault(VARIABLE, str(Path(settings.DATA_DIR) / "numba"))


def warm() -> float:
    """Compile what the first look-up would wait for, or load it; seconds it took."""
    from apps.tm import matching

    begin = time.perf_counter()
    matching.warm()
    return time.perf_counter() - begin


def start(after: float = 0.0) -> threading.Thread | None:
    """`warm` in a thread of its own, for the start of a process that answers people meanwhile; None in tests.

    It begins after so many seconds: on a small machine the first page comes first.
    """
    if settings.PROFILE == "test":
        return None
    thread = threading.Thread(target=_quietly, args=(after,), name="fuzzy-warm", daemon=True)
    thread.start()
    return thread


def _quietly(after: float = 0.0) -> None:
    time.sleep(after)
    try:
        warm()
    except Exception:
        # The search compiles itself at its first use, and says then what is wrong.
        logger.warning("The fuzzy search could not be compiled beforehand.", exc_info=True)
