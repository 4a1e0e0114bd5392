"""The general scan: rules whose values are element text, children, ancestors' attributes or paths."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .base import NO_CODES, Segment
from .xml_attributes import AttributeEditor, Keys, Settings, find_name, limit_of, same_element
from .xml_inline import Code, Codes, Content, has_tokens, parse_content, plain_text, render, to_markup
from .xml_options import Ref, Rule
from .xml_scan import ATTRIBUTE, TOKEN, Edit, Places, XmlSource
from .xml_text import Style, has_undefined_entity, unescape

_NAME = re.compile(r"<([^\s/>]+)")
_WHITE = " \t\r\n"


class Node:
    """An element: its tag is [start, inner), its content [inner, stop), all of it ends at `end`."""

    __slots__ = ("children", "counts", "empty", "end", "inner", "name", "rules", "start", "step", "stop")

    def __init__(self, name: str, start: int, inner: int, empty: bool) -> None:
        self.name, self.start, self.inner, self.empty = name, start, inner, empty
        self.stop = self.end = inner
        self.children: list[Node] | None = None
        self.rules: Sequence[int] = ()
        """The rules for this element, by number."""
        self.step = ""
        """Its part of the path: "Item[3]"; only kept when a rule asks for paths."""
        self.counts: dict[str, int] | None = None


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
    codes: Codes = field(default_factory=dict)
    other: tuple[int, int] = (0, 0)
    """The raw source, whose way of escaping an empty target follows."""
    locked: bool = False


class Tree:
    """Segments, and for each the offset of its element and its rule's number.

    Where the target stands is found anew when it is written: kept for every segment it would
    take several times the memory of the texts.
    """

    def __init__(self, scanner: _Scanner) -> None:
        self.segments: list[Segment] = []
        self.offsets: array[int] = array("Q")
        self.numbers: array[int] = array("H")
        self.given: dict[int, Codes] = {}
        """Codes that came with a source-language file's text, by position."""
        self._scanner = scanner

    def edits(self, style: Style, editor: AttributeEditor, position: int, text: str, place: str) -> list[Edit]:
        """What to change for a new target. Raises FormatError for broken tokens."""
        slot = self._scanner.slot_at(self.offsets[position], self.numbers[position], self.given.get(position))
        return _edits(self._scanner.buffer, style, editor, slot, text, place)


def scan(source: XmlSource, rules: Sequence[Rule], settings: Settings) -> Tree:
    """Every segment in the order of the elements' start tags; elements without any text are none."""
    return _Scanner(source, rules, settings).run()


class _Scanner:
    def __init__(self, source: XmlSource, rules: Sequence[Rule], settings: Settings) -> None:
        self.source, self.rules, self.settings = source, rules, settings
        self.buffer = source.buffer
        self.paths = any(rule.by_path for rule in rules)
        self.nested = any(len(rule.element) > 1 for rule in rules)
        self.candidates: dict[str, list[int]] = {}
        self.found: list[tuple[int, int, str, Segment | None, tuple[int, str, tuple[str, ...]]]] = []
        """Element's offset, rule's number, key, segment (None: without text) and where its target stands."""

    def run(self) -> Tree:
        for node, stack in self._walk(self.source.root, len(self.buffer)):
            for number in node.rules:
                self._segment(node, stack, number)
        self.found.sort(key=lambda item: item[:2])
        keys, places, tree = Keys(self.source.warnings), Places(self.source), Tree(self)
        lookup = self.settings.lookup
        taken: set[tuple[int, str, tuple[str, ...]]] = set()
        for start, number, key, segment, where in self.found:
            if len(self.rules) > 1:
                if where in taken:  # an earlier rule has this value already
                    continue
                taken.add(where)
            # Elements without text use up their key too: filling or emptying one renames no other.
            place = places.at(start)
            key = keys.unique(key, self.rules[number].language, place)
            if segment is None:
                continue
            segment.key, segment.location = key, place
            if lookup is not None and not segment.source and (origin := lookup.get(key)):
                self._take_source(segment, start, number, origin, tree)
            elif not self.rules[number].source and not segment.source:
                segment.source = segment.target
            tree.segments.append(segment)
            tree.offsets.append(start)
            tree.numbers.append(number)
        keys.finish()
        self.found = []
        return tree

    def slot_at(self, offset: int, number: int, given: Codes | None) -> Slot:
        """Where the target of the element at `offset` stands, with its codes."""
        for node, stack in self._walk(offset, len(self.buffer), number):
            if not stack:
                rule = self.rules[number]
                slot = self._slot(node, rule)
                _, content, slot.other = self._source(node, [], rule)
                known = given if given is not None else render(content)[1] if content and not slot.attribute else {}
                self._target(slot, known)
                slot.codes = {**known, **slot.codes}
                return slot
        raise AssertionError(f"no element at {offset}")  # only a wrong offset of our own could lead here

    def _walk(self, start: int, stop: int, only: int = -1) -> Iterator[tuple[Node, list[Node]]]:
        """Elements that rules match, at their end, with their ancestors.

        `only` is the number of the rule whose element begins at `start`; then it is the first.
        """
        stack: list[Node] = []
        inside = 0  # how many of the stack's elements are a rule's
        names: dict[bytes, str] = {}
        buffer = self.buffer
        for match in TOKEN.finditer(buffer, start, stop):
            slash, raw, _ = match.groups()
            if raw is None:
                continue
            at, end = match.span()
            if slash:
                node = stack.pop()
                node.stop, node.end = at, end
                if node.rules:
                    inside -= 1
                    yield node, stack
                continue
            name = names.get(raw) or names.setdefault(raw, raw.decode())
            node = Node(name, at, end, buffer[end - 2] == 0x2F)
            if self.paths:
                self._number(node, stack)
            node.rules = self._matching(node, stack) if only < 0 else () if stack else (only,)
            if inside:
                parent = stack[-1]
                if parent.children is None:
                    parent.children = []
                parent.children.append(node)
            if not node.empty:
                inside += bool(node.rules)
                stack.append(node)
            elif node.rules:
                yield node, stack

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
        if not numbers or not self.nested:
            return numbers
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
        where = (slot.node.start, slot.attribute.lower(), slot.missing)
        source, content, _ = self._source(node, stack, rule)
        codes: dict[int, Code] = {}
        if content is not None:
            source, codes = render(content) if not slot.attribute else (content.plain, {})
        target = self._target(slot, codes)
        key = self._path(node, stack) if rule.by_path else self._first(node, stack, rule.key, rule)
        keep = self.settings.keep_empty and key and not rule.source and not slot.locked
        if not source.strip(_WHITE) and not self._holds_text(slot, target) and not keep:
            self.found.append((node.start, number, key, None, where))
            return
        limit = limit_of(self._first(node, stack, rule.max_length, rule)) if rule.max_length else None
        context = self._joined(node, stack, rule.context, " | ", rule) if rule.context else ""
        comment = self._joined(node, stack, rule.comment, "\n", rule) if rule.comment else ""
        shown: Mapping[int, str] = NO_CODES
        if codes or slot.codes:
            shown = {n: code.opening for n, code in sorted({**codes, **slot.codes}.items())}
        segment = Segment("", source, target, context, comment, limit, "", rule.language, "", slot.locked, shown)
        self.found.append((node.start, number, key, segment, where))

    def _holds_text(self, slot: Slot, target: str) -> bool:
        """Whether a target is there for people: white space in an element is layout, unless it is referred to."""
        if slot.attribute or target.strip(_WHITE):
            return bool(target)
        return bool(target and self.buffer[slot.content[0] : slot.content[1]].strip())

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
            child = next((c for c in node.children or () if same_element(c.name, part, rule)), None)
            if child is None:
                return node, ref.child[depth:]
            node = child
        return node, ()

    def _sibling(self, node: Node, holder: Node, rule: Rule) -> Node | None:
        """The source's element where it is a child of the holder, else the holder's last child."""
        for ref in rule.source:
            if ref.child and not ref.up:
                origin, missing = self._descend(node, Ref(ref.text, 0, ref.child, ""), rule)
                if not missing and origin in (holder.children or ()):
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

    def _target(self, slot: Slot, codes: Codes) -> str:
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

    def _take_source(self, segment: Segment, offset: int, number: int, origin: Segment, tree: Tree) -> None:
        """The source-language file's text, with its codes numbered first."""
        segment.source = origin.source
        if not origin.codes:
            return
        known: dict[int, Code] = {}
        for code, opening in origin.codes.items():
            name = _NAME.match(opening)
            pair = f"⟦/{code}⟧" in origin.source and name
            known[code] = Code(opening, f"</{name[1]}>" if pair and name else "")
        slot = self.slot_at(offset, number, known)
        if slot.attribute:
            return
        segment.target = self._target(slot, known)
        tree.given[len(tree.segments)] = known
        segment.codes = {n: code.opening for n, code in sorted({**known, **slot.codes}.items())}


def _edits(buffer: bytes, style: Style, editor: AttributeEditor, slot: Slot, text: str, place: str) -> list[Edit]:
    node = slot.node
    other = _text_of(buffer[slot.other[0] : slot.other[1]])
    if slot.attribute:
        return [editor.edit(node.start, slot.rule, (slot.attribute,), text)]
    if slot.missing:
        names = _prefixed(slot.missing, slot.sibling)
        body = _kept(to_markup(text, slot.codes, style, "", other, place))
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
            body = _kept(to_markup(text, slot.codes, style, _text_of(raw), other, place))
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


def _kept(body: str) -> str:
    """A body of nothing but white space with a reference at its start, so that nobody takes it for layout."""
    return f"&#{ord(body[0])};{body[1:]}" if body and not body.strip(_WHITE) else body


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
