"""A Redis of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.ldm.benchmarks.live.redis_server import redis, redis_program

needs_redis = pytest.mark.skipif(redis_program() is None, reason="there is no redis-server on this machine")


@pytest.fixture
def redis_url() -> Iterator[str]:
    """Its address."""
    with redis() as address:
        yield address
