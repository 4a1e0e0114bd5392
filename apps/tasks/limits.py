"""Limits of memory and time for reading untrusted files."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.utils.translation import gettext as _

from locanext_project.errors import TooLarge

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

MEGABYTE = 1024 * 1024
_STATM = Path("/proc/self/statm")


class TimeIsUp(BaseException):
    """Raised by the alarm; no `except Exception` of a parser may swallow it."""


@contextlib.contextmanager
def limited(memory_mb: int | None = None, seconds: float | None = None) -> Iterator[None]:
    """At most so much more memory and so much time within the block (default: the PARSE_ settings).

    Raises TooLarge with a sentence that names the limit. Memory is limited on Linux, time on Unix
    in the main thread, where a worker's tasks run; elsewhere the block runs without that limit.
    The alarm is heard between two steps of Python: one long call into C ends first. Blocks nest.
    """
    memory = settings.PARSE_MEMORY_MB if memory_mb is None else memory_mb
    time_limit = settings.PARSE_SECONDS if seconds is None else seconds
    refusal: TooLarge | None = None
    try:
        with _memory(memory), _time(time_limit):
            yield
    except MemoryError as error:
        # Whatever refers to the error must not keep the frames alive that hold the memory.
        error.__traceback__ = None
        refusal = TooLarge(_("This file needs more than %(mb)d MB to read.") % {"mb": memory}, limit_mb=memory)
    except TimeIsUp:
        refusal = TooLarge(
            _("This file takes longer than %(seconds)g seconds to read.") % {"seconds": time_limit},
            limit_seconds=time_limit,
        )
    if refusal is not None:
        raise refusal


@contextlib.contextmanager
def _memory(megabytes: int) -> Iterator[None]:
    """RLIMIT_AS at present use plus `megabytes`; never above a limit that is in force already."""
    used = _address_space()
    if resource is None or not used:
        yield
        return
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    ceilings = [limit for limit in (before, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([used + megabytes * MEGABYTE, *ceilings]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))


def _address_space() -> int:
    """Bytes of address space this process uses, 0 where the system does not tell."""
    if resource is None or not _STATM.exists():
        return 0
    return int(_STATM.read_text().split()[0]) * resource.getpagesize()


@contextlib.contextmanager
def _time(seconds: float) -> Iterator[None]:
    """Raise TimeIsUp in this thread after `seconds`."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeIsUp

    handler = signal.signal(signal.SIGALRM, ring)
    outer, _interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    if outer and outer < seconds:
        signal.setitimer(signal.ITIMER_REAL, outer)
    try:
        yield
    finally:
        left, _interval = signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if outer:
            # What the surrounding block has left; at least a moment, or its alarm would never ring.
            signal.setitimer(signal.ITIMER_REAL, max(outer - (min(seconds, outer) - left), 0.001))
