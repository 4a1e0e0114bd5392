"""The syntax tree of a query. Written as text it reads back as the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as kept
from enum import Enum


class Op(Enum):
    """How a field is compared."""

    HAS = ":"
    """Contains the text, or is the choice, the number, the date or the person."""
    IS = ":="
    """Is the whole text, case apart."""
    REGEX = "/"
    GREATER = ":>"
    AT_LEAST = ":>="
    LESS = ":<"
    AT_MOST = ":<="
    BETWEEN = ".."


_PLAIN = re.compile(r"""[^\s"()/=<>-][^\s"()]*\Z""")


def quoted(text: str) -> str:
    """A text as a string of the language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _written(value: str) -> str:
    return value if _PLAIN.match(value) and ".." not in value else quoted(value)


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison. `value` is what was meant, without quotes; `until` the end of a range."""

    field: str
    op: Op
    value: str
    until: str = ""
    ignore_case: bool = False
    """Of a regex; every other comparison ignores case anyway."""
    at: int = kept(default=0, compare=False)
    """Where it stands in the query, in code points."""
    length: int = kept(default=0, compare=False)

    def __str__(self) -> str:
        if self.op is Op.REGEX:
            pattern = re.sub(r"\\.|/", lambda found: r"\/" if found[0] == "/" else found[0], self.value, flags=re.S)
            return f"{self.field}:/{pattern}/{'i' if self.ignore_case else ''}"
        if self.op is Op.BETWEEN:
            return f"{self.field}:{self.value}..{self.until}"
        return f"{self.field}{self.op.value}{_written(self.value)}"


@dataclass(frozen=True, slots=True)
class Not:
    """What a part does not find."""

    part: Node

    def __str__(self) -> str:
        return f"NOT {_inner(self.part)}"


@dataclass(frozen=True, slots=True)
class All:
    """What every part finds; every row where there is none."""

    parts: tuple[Node, ...] = ()

    def __str__(self) -> str:
        return " AND ".join(_inner(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Any:
    """What one of two or more parts finds."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(f"({part})" if isinstance(part, Any) else str(part) for part in self.parts)


Node = Term | Not | All | Any


def _inner(part: Node) -> str:
    return f"({part})" if isinstance(part, All | Any) else str(part)


def all_of(parts: Iterable[Node]) -> Node:
    """The conjunction; parts that are conjunctions themselves are taken apart."""
    flat = tuple(_flat(parts, All))
    return flat[0] if len(flat) == 1 else All(flat)


def any_of(parts: Iterable[Node]) -> Node:
    """The disjunction of at least one part."""
    flat = tuple(_flat(parts, Any))
    return flat[0] if len(flat) == 1 else Any(flat)


def _flat(parts: Iterable[Node], kind: type[All] | type[Any]) -> Iterator[Node]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part


def terms(node: Node) -> Iterator[Term]:
    """Every comparison of a tree, in order."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Not):
        yield from terms(node.part)
    else:
        for part in node.parts:
            yield from terms(part)
