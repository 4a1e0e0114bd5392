"""Counts of words and characters as translators are paid for them: codes never count."""

from __future__ import annotations

import re

# Ideographs, kana and Bopomofo: each is a word of its own.
_IDEOGRAPH = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U0001b000-\U0001b16f\U00020000-\U0003fffd"
)
# East Asian punctuation ends a word as a space does.
_WIDE_MARK = "\u3000-\u3004\u3008-\u3020\u3030\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\W_{_IDEOGRAPH}][^\s{_IDEOGRAPH}{_WIDE_MARK}]*+")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]\S*+")
# Scripts written without spaces; GMX-V takes six Thai characters for a word, its neighbours are alike.
_UNSPACED = {"th": "\u0e00-\u0e7f", "lo": "\u0e80-\u0eff", "my": "\u1000-\u109f", "km": "\u1780-\u17ff"}
_UNSPACED_RUN = {code: re.compile(f"[{block}]+") for code, block in _UNSPACED.items()}
_CHARACTERS_A_WORD = 6

_MAY_HOLD_CODE = re.compile(r"[<{%\\⟦]")
_BREAK = re.compile(r"<(?:br|p|/p|div|/div|li|/li)\b[^<>]*>|\\[nrt]", re.IGNORECASE)
_CODE = re.compile(
    r"</?[^\s<>\d/][^<>]*>|</?\d+\s*/?>"
    r"|\{\{[^{}]*\}\}|[$#%]?\{[^{}]*\}"
    r"|⟦/?\d+/?⟧"
    r"|%(?:\d+\$)?[-+#0,]*(?:\d+|\*)?(?:\.\d+)?(?:hh|h|ll|l|z|j|t|L)?[@diouxXeEfFgGcsSpn](?![A-Za-z])"
    r"|%\([^()\s]+\)[-+#0 ,]*\d*(?:\.\d+)?[A-Za-z]|%%|%\d{1,2}(?![\d%])"
)
_ICU_HEAD = re.compile(r"\{\s*[\w.]+\s*,\s*(?:plural|select|selectordinal)\s*,")
_ICU_SELECTOR = re.compile(r"(?:^|(?<=[\s}]))(?:=\d+|offset:\d+|\w+)\s*\{")
_ICU_ARGUMENT = re.compile(r"\{\s*[\w.]+\s*(?:,[^{}]*)?\}")


def count_words(text: str, language: str = "") -> int:
    """The number of words of a text, without its codes (`{0}`, `<tag>`, `%s`, `%1$d`, `\\n`).

    Ideographs and kana count one each, everything else by runs between spaces that hold a letter
    or a digit (so Hangul counts by eojeol). `language` matters for Thai, Lao, Burmese and Khmer
    (`th`, `lo`, `my`, `km`), which use no spaces: there six characters are a word.
    """
    if _MAY_HOLD_CODE.search(text):
        text = _without_codes(text)
    if text.isascii():
        return len(_ASCII_WORD.findall(text))
    run = _UNSPACED_RUN.get(language[:2]) if language else None
    if run is None:
        return len(_WORD.findall(text))
    unspaced = sum(max(1, round(len(found) / _CHARACTERS_A_WORD)) for found in run.findall(text))
    return unspaced + len(_WORD.findall(run.sub(" ", text)))


def count_characters(text: str, *, spaces: bool = True) -> int:
    """The number of characters (code points) without codes; `spaces=False` leaves white space out.

    Line ends never count.
    """
    if _MAY_HOLD_CODE.search(text):
        text = _without_codes(text, gap="")
    if not spaces:
        return len("".join(text.split()))
    return len(text) - text.count("\n") - text.count("\r")


def _without_codes(text: str, gap: str = " ") -> str:
    """The text with its codes taken out; those that break a line become `gap`."""
    text = _BREAK.sub(gap, text)
    if _ICU_HEAD.search(text):
        text = _icu_words(text, gap)
    return _CODE.sub("", text)


def _icu_words(text: str, gap: str) -> str:
    """The branches of an ICU message as plain text."""
    text = _ICU_SELECTOR.sub(gap + "\0", _ICU_HEAD.sub(gap, text))
    return re.sub("[\0{}]", gap, _ICU_ARGUMENT.sub("", text))
