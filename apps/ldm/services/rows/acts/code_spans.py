"""Where the codes of a file's texts are: what a replacement leaves as it is unless a person asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from apps.ldm.checks import codes
from apps.ldm.checks.codes import CodeRules
from apps.ldm.checks.custom import BadPattern, custom_pattern
from apps.ldm.checks.patterns import FAMILIES
from apps.ldm.models import Project


class Codes(NamedTuple):
    """`spans`: places of the codes, in order, in code points, end exclusive. `texts`: the codes themselves."""

    spans: tuple[tuple[int, int], ...]
    texts: tuple[str, ...]


Reader = Callable[[str], Codes]
_LINE_ENDS = ("\n", "\r\n", "\r")


def reader(rules: CodeRules) -> Reader:
    """A function that reads the codes of a text. Real line ends are text here, written ones (`<br/>`) are codes."""

    def read(text: str) -> Codes:
        found = [code for code in codes.read(text, rules) if code.text not in _LINE_ENDS]
        return Codes(tuple((code.start, code.end) for code in found), tuple(code.text for code in found))

    return read


def project_rules(project: Project) -> CodeRules:
    """The codes of a project, as its settings say; what nobody can understand there is left out."""
    given = (project.settings or {}).get("codes")
    if not isinstance(given, dict):
        return codes.EVERYTHING
    named = given.get("builtin")
    builtin = FAMILIES if named is None else tuple(name for name in FAMILIES if name in named)
    own = []
    for number, one in enumerate(given.get("custom") or []):
        try:
            own.append(custom_pattern(one, number))
        except BadPattern:
            continue
    return CodeRules(builtin, tuple(own))
