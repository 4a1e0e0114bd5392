"""What an entry's texts may be: not empty, storable on every database, no longer than their columns."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.tm.matching.normalise import key_hash, text_hash
from apps.tm.models import Entry
from apps.tm.selectors.search_entries import storable
from locanext_project.errors import Invalid

SHORT = 255
"""Characters of a speaker or an origin."""
NAME = 150
"""Characters of a person's name."""


def usable(source: str, target: str) -> bool:
    """Whether an entry can be made of the two: each has more than white space, and can be stored."""
    return bool(source.strip() and target.strip()) and storable(source) and storable(target)


def require(field: str, text: str, *, empty: bool = False, length: int | None = None) -> str:
    """The text as it is stored. Raises Invalid naming the field."""
    if not empty and not text.strip():
        raise Invalid(_("This text may not be empty."), code="empty", field=field)
    if not storable(text):
        raise Invalid(_("This text has a character that cannot be stored."), field=field)
    if length is not None and len(text) > length:
        raise Invalid(_("At most %(length)s characters.") % {"length": length}, field=field)
    return text


def set_source(entry: Entry, source: str) -> None:
    """The raw source and its hash: the two always change together."""
    entry.source, entry.source_hash = source, text_hash(source)


def set_key(entry: Entry, key: str) -> None:
    """The key and its hash: the two always change together."""
    entry.key, entry.key_hash = key, key_hash(key)
