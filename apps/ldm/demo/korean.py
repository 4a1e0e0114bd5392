"""Fills sentence templates in Korean and English, with the particles that Korean names ask for.

A slot is `[name]`. Korean: `[item|을]` adds the fitting particle, `[+item|을]` is the particle
alone (after a closing colour). English: `[a item]` adds the article, `[item+]` is the plural,
`[Place]` starts a sentence. `[item#]` (`[item+#]`) in both is the game's link code for the thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PAIRS = (
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
    ("아", "야"),
    ("이에요", "예요"),
    ("이라", "라"),
    ("이랑", "랑"),
    ("이야", "야"),
    ("이나", "나"),
    ("이지", "지"),
    ("이었", "였"),
)
_BY_FORM = {form: pair for pair in _PAIRS for form in pair if form != "야"} | {"야": ("아", "야")}
_KOREAN_SLOT = re.compile(r"\[(\+?)(\w+)(#?)(?:\|([^\]]+))?\]")
_ENGLISH_SLOT = re.compile(r"\[(a |A )?(\w+)(\+?)(#?)\]")


@dataclass(frozen=True)
class Name:
    """A person, place or thing of the invented world, in both languages."""

    korean: str
    english: str
    plural: str = ""
    kind: str = ""
    number: int = 0

    def link(self, text: str) -> str:
        """The code that makes the client show a link to this entry."""
        return f"{{StaticInfo:{self.kind}:{self.number}#{text}}}"


Values = Mapping[str, Name | str | int]


def has_final(text: str) -> bool:
    """Whether the last Hangul syllable (or spoken digit) of `text` ends in a consonant."""
    for character in reversed(text):
        if "가" <= character <= "힣":
            return (ord(character) - 0xAC00) % 28 != 0
        if character.isdigit():
            return character in "013678"
    return False


def particle(text: str, form: str) -> str:
    """The form of a particle that fits after `text`; either of its two forms names it."""
    if form in ("으로", "로"):
        last = next((c for c in reversed(text) if "가" <= c <= "힣"), "가")
        return "로" if (ord(last) - 0xAC00) % 28 in (0, 8) else "으로"
    closed, opened = _BY_FORM[form]
    return closed if has_final(text) else opened


def korean(template: str, values: Values) -> str:
    """The Korean sentence. Raises KeyError for a slot without a value."""

    def fill(match: re.Match[str]) -> str:
        alone, name, link, form = match.groups()
        value = values[name]
        text = value.korean if isinstance(value, Name) else str(value)
        shown = value.link(text) if link and isinstance(value, Name) else text
        return ("" if alone else shown) + (particle(text, form) if form else "")

    return _KOREAN_SLOT.sub(fill, template)


def english(template: str, values: Values) -> str:
    """The English sentence. Raises KeyError for a slot without a value."""

    def fill(match: re.Match[str]) -> str:
        article, name, plural, link = match.groups()
        value = values[name] if name in values else values[name.lower()]
        text = value.english if isinstance(value, Name) else str(value)
        if plural and isinstance(value, Name):
            text = value.plural or text + "s"
        if link and isinstance(value, Name):
            text = value.link(text)
        if article:
            text = f"{article.strip()}{'n' if text[:1].lower() in 'aeiou' else ''} {text}"
        return text[:1].upper() + text[1:] if name[:1].isupper() else text

    return _ENGLISH_SLOT.sub(fill, template)
