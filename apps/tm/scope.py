"""A memory as a look-up sees it: where it stands among those that serve a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScopedMemory:
    """One of the memories of a look-up. Which memories serve which file is the ldm app's to say."""

    memory_id: int
    name: str
    rank: int = 0
    """Nearness, then priority: 0 is the nearest."""
    penalty: int = 0
    """Points of a hundred taken off every score."""
