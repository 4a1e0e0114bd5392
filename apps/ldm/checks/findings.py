"""What the checks are given and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from .codes import EVERYTHING, Code, CodeRules, read

WARNING, ERROR = 1, 2
PLACEHOLDER, TAG, LINE_BREAK, LENGTH, UNTRANSLATED = "placeholder", "tag", "line_break", "length", "untranslated"
KINDS = (PLACEHOLDER, TAG, LINE_BREAK, LENGTH, UNTRANSLATED)
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class LengthLimit:
    """The most that a target may have. `characters` are those of the whole text, or of each line where `lines` is
    given too."""

    characters: int | None = None
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class CheckRules:
    """What holds for a whole file."""

    codes: CodeRules = EVERYTHING
    source_language: str = ""
    target_language: str = ""
    format: str = ""


@dataclass(slots=True)
class Texts:
    """One row as the checks see it; its codes are read once."""

    source: str
    target: str
    source_codes: Sequence[Code]
    target_codes: Sequence[Code]
    plural: str = ""
    max_length: int | None = None
    limits: Sequence[LengthLimit] = ()

    @classmethod
    def of(
        cls,
        source: str,
        target: str,
        rules: CodeRules = EVERYTHING,
        *,
        plural: str = "",
        max_length: int | None = None,
        limits: Sequence[LengthLimit] = (),
    ) -> Texts:
        """The row, with its codes read."""
        return cls(source, target, read(source, rules), read(target, rules), plural, max_length, limits)


@dataclass(slots=True)
class Finding:
    """One thing that is wrong, with its places. `words` are what its sentence is made with."""

    kind: str
    code: str
    severity: int
    about: str
    """What makes two findings of one row different ones: a dismissal holds while it stays the same."""
    source: Ranges = ()
    target: Ranges = ()
    words: dict[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits of kind, code and what it is about."""
        text = f"{self.kind}\x1f{self.code}\x1f{self.about}"
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def ranges(codes: Sequence[Code]) -> Ranges:
    """The places of codes."""
    return tuple((code.start, code.end) for code in codes)
