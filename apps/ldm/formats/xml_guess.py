"""What an XML file holds: its elements counted, and the rules proposed for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .base import Column, Table
from .xml_attributes import Plan
from .xml_inline import parse_content
from .xml_scan import ATTRIBUTE, TOKEN, XmlSource
from .xml_text import unescape

# Names as `plain_name` gives them, the surest first.
STRING_IDS = ("stringid", "strkey", "stringkey", "strid", "locstrid", "locid", "lockey", "textid", "textkey")
_LOCSTR: Mapping[str, tuple[str, ...]] = {
    "source": ("strorigin",),
    "target": ("str",),
    "key": (*STRING_IDS, "key", "id", "uid"),
    "context": ("category", "context", "group", "speaker", "character", "npc", "actor", "filename", "file"),
    "comment": ("descorigin", "desc", "description", "comment", "note", "notes", "memo", "remark"),
    "max_length": ("maxlength", "maxlen", "maxchars", "maxchar", "maxcharacters", "charlimit", "lengthlimit", "limit"),
}
_GENERAL: Mapping[str, tuple[str, ...]] = {
    **_LOCSTR,
    "source": ("strorigin", "origin", "source", "src", "original", "sourcetext", "strsource"),
    "target": ("str", "target", "translation", "translated", "targettext", "strtarget", "text", "string", "value"),
    "key": (*STRING_IDS, "key", "id", "uid", "name"),
}
_LOCSTR_TAG = re.compile(rb"<(?:[^\s/>:!?]+:)?locstr[\s/>]", re.IGNORECASE)
_TEXTY = re.compile(r"[^\x00-\x7f]|[A-Za-z]\S*\s+\S*[A-Za-z]")


def plain_name(name: str) -> str:
    """A name without prefix, letter case, `_`, `-` and `.`."""
    return name.rpartition(":")[2].lower().replace("_", "").replace("-", "").replace(".", "")


def has_locstr(source: XmlSource) -> bool:
    """Whether the bytes of a LocStr tag occur at all (perhaps only in a comment)."""
    return bool(_LOCSTR_TAG.search(source.buffer, source.root))


class LocStrPlanner:
    """Plans of LocStr elements in any spelling; remembers the names met, to say them as a rule."""

    def __init__(self) -> None:
        self.element = ""
        self._met: dict[str, dict[tuple[int, str], str]] = {name: {} for name in _LOCSTR}

    def __call__(self, element: bytes, raw: tuple[bytes, ...]) -> list[Plan]:
        self.element = self.element or element.decode().rpartition(":")[2]
        names = [name.decode() for name in raw]
        plain = [plain_name(name) for name in names]
        order = sorted(range(len(names)), key=lambda number: (":" in names[number], names[number].lower()))
        held: dict[str, list[int]] = {}
        for part, aliases in _LOCSTR.items():
            held[part] = []
            for rank, alias in enumerate(aliases):
                for number in order:
                    if plain[number] == alias and not names[number].lower().startswith(("xmlns:", "xml:", "xsi:")):
                        held[part].append(number)
                        local = names[number].rpartition(":")[2]
                        self._met[part].setdefault((rank, local.lower()), local)
        first = {part: (numbers or [-1])[0] for part, numbers in held.items()}
        contexts, comments = tuple(held["context"]), tuple(held["comment"])
        return [Plan(0, first["key"], first["source"], first["target"], contexts, comments, first["max_length"])]

    @property
    def usable(self) -> bool:
        return bool(self._met["source"] or self._met["target"])

    @property
    def has_source(self) -> bool:
        return bool(self._met["source"])

    def rule(self) -> dict[str, Any]:
        """The rule that reads the same segments."""
        out: dict[str, Any] = {"element": self.element or "LocStr"}
        for part, met in self._met.items():
            names = [f"@{name}" for _, name in sorted(met.items(), key=lambda item: item[0])]
            if part == "target" and not names:
                names = ["@Str"]
            if names:
                out[part] = names[0] if len(names) == 1 else names
        return out


@dataclass(slots=True)
class ElementStats:
    """One element name: how often it occurs, and what carries text in it."""

    name: str
    count: int = 0
    attributes: dict[str, int] = field(default_factory=dict)
    """How many of its values look like text for people, by attribute."""
    own_text: int = 0
    children: dict[str, int] = field(default_factory=dict)
    """Leaf children with text."""
    rows: list[dict[str, str]] = field(default_factory=list)

    @property
    def carried(self) -> int:
        return self.own_text + sum(self.attributes.values())

    @property
    def columns(self) -> list[str]:
        own = ["text()"] if self.own_text else []
        return [f"@{name}" for name in self.attributes] + own + list(self.children)


def survey(source: XmlSource, limit: int = 0) -> list[ElementStats]:
    """Every element name in order of appearance, with the first `limit` rows of each."""
    buffer, out = source.buffer, dict[str, ElementStats]()
    stack: list[tuple[ElementStats, dict[str, str] | None, int, list[bool]]] = []
    last = source.root
    for match in TOKEN.finditer(buffer, source.root):
        if match.lastindex is None:
            cdata = match.group().startswith(b"<![CDATA[")
            if stack and (cdata or buffer[last : match.start()].strip()):
                stack[-1][3][0] = True
            last = match.end()
            continue
        if stack and buffer[last : match.start()].strip():
            stack[-1][3][0] = True
        last = match.end()
        if match[1]:
            _close(buffer, stack, match.start())
            continue
        name = match[2].decode()
        stats = out.get(name) or out.setdefault(name, ElementStats(name))
        stats.count += 1
        row: dict[str, str] | None = {} if stats.count <= limit else None
        _count_attributes(stats, row, ATTRIBUTE.findall(buffer, *match.span(3)))
        if row is not None:
            stats.rows.append(row)
        if stack:
            stack[-1][3][1] = True
        if buffer[match.end() - 2] != 0x2F:
            stack.append((stats, row, match.end(), [False, False]))
    return list(out.values())


def _count_attributes(stats: ElementStats, row: dict[str, str] | None, pairs: Sequence[tuple[bytes, bytes]]) -> None:
    for raw, value in pairs:
        name = raw.decode()
        if name.startswith(("xmlns", "xml:", "xsi:")):
            continue
        text = unescape(value[1:-1].decode())
        stats.attributes[name] = stats.attributes.get(name, 0) + bool(_TEXTY.search(text))
        if row is not None:
            row[f"@{name}"] = text


def _close(buffer: bytes, stack: list[tuple[ElementStats, dict[str, str] | None, int, list[bool]]], stop: int) -> None:
    stats, row, inner, (has_text, has_children) = stack.pop()
    if not has_text:
        return
    stats.own_text += 1
    parent = stack[-1] if stack else None
    if parent is not None and not has_children:
        parent[0].children[stats.name] = parent[0].children.get(stats.name, 0) + 1
    shown = row is not None or (parent is not None and parent[1] is not None and not has_children)
    if shown:
        text = parse_content(buffer[inner:stop]).plain
        if row is not None:
            row["text()"] = text
        if parent is not None and parent[1] is not None and not has_children:
            parent[1].setdefault(stats.name, text)


def propose(stats: ElementStats) -> dict[str, Any] | None:
    """A rule for one element, or None where nothing says which value is the text."""
    found: dict[str, str] = {}
    for part, aliases in _GENERAL.items():
        for refs in ([f"@{name}" for name in stats.attributes], list(stats.children)):
            ranked = [(aliases.index(p), ref) for ref in refs if (p := plain_name(ref.lstrip("@"))) in aliases]
            if part not in found and ranked:
                found[part] = min(ranked)[1]
    if "target" not in found and stats.own_text:
        found["target"] = "text()"
    if "target" not in found and found.get("source", "").startswith("@"):
        found["target"] = "@Str"
    if "target" not in found:
        return None
    return {"element": stats.name, **found}


def guess(elements: Sequence[ElementStats]) -> list[dict[str, Any]]:
    """Rules for a file without options: LocStr, else String, else what has a StringId-like attribute."""
    for wanted in ("locstr", "string"):
        named = [propose(stats) for stats in elements if plain_name(stats.name) == wanted]
        if rules := [rule for rule in named if rule]:
            return rules
    keyed = [s for s in elements if any(plain_name(name) in STRING_IDS for name in s.attributes)]
    return [rule for rule in map(propose, keyed) if rule]


def carriers(elements: Sequence[ElementStats], most: int = 6) -> str:
    """The elements that carry text most often, for a message: `Data (2), Item (14 in @Name)`."""
    ranked = sorted((s for s in elements if s.carried), key=lambda s: -s.carried)[:most]
    out = []
    for stats in ranked:
        name, count = max(stats.attributes.items(), key=lambda item: item[1], default=("", 0))
        where = f"{stats.own_text}" if stats.own_text >= count else f"{count} in @{name}"
        out.append(f"{stats.name} ({where})")
    return ", ".join(out)


def table(stats: ElementStats, rule: Mapping[str, Any] | None) -> Table:
    """An element as the import dialog shows it; roles come from the rule in effect, else the proposal."""
    shown = rule or propose(stats) or {}
    columns = []
    target = shown.get("target", "")
    absent = [target] if isinstance(target, str) and target.startswith("@") else []
    for name in stats.columns + [ref for ref in absent if ref.lower() not in _lowered(stats.columns)]:
        roles = [part for part in _GENERAL if name.lower() in _lowered(shown.get(part))]
        columns.append(Column(name, name.lstrip("@"), roles[0] if roles else ""))
    rows = [[row.get(column.id, "") for column in columns] for row in stats.rows]
    return Table(stats.name, columns, rows, stats.count, rule is not None)


def _lowered(refs: object) -> list[str]:
    return [ref.lower() for ref in ([refs] if isinstance(refs, str) else refs if isinstance(refs, list) else [])]
