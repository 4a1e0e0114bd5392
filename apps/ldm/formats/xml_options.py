"""Rules that say which elements of an XML file are segments, and where their values stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .base import FormatError

FIELDS = ("source", "target", "key", "context", "comment", "max_length")
_OTHERS = ("element", "ignore_case", "language")
PATH = "path"
_MOST_RULES = 1_000


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a value stands, seen from the rule's element.

    `@Name` is an attribute, `text()` or `.` the own text, `a/b` the text of a child,
    `a/@Name` a child's attribute, `../@Name` an attribute of the enclosing element.
    """

    text: str
    up: int
    child: tuple[str, ...]
    attribute: str

    @classmethod
    def parse(cls, text: str, option: str) -> Ref:
        """Raises FormatError naming `option`."""
        parts = [part for part in text.strip().split("/") if part not in ("", ".", "text()")]
        up = 0
        while parts and parts[0] == "..":
            parts.pop(0)
            up += 1
        attribute = parts.pop()[1:] if parts and parts[-1].startswith("@") else ""
        bad = any("@" in p or "(" in p or p == ".." or p != p.strip() for p in parts)
        if not text.strip() or bad or (text.strip().endswith("@") and not attribute) or (up and not attribute):
            raise FormatError(
                "%(text)r is none of @Attribute, text(), Child, Child/@Attribute, ../@Attribute", option, text=text
            )
        if set(attribute) & set(" \t\r\n\"'<>&=/@"):
            raise FormatError("%(attribute)r cannot be an attribute's name", option, attribute=attribute)
        for part in parts:
            if set(part) & set(" \t\r\n\"'<>&=@"):
                raise FormatError("%(part)r cannot be an element's name", option, part=part)
        return cls(text.strip(), up, tuple(parts), attribute)

    @property
    def local(self) -> bool:
        """An attribute of the rule's own element."""
        return bool(self.attribute) and not self.child and not self.up


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of segment. The first ref present gives source, target, key and limit; all give the rest."""

    element: tuple[str, ...]
    """The path's last parts: ("String",) or ("Items", "Item"); "*" is any element."""
    target: tuple[Ref, ...]
    source: tuple[Ref, ...] = ()
    key: tuple[Ref, ...] = ()
    context: tuple[Ref, ...] = ()
    comment: tuple[Ref, ...] = ()
    max_length: tuple[Ref, ...] = ()
    by_path: bool = False
    """The key is the element's path: /Root/Item[3]."""
    ignore_case: bool = True
    language: str = ""

    @property
    def simple(self) -> bool:
        """Only attributes of a plainly named element: the fast scan serves it."""
        refs = (*self.target, *self.source, *self.key, *self.context, *self.comment, *self.max_length)
        return len(self.element) == 1 and self.element[0] != "*" and not self.by_path and all(r.local for r in refs)

    def fold(self, name: str) -> str:
        return name.lower() if self.ignore_case else name


def parse_rules(value: object) -> list[Rule]:
    """The `rules` option. Raises FormatError naming the rule and its field."""
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)) or not value:
        raise FormatError("must be a list of rules, each like {'element': 'String', 'target': '@Str'}", "option rules")
    if len(value) > _MOST_RULES:
        raise FormatError("more than %(most)s rules", "option rules", most=_MOST_RULES)
    return [_rule(item, f"option rules[{number}]") for number, item in enumerate(value)]


def _rule(item: object, option: str) -> Rule:
    if not isinstance(item, Mapping):
        raise FormatError("a rule must be a mapping", option)
    if unknown := sorted(str(name) for name in item if name not in (*FIELDS, *_OTHERS)):
        raise FormatError("unknown field %(name)r", option, name=unknown[0])
    element = item.get("element")
    if not isinstance(element, str) or not element.strip("/ "):
        raise FormatError("'element' must be an element's name or path", option)
    ignore_case, language = item.get("ignore_case", True), item.get("language", "")
    if not isinstance(ignore_case, bool):
        raise FormatError("'ignore_case' must be true or false", option)
    if not isinstance(language, str):
        raise FormatError("'language' must be text", option)
    by_path = item.get("key") == PATH
    refs: dict[str, tuple[Ref, ...]] = {}
    for name in FIELDS:
        refs[name] = () if name == "key" and by_path else _refs(item.get(name), f"{option}.{name}")
    if not refs["target"]:
        raise FormatError("'target' is missing", option)
    if any(ref.up for ref in refs["target"]):
        raise FormatError("the target must stand in the element or below it", f"{option}.target")
    path = tuple(part.strip() for part in element.strip("/ ").split("/"))
    return Rule(path, by_path=by_path, ignore_case=ignore_case, language=language, **refs)


def _refs(value: Any, option: str) -> tuple[Ref, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (Ref.parse(value, option),)
    if isinstance(value, Sequence) and not isinstance(value, bytes) and all(isinstance(v, str) for v in value):
        return tuple(Ref.parse(v, option) for v in value)
    raise FormatError("must be text, or a list of texts", option)
