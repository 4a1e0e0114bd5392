"""New members in a JSON text: where they go, and their text with the neighbours' layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .json_syntax import MAX_DEPTH, NULL, JsonObject, Member, Scalar, Value
from .json_text import Habits, literal
from .missing_keys import Missing
from .text_edits import LINE_END, Edit

_INDENT = re.compile(r"(?:\r\r?\n|\r|\n)[ \t]*\Z")
_SAME_LINE_COMMENT = re.compile(r"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/(?=[ \t]*[\r\n]))")


@dataclass(frozen=True, slots=True)
class NewText:
    """A text to add: its pointer, the value, the row's place."""

    pointer: str
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


class Inserter:
    """Finds the places of new texts in one file, and makes their edits.

    `missing` are all the keys that may be added, in order: each goes behind the one before it.
    """

    def __init__(self, text: str, root: Value, missing: Sequence[Missing]) -> None:
        self._text = text
        self._root = root
        self._unit = _unit(text, root)
        self._members: dict[int, tuple[list[Member], dict[str, int]]] = {}
        self._sites: dict[str, tuple[JsonObject, int, str | None]] = {}
        for one in missing:
            self._sites[one.key] = self._site(one)

    def offset(self, pointer: str) -> int:
        """Where a text would be inserted, so that its row can stand there too."""
        node, _, anchor = self._sites[pointer]
        return self._at(node, anchor)

    def edits(self, new: Iterable[NewText], style: Habits) -> list[Edit]:
        """The edits that add texts; those with the same neighbour become one edit."""
        groups: dict[tuple[int, str | None], _Group] = {}
        started: dict[tuple[int, str], _Group] = {}
        for one in new:
            names = tokens(one.pointer)
            node, depth, anchor = self._sites[one.pointer]
            group = started.get((id(node), names[depth])) or groups.setdefault((id(node), anchor), _Group(node, anchor))
            started[id(node), names[depth]] = group
            group.place = group.place or one.place
            tree = group.tree
            for name in names[depth:-1]:
                branch = tree.setdefault(name, {})
                if isinstance(branch, dict):
                    tree = branch
            tree[names[-1]] = literal(one.value, "", style)
        return [self._edit(group, style) for group in groups.values()]

    def _site(self, one: Missing) -> tuple[JsonObject, int, str | None]:
        """The deepest object on the way that is there, its depth, and the member to insert behind."""
        names = tokens(one.key)
        node = self._root
        depth = 0
        while depth < len(names) - 1 and isinstance(node, JsonObject):
            member = node.members.get(names[depth])
            if member is None or not isinstance(member.value, JsonObject):
                break
            node = member.value
            depth += 1
        if not isinstance(node, JsonObject):
            raise TypeError("site_of lets only objects through")
        if one.after is None:
            return node, depth, None
        before = tokens(one.after)
        if before[:depth] == names[:depth] and len(before) > depth and before[depth] in node.members:
            return node, depth, before[depth]
        # The neighbour is missing too: what it goes behind serves this one as well.
        neighbour = self._sites.get(one.after)
        return node, depth, neighbour[2] if neighbour and neighbour[0] is node else None

    def _order(self, node: JsonObject) -> tuple[list[Member], dict[str, int]]:
        """An object's members in order, and their positions; made once an object."""
        if id(node) not in self._members:
            self._members[id(node)] = (list(node.members.values()), {name: i for i, name in enumerate(node.members)})
        return self._members[id(node)]

    def _at(self, node: JsonObject, anchor: str | None) -> int:
        members, positions = self._order(node)
        if not members:
            return node.start + 1
        if anchor is None:
            return members[0].key_start
        following = positions[anchor] + 1
        if following == len(members):
            return members[-1].value.end
        # Behind the comma, and behind a comment that belongs to the member before it.
        lead = members[following].lead
        behind = _SAME_LINE_COMMENT.match(self._text, lead)
        return behind.end() if behind else lead

    def _edit(self, group: _Group, style: Habits) -> Edit:
        members, positions = self._order(group.node)
        if not members:
            return self._into_empty(group, style)
        text = self._text
        pattern = members[1] if len(members) > 1 else members[0]
        gap = _clean_gap(text[pattern.lead : pattern.key_start])
        new = _Layout(_colon(text, pattern), self._unit, style).members(group.tree, gap)
        at = self._at(group.node, group.anchor)
        if group.anchor is None:
            return at, at, f"{new},{gap}", group.place
        is_last = positions[group.anchor] == len(members) - 1
        return at, at, f",{gap}{new}" if is_last else f"{gap}{new},", group.place

    def _into_empty(self, group: _Group, style: Habits) -> Edit:
        """Members of an object that has none."""
        node, text = group.node, self._text
        at = self._at(node, None)
        line_end = found[0] if (found := LINE_END.search(text)) else ""
        line_start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
        line = text[line_start:at]
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        gap = f"{line_end}{indent}{self._unit}" if line_end else ""
        new = _Layout(": ", self._unit, style).members(group.tree, gap)
        closes_itself = LINE_END.search(text, at, node.end) is not None
        return at, at, gap + new + ("" if closes_itself or not line_end else line_end + indent), group.place


@dataclass(frozen=True, slots=True)
class _Layout:
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
