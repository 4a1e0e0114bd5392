"""A file of five rows, as for the services."""

from __future__ import annotations

from tests.ldm.live.redis_server import redis_url  # noqa: F401 (fixture)
from tests.ldm.services.conftest import file, make_file, project  # noqa: F401 (fixtures)
