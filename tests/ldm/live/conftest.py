"""A file of five rows, as for the services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ldm.live.redis_server import redis
from tests.ldm.services.conftest import file, make_file, project  # noqa: F401 (fixtures)


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis of the test's own."""
    with redis(tmp_path) as address:
        yield address
