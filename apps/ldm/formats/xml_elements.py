"""The general scan: rules whose values are element text, children, ancestors' attributes or paths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .base import NO_CODES, Segment
from .xml_attributes import AttributeEditor, Keys, Settings, find_name, limit_of, same_element
from .xml_inline import Code, Content, has_tokens, parse_content, plain_text, render, to_markup
from .xml_options import Ref, Rule
from .xml_scan import ATTRIBUTE, TOKEN, Edit, Places, XmlSource
from .xml_text import Style, has_undefined_entity, unescape

_NAME = re.compile(r"<([^\s/>]+)")


@dataclass(slots=True, eq=False)
class Node:
    """An element: its tag is [start, inner), its content [inner, stop), all of it ends at `end`."""

    name: str
    start: int
    inner: int
    empty: bool
    stop: int = 0
    end: int = 0
    children: list[Node] = field(default_factory=list)
    step: str = ""
    """Its part of the path: "Item[3]"; only kept when a rule asks for paths."""
    counts: dict[str, int] | None = None


@dataclass(slots=True)
class Slot:
    """Where one segment's target stands, or would stand."""

    rule: Rule
    node: Node
    """The element that holds the target, or the deepest one that exists."""
    attribute: str = ""
    missing: tuple[str, ...] = ()
    """Elements to be made below `node`."""
    sibling: Node | None = None
    """The child that a new one follows and looks like."""
    content: tuple[int, int] = (0, 0)
    cdata: bool = False
    codes: dict[int, Code] = field(default_factory=dict)
    other: tuple[int, int] = (0, 0)
    """The raw source, whose way of escaping an empty target follows."""
    locked: bool = False


@dataclass(slots=True)
class Tree:
    """Segments and their slots."""

    segments: list[Segment] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


def scan(source: XmlSource, rules: Sequence[Rule], settings: Settings) -> Tree:
    """Every segment in the order of the elements' start tags; elements without any text are none."""
    return _Scanner(source, rules, settings).run()


class _Scanner:
    def __init__(self, source: XmlSource, rules: Sequence[Rule], settings: Settings) -> None:
        self.source, self.rules, self.settings = source, rules, settings
        self.buffer = source.buffer
        self.paths = any(rule.by_path for rule in rules)
        self.candidates: dict[str, list[int]] = {}
        self.found: list[tuple[int, int, str, Segment | None, Slot]] = []
        """Element's offset, rule's number, key, segment (None: without text) and slot."""

    def run(self) -> Tree:
        self._walk()
        self.found.sort(key=lambda item: item[:2])
        keys, places, tree = Keys(self.source.warnings), Places(self.source), Tree()
        lookup = self.settings.lookup
        taken: set[tuple[int, str, tuple[str, ...]]] = set()
        for start, number, key, segment, slot in self.found:
            where = (slot.node.start, slot.attribute.lower(), slot.missing)
            if where in taken:  # an earlier rule has this value already
                continue
            taken.add(where)
            # Elements without text use up their key too: filling or emptying one renames no other.
            place = places.at(start)
            key = keys.unique(key, self.rules[number].language, place)
            if segment is None:
                continue
            segment.key, segment.location = key, place
            if lookup is not None and not segment.source and (origin := lookup.get(segment.key)):
                self._take_source(segment, slot, origin)
            elif not self.rules[number].source and not segment.source:
                segment.source = segment.target
            slot.node.children = []
            tree.segments.append(segment)
            tree.slots.append(slot)
        keys.finish()
        return tree

    def _walk(self) -> None:
        stack: list[Node] = []
        inside = 0  # how many of the stack's elements are a rule's
        names: dict[bytes, str] = {}
        for match in TOKEN.finditer(self.buffer, self.source.root):
            raw = match[2]
            if raw is None:
                continue
            if match.end(1) > match.start(1):
                node = stack.pop()
                node.stop, node.end = match.start(), match.end()
            else:
                name = names.get(raw) or names.setdefault(raw, raw.decode())
                empty = self.buffer[match.end() - 2] == 0x2F
                node = Node(name, match.start(), match.end(), empty)
                if self.paths:
                    self._number(node, stack)
                matched = self._matching(node, stack)
                if inside:
                    stack[-1].children.append(node)
                if not empty:
                    inside += bool(matched)
                    stack.append(node)
                    continue
                node.stop = node.end = match.end()
            numbers = self._matching(node, stack)
            inside -= bool(numbers and not node.empty)
            for number in numbers:
                self._segment(node, stack, number)

    @staticmethod
    def _number(node: Node, stack: list[Node]) -> None:
        counts: dict[str, int] = {}
        if stack:
            counts = stack[-1].counts = stack[-1].counts or {}
        counts[node.name] = counts.get(node.name, 0) + 1
        node.step = f"{node.name}[{counts[node.name]}]" if stack else node.name

    def _matching(self, node: Node, stack: list[Node]) -> list[int]:
        """The rules for this element; `stack` holds its ancestors."""
        numbers = self.candidates.get(node.name)
        if numbers is None:
            numbers = self.candidates[node.name] = [
                n for n, r in enumerate(self.rules) if r.element[-1] == "*" or same_element(node.name, r.element[-1], r)
            ]
        return [n for n in numbers if len(self.rules[n].element) == 1 or self._below(stack, self.rules[n])]

    @staticmethod
    def _below(stack: list[Node], rule: Rule) -> bool:
        parents = rule.element[:-1]
        if len(stack) < len(parents):
            return False
        tail = stack[len(stack) - len(parents) :]
        return all(p == "*" or same_element(node.name, p, rule) for node, p in zip(tail, parents, strict=True))

    def _segment(self, node: Node, stack: list[Node], number: int) -> None:
        rule = self.rules[number]
        slot = self._slot(node, rule)
        source, content, slot.other = self._source(node, stack, rule)
        codes: dict[int, Code] = {}
        if content is not None:
            source, codes = render(content) if not slot.attribute else (content.plain, {})
        target = self._target(slot, codes)
        key = self._path(node, stack) if rule.by_path else self._first(node, stack, rule.key, rule)
        keep = self.settings.keep_empty and key and not rule.source and not slot.locked
        if not source.strip() and not target.strip() and not keep:
            self.found.append((node.start, number, key, None, slot))
            return
        limit = limit_of(self._first(node, stack, rule.max_length, rule))
        shown = {n: code.opening for n, code in sorted({**codes, **slot.codes}.items())} or NO_CODES
        segment = Segment(
            "", source, target, self._joined(node, stack, rule.context, " | ", rule),
            self._joined(node, stack, rule.comment, "\n", rule), limit, "", rule.language, "", slot.locked, shown,
        )  # fmt: skip
        slot.codes = {**codes, **slot.codes}
        self.found.append((node.start, number, key, segment, slot))

    def _slot(self, node: Node, rule: Rule) -> Slot:
        """The first target present, else where the first one would be put."""
        for ref in rule.target:
            holder, missing = self._descend(node, ref, rule)
            if not missing and (not ref.attribute or self._attribute(holder, ref.attribute, rule) is not None):
                return Slot(rule, holder, ref.attribute, content=(holder.inner, holder.stop))
        ref = rule.target[0]
        holder, missing = self._descend(node, ref, rule)
        if missing and ref.attribute:
            return Slot(rule, holder, ref.attribute, missing, locked=True)
        return Slot(rule, holder, ref.attribute, missing, self._sibling(node, holder, rule))

    def _descend(self, node: Node, ref: Ref, rule: Rule) -> tuple[Node, tuple[str, ...]]:
        for depth, part in enumerate(ref.child):
            child = next((c for c in node.children if same_element(c.name, part, rule)), None)
            if child is None:
                return node, ref.child[depth:]
            node = child
        return node, ()

    def _sibling(self, node: Node, holder: Node, rule: Rule) -> Node | None:
        """The source's element where it is a child of the holder, else the holder's last child."""
        for ref in rule.source:
            if ref.child and not ref.up:
                origin, missing = self._descend(node, Ref(ref.text, 0, ref.child, ""), rule)
                if not missing and origin in holder.children:
                    return origin
        return holder.children[-1] if holder.children else None

    def _source(self, node: Node, stack: list[Node], rule: Rule) -> tuple[str, Content | None, tuple[int, int]]:
        for ref in rule.source:
            if ref.attribute:
                text = self._text(node, stack, ref, rule)
                if text is not None:
                    return text, None, (0, 0)
                continue
            holder, missing = self._descend(node, ref, rule)
            if missing:
                continue
            content = parse_content(self.buffer[holder.inner : holder.stop])
            if not content.container:
                return "", content, (holder.inner, holder.stop)
        return "", None, (0, 0)

    def _target(self, slot: Slot, codes: dict[int, Code]) -> str:
        """The target's text; fills the slot with what writing needs."""
        if slot.missing:
            return ""
        node = slot.node
        if slot.attribute:
            raw = self._attribute(node, slot.attribute, slot.rule)
            slot.locked = slot.locked or (self.source.external and has_undefined_entity(raw or ""))
            return unescape(raw or "")
        content = parse_content(self.buffer[node.inner : node.stop])
        if content.container and not codes:
            slot.locked = True
            return ""
        slot.content = (node.inner + content.start, node.inner + content.end)
        slot.cdata = content.cdata
        slot.locked = self.source.external and content.undefined
        text, own = render(content, codes)
        slot.codes = own
        return text

    def _attribute(self, node: Node, name: str, rule: Rule) -> str | None:
        """The raw value, without its quotes."""
        pairs = ATTRIBUTE.findall(self.buffer, node.start + 1 + len(node.name.encode()), node.inner)
        number = find_name([n.decode() for n, _ in pairs], name, rule.ignore_case)
        return pairs[number][1][1:-1].decode() if number >= 0 else None

    def _text(self, node: Node, stack: list[Node], ref: Ref, rule: Rule) -> str | None:
        """What a ref says, or None where it points at nothing."""
        if ref.up:
            if ref.up > len(stack):
                return None
            node = stack[-ref.up]
        else:
            node, missing = self._descend(node, ref, rule)
            if missing:
                return None
        if ref.attribute:
            raw = self._attribute(node, ref.attribute, rule)
            return None if raw is None else unescape(raw)
        return parse_content(self.buffer[node.inner : node.stop]).plain

    def _first(self, node: Node, stack: list[Node], refs: Sequence[Ref], rule: Rule) -> str:
        values = (self._text(node, stack, ref, rule) for ref in refs)
        return next((value for value in values if value is not None), "")

    def _joined(self, node: Node, stack: list[Node], refs: Sequence[Ref], separator: str, rule: Rule) -> str:
        values = [self._text(node, stack, ref, rule) for ref in refs]
        return separator.join(dict.fromkeys(value for value in values if value))

    @staticmethod
    def _path(node: Node, stack: list[Node]) -> str:
        return "/" + "/".join(n.step for n in (*stack, node))

    def _take_source(self, segment: Segment, slot: Slot, origin: Segment) -> None:
        """The source-language file's text, with its codes numbered first."""
        segment.source = origin.source
        if not origin.codes or slot.attribute:
            return
        known: dict[int, Code] = {}
        for number, opening in origin.codes.items():
            name = _NAME.match(opening)
            pair = f"⟦/{number}⟧" in origin.source and name
            known[number] = Code(opening, f"</{name[1]}>" if pair and name else "")
        if not slot.missing:
            segment.target = self._target(slot, known)
        slot.codes = {**known, **slot.codes}
        segment.codes = {n: code.opening for n, code in sorted(slot.codes.items())}


def edits(
    source: XmlSource, style: Style, editor: AttributeEditor, slot: Slot, text: str, place: str
) -> list[Edit]:
    """What to change for a new target. Raises FormatError for broken tokens."""
    buffer, node = source.buffer, slot.node
    other = _text_of(buffer[slot.other[0] : slot.other[1]])
    if slot.attribute:
        return [editor.edit(node.start, slot.rule, (slot.attribute,), text)]
    if slot.missing:
        names = _prefixed(slot.missing, slot.sibling)
        body = to_markup(text, slot.codes, style, "", other, place)
        opened = "".join(f"<{n}>" for n in names)
        inserted = (opened + body + "".join(f"</{n}>" for n in reversed(names))).encode()
        if slot.sibling is not None:
            lead = _lead(buffer, slot.sibling.start)
            return [Edit(slot.sibling.end, slot.sibling.end, lead + inserted)]
    else:
        cdata = slot.cdata and not has_tokens(text)  # CDATA holds no elements
        start, end = slot.content if cdata or not slot.cdata else (node.inner, node.stop)
        raw = buffer[start:end]
        if cdata:
            body = style.cdata(plain_text(text, place), raw.decode())
        else:
            body = to_markup(text, slot.codes, style, _text_of(raw), other, place)
        inserted = body.encode()
        if not node.empty:
            return [Edit(start, end, inserted)]
    if not node.empty:
        return [Edit(node.inner, node.inner, inserted)]
    slash = node.start + len(buffer[node.start : node.inner - 2].rstrip(b" \t\r\n"))
    closing = f"</{node.name}>".encode()
    return [
        Edit(slash, node.inner, b">", 0),
        Edit(node.inner, node.inner, inserted),
        Edit(node.inner, node.inner, closing, 2),
    ]


def _text_of(raw: bytes) -> str:
    """Raw content without its markup, whose own `>` says nothing about the file's way of escaping."""
    return TOKEN.sub(b"", raw).decode()


def _lead(buffer: bytes, before: int) -> bytes:
    """The white space that stands before an element."""
    start = before
    while start and buffer[start - 1] in b" \t\r\n":
        start -= 1
    return buffer[start:before]


def _prefixed(names: tuple[str, ...], sibling: Node | None) -> list[str]:
    prefix = sibling.name.rpartition(":")[0] if sibling is not None else ""
    return [f"{prefix}:{name}" if prefix and ":" not in name else name for name in names]
