"""The check of length: visible characters and lines of a target against the limits of its row."""

from __future__ import annotations

from collections.abc import Sequence

from . import findings, patterns
from .codes import Code
from .findings import ERROR, Finding, LengthLimit, Texts

_ONE = (patterns.ESCAPE, patterns.CHARACTER)


def check(texts: Texts) -> list[Finding]:
    """Too many characters of the text or of a line, too many lines. The row's own limit counts, then the rules'."""
    limits: list[LengthLimit] = [] if texts.max_length is None else [LengthLimit(texts.max_length)]
    limits += texts.limits
    if not limits or not texts.target or _is_short(texts.target, limits):
        return []
    lines = _lines(texts.target, texts.target_codes)
    found: dict[str, Finding] = {}
    for n, limit in enumerate(limits):
        if n and texts.max_length is not None and limit.lines is None:
            # The limit that came with the row is stronger than any rule.
            continue
        for finding in _against(lines, limit):
            found.setdefault(finding.code, finding)
    return list(found.values())


def _is_short(target: str, limits: Sequence[LengthLimit]) -> bool:
    """Whether no limit can be passed: codes only make a text shorter, and a line end takes a character at least."""
    return all(
        (limit.characters is None or len(target) <= limit.characters)
        and (limit.lines is None or len(target) < limit.lines)
        for limit in limits
    )


def _lines(text: str, codes: Sequence[Code]) -> list[list[tuple[int, int]]]:
    """The lines of a text, each as the ranges that are visible in it; an escape is a range that counts as one."""
    lines: list[list[tuple[int, int]]] = [[]]
    at = 0
    for code in codes:
        if code.start > at:
            lines[-1].append((at, code.start))
        at = code.end
        if code.kind == patterns.BREAK:
            lines.append([])
        elif code.kind in _ONE:
            lines[-1].append((code.end - 1, code.end))
    if at < len(text):
        lines[-1].append((at, len(text)))
    return lines


def _against(lines: list[list[tuple[int, int]]], limit: LengthLimit) -> list[Finding]:
    found = []
    most = limit.characters
    if limit.lines is not None and len(lines) > limit.lines:
        places = tuple(place for line in lines[limit.lines :] for place in line)
        found.append(_finding("too_many_lines", len(lines), limit.lines, places))
    if most is None:
        return found
    if limit.lines is None:
        over, length = _over([place for line in lines for place in line], most)
        if over:
            found.append(_finding("too_long", length, most, over))
        return found
    measured = [_over(line, most) for line in lines]
    if wrong := tuple(place for over, _ in measured for place in over):
        found.append(_finding("line_too_long", max(length for _, length in measured), most, wrong))
    return found


def _over(parts: Sequence[tuple[int, int]], most: int) -> tuple[tuple[tuple[int, int], ...], int]:
    """(what lies past the limit, the whole length)."""
    over: list[tuple[int, int]] = []
    length = 0
    for start, end in parts:
        before, length = length, length + end - start
        if length > most:
            over.append((max(start, start + most - before), end))
    return tuple(over), length


def _finding(code: str, length: int, most: int, places: tuple[tuple[int, int], ...]) -> Finding:
    words = {"length": length, "most": most}
    return Finding(findings.LENGTH, code, ERROR, f"{most}:{length}", (), places, words)
