"""What the `prop` elements of translation memories mean, by the names that tools give them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

# Roles: key (a string's own id), weak_key (one that a tuid goes before), previous, next, speaker, confirmed, escaped.
_ROLES = {
    "key": "string-id stringid string-key stringkey str-id segment-key resource-id resname key",
    "weak_key": "context-id contextid context id segment-id unit-id",
    "previous": "context-pre context-prev context-previous prev previous pre previous-source previous-segment"
    " previous-source-text prev-source context-before",
    "next": "context-post context-next next post next-source next-segment next-source-text context-after",
    "speaker": "speaker speaker-name npc npc-name character character-name actor",
    "confirmed": "confirmed is-confirmed approved confirmation-level confirmationlevel",
    "escaped": "escaped",
}
_BY_NAME = {name: role for role, names in _ROLES.items() for name in names.split()}
_TRUE = frozenset(
    ("true", "1", "yes", "y", "confirmed", "approved", "translated", "approvedtranslation", "approvedsignoff")
)
_FALSE = frozenset(
    ("false", "0", "no", "n", "unconfirmed", "draft", "unspecified", "rejectedtranslation", "rejectedsignoff")
)
ESCAPED = "_xHHHH_"


@lru_cache(maxsize=4096)
def role_of(name: str) -> str:
    """The role of a prop's `type`, "" for one that means nothing to us."""
    plain = name.strip().lower().replace("_", "-").replace(" ", "-").replace(":", "-")
    return _BY_NAME.get(plain.removeprefix("x-"), "")


def key_of(tuid: str, props: Iterable[tuple[str, str]]) -> str:
    """The unit's key: a string id among its props, else its `tuid`, else a context id."""
    weak = ""
    for name, text in props:
        role = role_of(name)
        if role == "key" and text:
            return text
        if role == "weak_key" and text and not weak:
            weak = text
    return tuid or weak


def context_of(props: Iterable[tuple[str, str]]) -> str:
    """The props that say something about the text and are not its key, for people."""
    shown = (f"{name}: {text}" for name, text in props if text and role_of(name) not in ("key", "weak_key", "escaped"))
    return " | ".join(dict.fromkeys(shown))


def neighbour(text: str) -> str:
    """A neighbouring source; some tools keep it inside `<seg>` tags, escaped."""
    if text.startswith("<seg>") and text.endswith("</seg>"):
        return text[5:-6]
    return text


def truth(text: str) -> bool | None:
    """Whether a prop says yes; None for a word that is not known."""
    plain = text.strip().lower()
    return True if plain in _TRUE else False if plain in _FALSE else None
