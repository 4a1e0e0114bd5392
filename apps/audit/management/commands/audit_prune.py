"""Remove audit entries that are older than a year; the rest of the chain still verifies."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.audit.services import RETENTION_DAYS, prune


class Command(BaseCommand):
    help = f"Remove audit entries older than {RETENTION_DAYS} days."

    def handle(self, *args: Any, **options: Any) -> None:
        removed = prune()
        self.stdout.write(f"{removed} entries removed.")
