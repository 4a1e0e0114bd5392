"""The one normalisation, used only to compare. Stored text stays raw."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b as _blake2b

# Every spelling of a line break that files use inside a text.
_BREAKS = re.compile(r"\\n|<br\s*/?>|&lt;br\s*/?&gt;|\r\n|\r", re.IGNORECASE)
# Hangul syllables, ideographs, kana and their neighbours: the scripts whose words are too short for trigrams.
_CJK = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff])")


def normalise(text: str) -> str:
    """The comparison form: NFC, every line break a line feed, spaces squeezed per line, case folded.

    Idempotent. `normalise(a) == normalise(b)` is what "the same source" means wherever rows,
    memories and searches compare texts.
    """
    if "\\" in text or "<" in text or "&" in text or "\r" in text:
        text = _BREAKS.sub("\n", text)
    plain = text.isascii()
    # Folding may decompose or expand (ß, İ), so the composition comes before and after it.
    if plain:
        text = text.lower()
    else:
        composed = unicodedata.normalize("NFC", text)
        text = composed.casefold()
        if text != composed:
            text = unicodedata.normalize("NFC", text)
    if "\n" not in text:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")


def text_hash(text: str) -> int:
    """64 bits of the normalised text, signed, so that both databases hold it in a bigint."""
    digest = _blake2b(normalise(text).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def key_hash(key: str) -> int | None:
    """64 bits of a key as it is, signed; None for the empty key, which nothing shares."""
    if not key:
        return None
    digest = _blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def search_form(text: str) -> str:
    """Lower case with every CJK character doubled, so that two of them make trigrams.

    Character by character, so that the form of a part is a part of the form of the whole: the two
    characters whose lower case depends on their neighbours, or is two characters, have one here.
    """
    if text.isascii():
        return text.lower()
    # Final sigma is a sigma; the dotted capital I is an i, not an i and a combining dot.
    lower = text.replace("\u0130", "i").lower().replace("\u03c2", "\u03c3")
    return _CJK.sub(r"\1\1", lower)
