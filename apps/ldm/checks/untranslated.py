"""The check for what was left in the source language: targets that are the source, letters of its script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from . import findings
from .codes import Code, visible
from .findings import WARNING, CheckRules, Finding, Texts

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SCRIPTS = {
    "hangul": "\uac00-\ud7a3",
    "kana": "\u3041-\u3096\u30a1-\u30fa",
    "han": _HAN,
    "cyrillic": "\u0400-\u04ff",
    "greek": "\u0386-\u03ce",
    "thai": "\u0e01-\u0e3a\u0e40-\u0e4e",
    "arabic": "\u0621-\u064a\u0671-\u06d3",
    "hebrew": "\u05d0-\u05ea",
    "devanagari": "\u0904-\u0939",
    "latin": "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
}
_LEAST = {"hangul": 1, "han": 1, "kana": 2, "thai": 2}
"""Letters of a script in a row that are no decoration; 3 of the others, which lend symbols to everybody."""
_LANGUAGES = {
    "ko": ("hangul", "han"), "ja": ("kana", "han"), "zh": ("han",), "yue": ("han",), "lzh": ("han",),
    "ru": ("cyrillic",), "uk": ("cyrillic",), "be": ("cyrillic",), "bg": ("cyrillic",), "mk": ("cyrillic",),
    "sr": ("cyrillic", "latin"), "kk": ("cyrillic",), "ky": ("cyrillic",), "mn": ("cyrillic",), "tg": ("cyrillic",),
    "el": ("greek",), "th": ("thai",), "ar": ("arabic",), "fa": ("arabic",), "ur": ("arabic",), "he": ("hebrew",),
    "hi": ("devanagari",), "mr": ("devanagari",), "ne": ("devanagari",),
}  # fmt: skip
_OWN = {"ko": ("hangul",), "ja": ("kana", "han"), "zh": ("han",)}
"""The scripts that tell a language, where it uses others too."""
_OWN_NAMES = frozenset(
    ("한국어", "조선말", "日本語", "中文", "简体中文", "繁體中文", "汉语", "漢語", "Русский", "Українська", "Български",
     "Ελληνικά", "ไทย", "العربية", "עברית", "हिन्दी")
)  # fmt: skip
"""Languages by their own names, as they stand in every language's menu."""
_LETTERS = re.compile("[" + "".join(_SCRIPTS.values()) + "]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_NO_PROSE = re.compile(r"\S*(?:://|@|_|\\|/|\.\w)\S*\Z")
_CODED_WORDS = re.compile(r"\{staticinfo:[^#{}]*#", re.IGNORECASE)


def check(texts: Texts, rules: CheckRules) -> list[Finding]:
    """The target is the source, or has letters of the source language's script that its own language has not."""
    source, target = base(rules.source_language), base(rules.target_language)
    if not target or source == target:
        return []
    if texts.source == texts.target or texts.source.strip() == texts.target.strip():
        return _same(texts, source, target)
    pattern = leftover_pattern(source, target)
    if pattern is None or pattern.search(texts.target) is None:
        return []
    return _left(texts, pattern)


@lru_cache(maxsize=256)
def base(language: str) -> str:
    """The language without region and script: "zh" of "zh-Hant"."""
    return re.split("[-_]", language, maxsplit=1)[0].lower()


def _scripts(language: str) -> tuple[str, ...]:
    return _LANGUAGES.get(language, ("latin",))


@lru_cache(maxsize=256)
def leftover_pattern(source: str, target: str) -> re.Pattern[str] | None:
    """Runs of letters that belong to the source language and not to the target's; None where none would tell."""
    theirs = set(_scripts(target)) | ({"latin"})
    own = [script for script in _OWN.get(source, _scripts(source)) if script not in theirs]
    if not source or not own:
        return None
    # Scripts that are mixed within one word make one run.
    letters = "[" + "".join(_SCRIPTS[script] for script in own) + "]"
    least = max(_LEAST.get(script, 3) for script in own)
    return re.compile(f"{letters}{{{least}}}{letters}*(?:[ ]{letters}+)*")


# ---- letters that were left
def _left(texts: Texts, pattern: re.Pattern[str]) -> list[Finding]:
    masked = _masked(texts.target, texts.target_codes)
    places = [match.span() for match in pattern.finditer(masked) if match[0] not in _OWN_NAMES]
    if not places:
        return []
    words = [masked[start:end] for start, end in places]
    about = "\x1f".join(words)[:500]
    shown = {"text": words[0][:60], "count": len(words)}
    return [Finding(findings.UNTRANSLATED, "left", WARNING, about, (), tuple(places), shown)]


def _masked(text: str, codes: Sequence[Code]) -> str:
    """The text with codes blotted out, but for the words that a link shows to the player."""
    if not codes:
        return text
    parts: list[str] = []
    at = 0
    for code in codes:
        parts.append(text[at : code.start])
        match = _CODED_WORDS.match(code.text)
        keep = code.text[match.end() :] if match else ""
        parts.append("\x00" * (code.end - code.start - len(keep)) + keep)
        at = code.end
    parts.append(text[at:])
    return "".join(parts)


# ---- the source once more
def _same(texts: Texts, source: str, target: str) -> list[Finding]:
    seen = visible(texts.source, texts.source_codes).strip()
    own = leftover_pattern(source, target)
    if own is not None and own.search(seen) is None:
        # Not a word of the source language: nothing in it is left to translate from.
        return []
    if not _is_prose(seen, _scripts(target)):
        return []
    place = (0, len(texts.target))
    words = {"text": seen[:60]}
    return [Finding(findings.UNTRANSLATED, "same", WARNING, texts.source[:500], (), (place,), words)]


def _is_prose(seen: str, scripts: tuple[str, ...]) -> bool:
    """Whether a text is words to be translated, and not a name, a code or a number."""
    if _LETTERS.search(seen) is None or seen in _OWN_NAMES or (" " not in seen and _NO_PROSE.match(seen)):
        return False
    foreign = [script for script in _SCRIPTS if script not in scripts and script != "latin"]
    if foreign and re.search("[" + "".join(_SCRIPTS[script] for script in foreign) + "]", seen):
        # Letters that the target's language does not have.
        return True
    words = _WORD.findall(seen)
    plain = [word for word in words if len(word) >= 3 and word.islower()]
    if any(re.search("[" + _SCRIPTS[script] + "]", seen) for script in scripts):
        # Two languages of one script share names and many words: only a sentence tells.
        return len(words) >= 4 and len(plain) >= 3
    if len(words) == 1:
        return len(words[0]) >= 4 and (words[0].islower() or words[0].istitle())
    return len(plain) >= 1 or (len(words) >= 3 and sum(len(word) >= 3 for word in words) >= 3)
