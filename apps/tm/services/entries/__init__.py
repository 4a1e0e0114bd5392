"""Entries of memories: added, edited, confirmed, removed, imported and exported."""

from __future__ import annotations

from apps.tm.services.entries.upsert import ConfirmedText, upsert

__all__ = ["ConfirmedText", "upsert"]
