"""Check the hash chain of the audit log; exit code 1 where it is broken."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.audit.selectors import verify_chain


class Command(BaseCommand):
    help = "Check that no audit entry was changed or removed."

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_chain()
        if not report.is_intact:
            raise CommandError(f"Entry {report.broken_id}: {report.reason}. {report.checked} entries before it fit.")
        self.stdout.write(f"{report.checked} entries, the chain is intact.")
