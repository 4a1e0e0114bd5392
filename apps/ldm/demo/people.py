"""The accounts of the demo. Their passwords are known to everybody: they live on loopback only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoUser:
    """An account as it is created; `role` is one of translator, reviewer, lead, admin."""

    username: str
    display_name: str
    role: str
    team: str
    language: str
    password: str = "ashen-passage"


# The first is the login that start.py prints.
DEMO_USERS: tuple[DemoUser, ...] = (
    DemoUser("demo", "Mina Seo", "lead", "Localization", "en"),
    DemoUser("demo-translator", "Theo Park", "translator", "Localization", "en"),
    DemoUser("demo-reviewer", "Rina Kwon", "reviewer", "Quality", "en"),
    DemoUser("demo-admin", "Jun Bae", "admin", "Operations", "en"),
)
