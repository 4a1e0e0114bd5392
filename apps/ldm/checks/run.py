"""All five checks of one row."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from . import findings, length, line_breaks, placeholders, tags, untranslated
from .codes import read
from .findings import CheckRules, Finding, LengthLimit, Texts


def check_row(
    source: str,
    target: str,
    rules: CheckRules,
    *,
    plural: str = "",
    max_length: int | None = None,
    limits: Sequence[LengthLimit] = (),
    kinds: Collection[str] = findings.KINDS,
) -> list[Finding]:
    """What is wrong with a target, most urgent first; nothing for a row that lacks one of its texts. Never raises."""
    if not target.strip() or not source.strip():
        return []
    codes, theirs = read(source, rules.codes), read(target, rules.codes)
    texts = Texts(source, target, codes, theirs, plural, max_length, limits)
    found: list[Finding] = []
    # The same codes in the same order cannot be wrong; most rows have none at all.
    if (codes or theirs) and [code.text for code in codes] != [code.text for code in theirs]:
        found += placeholders.check(texts)
        found += tags.check(texts)
        found += line_breaks.check(texts, rules)
    elif codes:
        found += line_breaks.check(texts, rules)
        found += tags.check(texts)
    if "braces" in rules.codes.builtin:
        found += placeholders.braces(texts)
    if max_length is not None or limits:
        found += length.check(texts)
    found += untranslated.check(texts, rules)
    found.sort(key=lambda finding: (-finding.severity, findings.KINDS.index(finding.kind)))
    return found if len(kinds) == len(findings.KINDS) else [one for one in found if one.kind in kinds]
