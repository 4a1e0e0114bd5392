"""The program as a process of its own on the tests' databases: `site`, which runs this module."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from apps.ldm.benchmarks import processes

ADDRESS = ("NAME", "HOST", "PORT", "USER", "PASSWORD")


@contextmanager
def site(redis: str | None = None, **other: dict[str, str]) -> Iterator[processes.Child]:
    """Started, not waited for: its port is asked of it. `redis` is an address to share.

    `other`: an alias of a database with another way to it than this process has.
    """
    from django.db import connections

    databases = {
        alias: other.get(alias) or {name: str(connections[alias].settings_dict[name]) for name in ADDRESS}
        for alias in ("default", "offline")
    }
    more = {"SITE_DATABASES": json.dumps(databases)} | ({"REDIS_URL": redis} if redis else {})
    with processes.child(__name__, environment=os.environ | more) as child:
        yield child


def main() -> None:
    """The settings of the tests with their databases' names, then Daphne."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "locanext_project.settings.test"
    from django.conf import settings

    for alias, options in json.loads(os.environ["SITE_DATABASES"]).items():
        settings.DATABASES[alias].update(options)
    import django

    django.setup()
    processes.serve()


if __name__ == "__main__":
    main()
