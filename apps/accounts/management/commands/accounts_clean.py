"""Remove what remains of logins that have been over for long."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from apps.accounts.services import forget_old_sessions


class Command(BaseCommand):
    help = "Remove login sessions that have been over for 90 days, and expired browser sessions."

    def handle(self, *args: Any, **options: Any) -> None:
        removed = forget_old_sessions()
        call_command("clearsessions")
        self.stdout.write(f"{removed} logins that were over are removed.")
