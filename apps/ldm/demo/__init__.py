"""The demo project: invented game text of a grey sea and its lighthouses, Korean to English."""

from __future__ import annotations

from .files import demo_files
from .people import DEMO_USERS, DemoUser

PLATFORM_NAME = "Demo"
PROJECT_NAME = "Ashen Passage"
SOURCE_LANGUAGE = "ko"
TARGET_LANGUAGE = "en"

__all__ = [
    "DEMO_USERS",
    "PLATFORM_NAME",
    "PROJECT_NAME",
    "SOURCE_LANGUAGE",
    "TARGET_LANGUAGE",
    "DemoUser",
    "demo_files",
]
