"""The check of line breaks: as many as the source has, and spelled in the way of the source and the format."""

from __future__ import annotations

from collections.abc import Sequence

from . import findings, patterns
from .codes import Code
from .findings import ERROR, WARNING, CheckRules, Finding, Texts, ranges

_WAYS = {"txt": frozenset(("\n",))}
"""How the rows of a format hold a line end, where there is one way only: a tab-separated file writes a line feed as
two characters by itself, and cannot hold what is typed as two characters."""


def check(texts: Texts, rules: CheckRules) -> list[Finding]:
    """A different number of line ends, and line ends that the game would show as they are."""
    source, target = _breaks(texts.source_codes), _breaks(texts.target_codes)
    if not source and not target:
        return []
    found = _kinds(source, target, rules)
    if len(source) != len(target):
        words = {"expected": len(source), "found": len(target)}
        about = f"{len(source)}:{len(target)}"
        places = ranges(source), ranges(target)
        found.append(Finding(findings.LINE_BREAK, "count", WARNING, about, *places, words))
    return found


def _breaks(codes: Sequence[Code]) -> list[Code]:
    return [code for code in codes if code.kind == patterns.BREAK]


def _way(code: Code) -> str:
    """How a line end is written, spelling of the tag aside."""
    if code.name == "break_tag":
        return "&lt;br/&gt;" if code.text[0] == "&" else "<br/>"
    return code.text if code.name == "escaped_break" or code.text == "\r" else "\n"


def _kinds(source: list[Code], target: list[Code], rules: CheckRules) -> list[Finding]:
    ways = _WAYS.get(rules.format)
    usual = ways or frozenset(_way(code) for code in source)
    if not usual:
        return []
    wrong = [code for code in target if _way(code) not in usual]
    if rules.format in _WAYS:
        wrong += [code for code in target if code.text == "\r\n"]
    if not wrong:
        return []
    words = {"text": _shown(_way(wrong[0])), "other": _shown(min(usual))}
    about = f"{words['text']}:{words['other']}:{len(wrong)}"
    return [Finding(findings.LINE_BREAK, "kind", ERROR, about, (), ranges(wrong), words)]


def _shown(way: str) -> str:
    return {"\n": "⏎", "\r": "⏎"}.get(way, way)
