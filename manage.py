#!/usr/bin/env python3
"""Django's command line, with the database chosen once for this process and its children."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Read `.env`, decide the database, run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "locanext_project.settings.server")
    from django.core.management import execute_from_command_line

    from locanext_project.database_choice import decide_for_this_process

    if os.environ.get("LOCANEXT_ENV_FILE", "") != "none":
        import environ

        environ.Env.read_env(os.environ.get("LOCANEXT_ENV_FILE") or Path(__file__).resolve().parent / ".env")
    decide_for_this_process()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
