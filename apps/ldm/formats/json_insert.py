"""New members in a JSON text: where they go, and their text with the neighbours' layout."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .json_syntax import MAX_DEPTH, NULL, JsonObject, Member, Scalar, Value
from .json_text import Habits, literal
from .text_edits import LINE_END, Edit

_INDENT = re.compile(r"(?:\r\r?\n|\r|\n)[ \t]*\Z")
_SAME_LINE_COMMENT = re.compile(r"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/(?=[ \t]*[\r\n]))")


@dataclass(frozen=True, slots=True)
class NewText:
    """A text to add: its pointer, the pointer of the text before it in the source, the value, the row's place."""

    pointer: str
    after: str | None
    value: str
    place: str


@dataclass(slots=True)
class _Group:
    """New members of one object behind one of its members (None: before the first)."""

    node: JsonObject
    anchor: str | None
    tree: dict[str, object] = field(default_factory=dict)
    place: str = ""


def tokens(pointer: str) -> list[str]:
    """The names of an RFC 6901 pointer."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def site_of(root: Value, pointer: str) -> Scalar | None | bool:
    """Where a pointer that holds no text can be written.

    A null (to replace), None when a member must be inserted, False when something else is in the way.
    """
    node: Value = root
    names = tokens(pointer)
    if not names or len(names) > MAX_DEPTH:
        return False
    for step, name in enumerate(names):
        if not isinstance(node, JsonObject):
            return False
        member = node.members.get(name)
        if member is None:
            return None
        node = member.value
        if step == len(names) - 1:
            return node if isinstance(node, Scalar) and node.kind == NULL else False
    return False


def in_objects(root: Value, pointer: str) -> bool:
    """Whether a pointer of the tree passes no list."""
    node: Value = root
    for name in tokens(pointer):
        if not isinstance(node, JsonObject) or name not in node.members:
            return False
        node = node.members[name].value
    return bool(pointer)


def sibling_edit(text: str, member: Member, name: str, value: str, style: Habits, place: str) -> Edit:
    """A member behind another one, with that one's separators; `value` is quoted already."""
    gap = _clean_gap(text[member.lead : member.key_start])
    colon = _colon(text, member)
    new = f",{gap}{literal(name, '', style)}{colon}{value}"
    return member.value.end, member.value.end, new, place


def insertions(text: str, root: Value, new: Iterable[NewText], style: Habits) -> list[Edit]:
    """The edits that add texts; those with the same neighbour become one edit."""
    groups: dict[tuple[int, str | None], _Group] = {}
    started: dict[tuple[int, str], _Group] = {}
    for one in new:
        names = tokens(one.pointer)
        node, depth = _container(root, names)
        after = tokens(one.after) if one.after is not None else []
        anchor = after[depth] if after[:depth] == names[:depth] and len(after) > depth else None
        if anchor is not None and anchor not in node.members:
            anchor = None
        group = started.get((id(node), names[depth])) or groups.setdefault((id(node), anchor), _Group(node, anchor))
        started[id(node), names[depth]] = group
        group.place = group.place or one.place
        tree = group.tree
        for name in names[depth:-1]:
            branch = tree.setdefault(name, {})
            if isinstance(branch, dict):
                tree = branch
        tree[names[-1]] = literal(one.value, "", style)
    return [_group_edit(text, root, group, style) for group in groups.values()]


def _container(root: Value, names: list[str]) -> tuple[JsonObject, int]:
    """The deepest object on the way that is there, and its depth."""
    node = root
    depth = 0
    while depth < len(names) - 1 and isinstance(node, JsonObject):
        member = node.members.get(names[depth])
        if member is None or not isinstance(member.value, JsonObject):
            break
        node = member.value
        depth += 1
    if not isinstance(node, JsonObject):
        raise TypeError("site_of lets only objects through")
    return node, depth


def _group_edit(text: str, root: Value, group: _Group, style: Habits) -> Edit:
    members = list(group.node.members.items())
    if not members:
        return _into_empty(text, root, group, style)
    pattern = members[1][1] if len(members) > 1 else members[0][1]
    gap, colon = _clean_gap(text[pattern.lead : pattern.key_start]), _colon(text, pattern)
    layout = _Layout(gap, colon, _unit(text, root), style)
    new = layout.members(group.tree, gap)
    if group.anchor is None:
        at = members[0][1].key_start
        return at, at, new + "," + gap, group.place
    names = [name for name, _ in members]
    position = names.index(group.anchor)
    if position + 1 < len(members):
        at = members[position + 1][1].lead
        behind = _SAME_LINE_COMMENT.match(text, at)
        at = behind.end() if behind else at
        return at, at, gap + new + ",", group.place
    at = members[position][1].value.end
    return at, at, "," + gap + new, group.place


def _into_empty(text: str, root: Value, group: _Group, style: Habits) -> Edit:
    """Members of an object that has none."""
    node = group.node
    at = node.start + 1
    unit = _unit(text, root)
    line_end = found[0] if (found := LINE_END.search(text)) else ""
    line_start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    indent = text[line_start:at][: len(text[line_start:at]) - len(text[line_start:at].lstrip(" \t"))]
    gap = f"{line_end}{indent}{unit}" if line_end else ""
    new = _Layout(gap, ": ", unit, style).members(group.tree, gap)
    closes_itself = LINE_END.search(text, at, node.end) is not None
    end = "" if closes_itself or not line_end else line_end + indent
    return at, at, gap + new + end, group.place


@dataclass(frozen=True, slots=True)
class _Layout:
    gap: str
    colon: str
    unit: str
    style: Habits

    def members(self, tree: dict[str, object], gap: str) -> str:
        separator = gap if LINE_END.search(gap) else gap or " "
        parts = [f"{literal(name, '', self.style)}{self.colon}{self._value(v, gap)}" for name, v in tree.items()]
        return ("," + separator).join(parts)

    def _value(self, value: object, gap: str) -> str:
        if not isinstance(value, dict):
            return str(value)
        if not LINE_END.search(gap):
            return "{" + self.members(value, gap) + "}"
        inner = gap + self.unit
        return "{" + inner + self.members(value, inner) + gap + "}"


def _clean_gap(gap: str) -> str:
    """A gap without comments and empty lines."""
    found = _INDENT.search(gap)
    if found:
        return found[0]
    return " " if "/" in gap else gap


def _colon(text: str, member: Member) -> str:
    between = text[member.key_end : member.value.start]
    return ": " if "/" in between or LINE_END.search(between) else between


def _unit(text: str, root: Value) -> str:
    """One step of the file's indentation; two spaces when it shows none."""
    if isinstance(root, JsonObject) and root.members:
        first = next(iter(root.members.values()))
        found = _INDENT.search(text[first.lead : first.key_start])
        if found and (step := found[0].lstrip("\r\n")):
            return step
    return "  "
