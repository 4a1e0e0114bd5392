"""Time and chance of a simulated world: the same seed, the same run."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from apps.sync import clock

START = 1_900_000_000.0


@contextmanager
def governed(now: Callable[[], float], chance: random.Random) -> Iterator[None]:
    """Until the block ends every clock shows `now()` and every new UUID comes from `chance`."""

    def django_now() -> datetime:
        return datetime.fromtimestamp(now(), UTC)

    # Models hold `uuid.uuid4` itself as a default, so it stays and gets its bytes from elsewhere.
    entropy: Any = SimpleNamespace(urandom=chance.randbytes)
    with (
        patch.object(clock, "now", now),
        patch.object(timezone, "now", django_now),
        patch.object(uuid, "os", entropy),
    ):
        yield
