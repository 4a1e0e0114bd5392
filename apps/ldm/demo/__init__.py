"""The demo project: invented game text of a grey sea and its lighthouses, Korean to English."""

from __future__ import annotations

from .files import demo_files
from .memory import LEGACY_NAME, LEGACY_PENALTY, MEMORY_NAME, TERMS_NAME, legacy_units, memory_units, terms
from .people import DEMO_USERS, DemoUser

PLATFORM_NAME = "Demo"
PROJECT_NAME = "Ashen Passage"
SOURCE_LANGUAGE = "ko"
TARGET_LANGUAGE = "en"

__all__ = [
    "DEMO_USERS",
    "LEGACY_NAME",
    "LEGACY_PENALTY",
    "MEMORY_NAME",
    "PLATFORM_NAME",
    "PROJECT_NAME",
    "SOURCE_LANGUAGE",
    "TARGET_LANGUAGE",
    "TERMS_NAME",
    "DemoUser",
    "demo_files",
    "legacy_units",
    "memory_units",
    "terms",
]
