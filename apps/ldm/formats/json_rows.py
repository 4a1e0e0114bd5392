"""The segments of a JSON tree: every string, or the objects that hold a source and a target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .base import FormatError, FormatWarning, Segment
from .json_syntax import (
    NULL,
    NUMBER,
    STRING,
    JsonObject,
    Member,
    Parser,
    Scalar,
    Value,
    comment_text,
    decoded,
    escaped_token,
)
from .sentences import Sentence
from .text_edits import SURROGATE

ROLES = ("key", "source", "target", "context", "comment", "max_length", "speaker")


@dataclass(slots=True)
class Row:
    """A segment and where its value is: a string or a null, or the member to insert `name` behind."""

    segment: Segment
    value: Scalar | None
    behind: Member | None = None
    name: str = ""


class Texts:
    """Decodes the strings of one parsed file."""

    def __init__(self, parser: Parser) -> None:
        self.parser = parser
        self.text = parser.text
        self.warnings = parser.warnings
        self._has_tab = "\t" in parser.text
        self._has_comment = "//" in parser.text or "/*" in parser.text

    def read(self, value: Scalar) -> tuple[str, bool]:
        """The text, and whether it can only be shown raw (half a surrogate pair)."""
        raw = self.text[value.start + 1 : value.end - 1]
        if self._has_tab and "\t" in raw:
            self.warn(value.start, Sentence("a raw tab in a text, which JSON forbids"))
        if "\\" not in raw:
            return raw, False
        text = decoded(raw, lambda at: self.parser.bad_escape(value.start + 1 + at))
        if SURROGATE.search(text):
            self.warn(value.start, Sentence("half a surrogate pair: shown raw and locked"))
            return raw, True
        return text, False

    def comment(self, member: Member) -> str:
        if not self._has_comment:
            return ""
        start = member.lead
        return comment_text(self.text[start : member.key_start], self.text[start - 1 : start] == "{")

    def location(self, at: int) -> str:
        return f"line {self.parser.lines.number(at)}"

    def warn(self, at: int, text: str) -> None:
        self.warnings.append(FormatWarning(self.parser.lines.place(at), text))


def monolingual(root: Value, texts: Texts, arb: bool) -> list[Row]:
    """One row a string; the key is its pointer. In ARB the names with @ are about others."""
    rows: list[Row] = []

    def walk(value: Value, pointer: str, comment: str, context: str = "") -> None:
        if isinstance(value, Scalar):
            if value.kind == STRING:
                text, locked = texts.read(value)
                place = texts.location(value.start)
                segment = Segment(pointer, text, text, context, comment, location=place, locked=locked)
                rows.append(Row(segment, value))
        elif isinstance(value, JsonObject):
            for name, member in value.members.items():
                walk(member.value, pointer + escaped_token(name), texts.comment(member))
        else:
            for index, item in enumerate(value.items):
                walk(item, f"{pointer}/{index}", "")

    if arb and isinstance(root, JsonObject):
        for name, member in root.members.items():
            if not name.startswith("@"):
                about = root.members.get("@" + name)
                comment, context = _about(about.value, texts) if about else ("", "")
                walk(member.value, escaped_token(name), comment or texts.comment(member), context)
    else:
        walk(root, "", "")
    return rows


def is_arb(filename: str, root: Value) -> bool:
    return filename.lower().endswith(".arb") or (isinstance(root, JsonObject) and "@@locale" in root.members)


def bilingual(root: Value, texts: Texts, fields: dict[str, Any]) -> list[Row]:
    """One row a target field of every object, at any depth, whose source field is a string."""
    rows: list[Row] = []
    seen: dict[tuple[str, str], int] = {}
    targets = fields["target"] if isinstance(fields["target"], list) else [fields["target"]]
    for pointer, node in _objects(root, ""):
        source_member = node.members.get(fields["source"])
        value = source_member.value if source_member else None
        if source_member is None or not isinstance(value, Scalar) or value.kind != STRING:
            continue
        source, _ = texts.read(value)
        key = _plain(node, fields.get("key", ""), texts) or pointer
        base = _base_segment(node, fields, texts, key, source)
        for name in targets:
            variant = name if len(targets) > 1 else ""
            base_key = _unique(seen, key, variant, texts, node.start)
            rows.append(_target_row(base, base_key, variant, node, name, source_member, texts))
    return rows


def field_names(option: object) -> dict[str, Any]:
    """Option `fields`: {role: name of the field}; target may be a list. Raises FormatError."""
    if not isinstance(option, dict) or not option:
        raise FormatError("option 'fields' must be {'source': name, 'target': name, ...}")
    result: dict[str, Any] = {}
    for role, name in option.items():
        if role not in ROLES:
            raise FormatError(
                "option 'fields': unknown role %(role)r; known: %(choices)s", role=role, choices=", ".join(ROLES)
            )
        many = role == "target" and isinstance(name, list | tuple) and len(name) > 0
        names = list(name) if many else [name]
        if not all(isinstance(one, str) for one in names) or len(set(names)) < len(names):
            raise FormatError("option 'fields': %(role)s must be the name of a field", role=role)
        result[role] = names if many else name
    missing = [role for role in ("source", "target") if role not in result]
    if missing:
        raise FormatError("option 'fields' lacks %(names)s", names=" and ".join(missing))
    targets = result["target"] if isinstance(result["target"], list) else [result["target"]]
    others = [name for role, name in result.items() if role != "target"]
    if set(targets) & set(others):
        raise FormatError("option 'fields': the target is a field of its own")
    return result


def _objects(value: Value, pointer: str) -> Iterator[tuple[str, JsonObject]]:
    if isinstance(value, JsonObject):
        yield pointer, value
        for name, member in value.members.items():
            if not isinstance(member.value, Scalar):
                yield from _objects(member.value, pointer + escaped_token(name))
    elif not isinstance(value, Scalar):
        for index, item in enumerate(value.items):
            if not isinstance(item, Scalar):
                yield from _objects(item, f"{pointer}/{index}")


def _plain(node: JsonObject, name: str, texts: Texts) -> str:
    """A field as text; numbers as the file writes them, so that long ids stay whole."""
    member = node.members.get(name) if name else None
    if member is None or not isinstance(member.value, Scalar):
        return ""
    if member.value.kind == STRING:
        return texts.read(member.value)[0]
    return texts.text[member.value.start : member.value.end] if member.value.kind == NUMBER else ""


def _base_segment(node: JsonObject, fields: dict[str, Any], texts: Texts, key: str, source: str) -> Segment:
    context = [_plain(node, fields.get(role, ""), texts) for role in ("context", "speaker")]
    length = _plain(node, fields.get("max_length", ""), texts)
    return Segment(
        key=key,
        source=source,
        target="",
        context="\n".join(part for part in context if part),
        comment=_plain(node, fields.get("comment", ""), texts),
        max_length=int(length) if length.isascii() and length.isdecimal() and len(length) < 10 else None,
        location=texts.location(node.start),
    )


def _target_row(
    base: Segment, key: str, variant: str, node: JsonObject, name: str, source: Member, texts: Texts
) -> Row:
    member = node.members.get(name)
    value = member.value if member else None
    target, locked = "", False
    if isinstance(value, Scalar) and value.kind == STRING:
        target, locked = texts.read(value)
    elif value is not None and not (isinstance(value, Scalar) and value.kind == NULL):
        target, locked = (texts.text[value.start : value.end] if isinstance(value, Scalar) else ""), True
        texts.warn(value.start, Sentence("the field %(name)r holds no text: locked", name=name))
    segment = Segment(
        key, base.source, target, base.context, base.comment, base.max_length,
        variant=variant, location=base.location, locked=locked,
    )  # fmt: skip
    if isinstance(value, Scalar) and not locked:
        return Row(segment, value)
    return Row(segment, None, source, name)


def _unique(seen: dict[tuple[str, str], int], key: str, variant: str, texts: Texts, at: int) -> str:
    count = seen[key, variant] = seen.get((key, variant), 0) + 1
    if count == 1:
        return key
    texts.warn(at, Sentence("the key %(key)r is there %(count)s times", key=key, count=count))
    while (f"{key}#{count}", variant) in seen:
        count += 1
    seen[f"{key}#{count}", variant] = 1
    return f"{key}#{count}"


def _about(value: Value, texts: Texts) -> tuple[str, str]:
    """Description and context of an ARB entry."""
    if not isinstance(value, JsonObject):
        return "", ""
    return _plain(value, "description", texts), _plain(value, "context", texts)
