"""The program as a process of its own on the tests' database, sharing Redis: `python -m tests.ldm.live.site`."""

from __future__ import annotations

import json
import os


def main() -> None:
    """The settings of the tests with their databases' names and a shared layer, then Daphne."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "locanext_project.settings.test"
    from django.conf import settings

    given = json.loads(os.environ["SITE_DATABASES"])
    for alias, options in given.items():
        settings.DATABASES[alias].update(options)
    import django

    django.setup()
    from apps.ldm.benchmarks.live.server import main as serve

    serve()


if __name__ == "__main__":
    main()
