"""The language of what the desktop's own threads are told, and keep for people to read: that of its person."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.utils import translation

from apps.accounts.services.local_person import local_person
from apps.ldm.live.admission import language_of


def as_the_person() -> AbstractContextManager[None]:
    """Speak as the person of this desktop reads, until the block ends.

    Requests and tasks have their language: this is for other threads. A person who chose none gets the program's own.
    """
    return translation.override(language_of(local_person()) or translation.get_language())
