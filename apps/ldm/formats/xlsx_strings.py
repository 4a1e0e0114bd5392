"""The shared strings of a workbook: read by index, new ones appended, none ever changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import xlsx_xml as xml
from .base import FormatError

# So many strings are decoded together.
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class RichText:
    """What a string has beside its plain text."""

    rich: bool = False
    phonetic: bool = False
    run_properties: bytes = b""
    """The raw `rPr` element of the first run, b"" if it has none."""


def read_string(body: bytes, prefix: bytes) -> tuple[str, RichText | None]:
    """Text of a `si` or `is` element's inside; phonetic runs are left out.

    Raises FormatError when the inside is not made of `t`, `r`, `rPh` and `phoneticPr`.
    """
    xml.check_fragment(body)
    phonetic = b"rPh" in body or b"phoneticPr" in body
    if phonetic:
        body = re.sub(
            rb"<%brPh\b[^>]*?(?:/>|>.*?</%brPh\s*>)|<%bphoneticPr\b.*?(?:/>|</%bphoneticPr\s*>)"
            % (prefix, prefix, prefix, prefix),
            b"",
            body,
            flags=re.DOTALL,
        )
    texts = re.findall(rb"<%bt(?:\s[^<>]*?)?(?:/>|>([^<]*)</%bt\s*>)" % (prefix, prefix), body)
    opened = len(re.findall(rb"<%bt[\s/>]" % prefix, body))
    if len(texts) != opened:
        raise FormatError("a string cannot be read")
    run = re.search(rb"<%br(?:\s[^<>]*)?>(.*?)</%br\s*>" % (prefix, prefix), body, re.DOTALL)
    text = "".join([xml.cell_text(part) for part in texts])
    if run is None:
        if len(texts) > 1 or (not texts and body.strip(b" \t\r\n\x06")):
            raise FormatError("a string cannot be read")
        return text, RichText(phonetic=True) if phonetic else None
    properties = re.search(rb"<%brPr(?:\s[^<>]*)?(?:/>|>.*?</%brPr\s*>)" % (prefix, prefix), run[1], re.DOTALL)
    return text, RichText(True, phonetic, properties[0].replace(b"\x06", b"") if properties else b"")


def string_body(text: str, rich: RichText | None, prefix: bytes, place: str) -> bytes:
    """The inside of a `si` or `is` element: plain, or one run with the first run's format."""
    element = xml.text_element(prefix, text, place)
    if rich and rich.run_properties:
        return b"<%br>%b%b</%br>" % (prefix, rich.run_properties, element, prefix)
    return element


@dataclass(slots=True)
class SharedStrings:
    """The parsed table. `texts[i]` is the plain text of string i; `rich` holds only the formatted ones."""

    texts: list[str] = field(default_factory=list)
    rich: dict[int, RichText] = field(default_factory=dict)
    prefix: bytes = b""
    """The namespace prefix of the table's elements, with its colon."""

    def text(self, index: bytes, place: str) -> str:
        """The text for a cell's raw `<v>`. Raises FormatError for a number that has no string."""
        try:
            number = int(index)
            if number >= 0:
                return self.texts[number]
        except (ValueError, IndexError):
            pass
        raise FormatError("shared string %(index)r does not exist", place, index=index[:20].decode(errors="replace"))


def read_strings(data: bytes, place: str) -> SharedStrings:
    """Parse a shared-strings part. Raises FormatError when it is malformed."""
    utf8, _ = xml.to_utf8(data, place)
    scan = xml.mask(utf8)
    prefix, start, end, _ = _table(scan, place)
    strings = SharedStrings(prefix=prefix)
    try:
        # Most writers put no white space between strings: then splitting is the fastest scan.
        between = b"</%bsi><%bsi>" % (prefix, prefix)
        opening, closing = b"<%bsi>" % prefix, b"</%bsi>" % prefix
        if scan.startswith(opening, start) and scan.endswith(closing, start, end) and scan is utf8:
            bodies = scan[start + len(opening) : end - len(closing)].split(between)
            if b"<%bsi" % prefix not in b"".join(body for body in bodies if b"si" in body):
                _read_bodies(strings, bodies)
                return strings
        _read_items(strings, scan, start, end)
    except FormatError as error:
        raise FormatError(error.message, f"{place}, string {len(strings.texts)}") from None
    return strings


def _read_bodies(strings: SharedStrings, bodies: list[bytes]) -> None:
    """Append the strings for the insides of `si` elements."""
    for start in range(0, len(bodies), _BATCH):
        batch = bodies[start : start + _BATCH]
        plain = _plain_texts(batch, strings.prefix)
        if plain is not None:
            strings.texts += plain
            continue
        for body in batch:
            text, rich = read_string(body, strings.prefix)
            if rich:
                strings.rich[len(strings.texts)] = rich
            strings.texts.append(text)


def _plain_texts(bodies: list[bytes], prefix: bytes) -> list[str] | None:
    """The texts of strings that are nothing but a `t` element, decoded together; None if one is more."""
    opening, closing = b"<%bt>" % prefix, b"</%bt>" % prefix
    joined = b"\0".join(bodies).replace(b'<%bt xml:space="preserve">' % prefix, opening)
    edge = closing + b"\0" + opening
    count = len(bodies)
    if (
        not joined.startswith(opening)
        or not joined.endswith(closing)
        or joined.count(edge) != count - 1
        or joined.count(b"<") != 2 * count
        or b"\x01" in joined
        or b"\x06" in joined
    ):
        return None
    texts = xml.text_of(joined[len(opening) : -len(closing)].replace(edge, b"\0")).split("\0")
    return [xml.unescape(text) if "_x" in text else text for text in texts]


def _read_items(strings: SharedStrings, scan: bytes, start: int, end: int) -> None:
    """Append the strings of a table in any layout. Raises FormatError for anything that is no string."""
    prefix = strings.prefix
    item = re.compile(
        rb"<%bsi(?:\s[^<>]*)?>(.*?)</%bsi\s*>|<%bsi\s*/>|([ \t\r\n\x06]+)|(.)" % ((prefix,) * 3), re.DOTALL
    )
    for found in item.finditer(scan, start, end):
        kind = found.lastindex
        if kind == 1 or kind is None:
            _read_bodies(strings, [found[1] or b""])
        elif kind == 3:
            if scan.startswith(b"<%bextLst" % prefix, found.start()):
                break
            raise FormatError("malformed XML at byte %(byte)s", byte=found.start())


def append_strings(data: bytes, bodies: list[bytes], place: str) -> bytes | bytearray:
    """The part with new strings appended and `uniqueCount` raised; all else untouched.

    `count` counts the cells that refer to the table; an edited cell refers as before, so it stays.
    """
    utf8, encoding = xml.to_utf8(data, place, checked=True)
    prefix, start, end, root = _table(xml.mask(utf8), place)
    tag = utf8[root:start]
    unique = re.search(rb"""\suniqueCount\s*=\s*["'](\d+)["']""", tag)
    if unique:
        tag = xml.set_attribute(tag, b"uniqueCount", b"%d" % (int(unique[1]) + len(bodies)))
    added = b"".join([b"<%bsi>%b</%bsi>" % (prefix, body, prefix) for body in bodies])
    if tag.endswith(b"/>"):
        patched = b"".join((utf8[:root], tag[:-2].rstrip(), b">", added, b"</%bsst>" % prefix, utf8[end:]))
    else:
        at = utf8.find(b"<%bextLst" % prefix, start, end)
        at = at if at >= 0 else end
        last = utf8.rfind(b"</%bsi>" % prefix, start, at)
        if last >= 0 and not utf8[last + len(prefix) + 5 : at].strip():
            at = last + len(prefix) + 5  # before the line end that precedes the closing tag
        patched = b"".join((utf8[:root], tag, utf8[start:at], added, utf8[at:]))
    return xml.from_utf8(patched, encoding)


def _table(scan: bytes, place: str) -> tuple[bytes, int, int, int]:
    """Prefix, start and end of the root's inside, and where its tag begins."""
    root = re.match(rb"[\s\x06]*(?:<\?xml.*?\?>)?[\s\x06]*(<((?:[\w.-]+:)?)sst(?:\s[^<>]*?)?(/?)>)", scan)
    if not root:
        raise FormatError("not a table of shared strings", place)
    if root[3]:
        return root[2], root.end(), root.end(), root.start(1)
    end = scan.rfind(b"</%bsst" % root[2])
    if end < root.end() or not re.fullmatch(rb"</[\w.:-]+\s*>[\s\x06]*", scan[end:]):
        raise FormatError("malformed XML: the table of shared strings is cut off", place)
    return root[2], root.end(), end, root.start(1)
