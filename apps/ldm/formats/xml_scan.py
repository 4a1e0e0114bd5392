"""XML files as bytes: encoding, well-formedness, limits, and the patterns that find tags in them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from . import encodings
from .base import FormatError, FormatWarning
from .sentences import Sentence

MAX_DEPTH = 200
MAX_ELEMENTS = 5_000_000
_CHUNK = 1 << 20
BODY = rb"""(?:[^"'>]+|"[^"]*"|'[^']*')*+"""
SKIPPED = rb"!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"
# Group 1: the slash of an end tag, 2: the name, 3: the rest. Comments, CDATA and PIs match without a group.
# Sound only from the root element on, in a file that expat found well-formed.
TOKEN = re.compile(rb"<(?:" + SKIPPED + rb"|(/?)([^\s/>!?]+)(" + BODY + rb")>)", re.DOTALL)
ATTRIBUTE = re.compile(rb"""([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')""")
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]+)["']""")
_NAMES = {"windows-949": "cp949", "x-windows-949": "cp949", "x-sjis": "shift_jis", "x-euc-kr": "cp949"}
_UNFIT = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "raw-unicode-escape", "unicode-escape",
          "undefined", "utf-7", "mbcs", "oem"}  # fmt: skip


@dataclass(slots=True)
class XmlSource:
    """A well-formed XML file: its bytes and their UTF-8 form, which every offset refers to."""

    data: bytes
    buffer: bytes
    """`data` itself when the file is UTF-8."""
    encoding: str
    bom: bytes = b""
    """The mark of a file that is not UTF-8; `buffer` lacks it."""
    root: int = 0
    """Where the root element's tag begins."""
    external: bool = False
    """A DOCTYPE is present, so undefined entities may stand in values."""
    warnings: list[FormatWarning] = field(default_factory=list)

    @property
    def newline(self) -> bytes:
        return b"\n" if b"\n" in self.buffer or b"\r" not in self.buffer else b"\r"

    def place(self, offset: int) -> str:
        """`line 3, column 14` (both from 1, in characters) of an offset in the buffer."""
        line = self.buffer.count(self.newline, 0, offset) + 1
        start = self.buffer.rfind(self.newline, 0, offset) + 1
        text = self.buffer[start:offset].decode("utf-8", "ignore")
        return f"line {line}, column {len(text.removeprefix(chr(0xFEFF))) + 1}"

    def restore(self, buffer: bytes) -> bytes:
        """A changed buffer as the file's bytes."""
        if self.encoding == "utf-8":
            return buffer
        decoded = encodings.Decoded("", self.encoding, self.bom)
        return decoded.encode(buffer.decode("utf-8"))


class Edit(NamedTuple):
    """New UTF-8 bytes for a span of the buffer; an insertion where start and end are the same."""

    start: int
    end: int
    data: bytes
    rank: int = 1
    """Order at one place: 0 opens an empty element, 1 is content, 2 closes what 0 opened."""


def apply(source: XmlSource, edits: Iterable[Edit]) -> bytes:
    """The file's bytes with the edits made. Raises FormatError when two want the same span."""
    pieces: list[bytes | memoryview] = []
    view, last = memoryview(source.buffer), 0
    previous: Edit | None = None
    for edit in sorted(edits, key=lambda e: (e.start, e.end, e.rank)):
        if edit.rank != 1 and edit == previous:  # both halves of one opened element
            continue
        if edit.start < last:
            raise FormatError("two segments stand in the same value", source.place(edit.start))
        pieces += (view[last : edit.start], edit.data)
        last, previous = edit.end, edit
    pieces.append(view[last:])
    return source.restore(b"".join(pieces))


class Places:
    """Locations for people, for offsets that are asked in rising order."""

    def __init__(self, source: XmlSource) -> None:
        self._buffer, self._newline = source.buffer, source.newline
        self._line, self._offset, self._column = 1, 0, 0
        self._fresh = True

    def at(self, offset: int) -> str:
        """`line 40` for the first on its line, `line 40, column 98` for those that follow."""
        lines = self._buffer.count(self._newline, self._offset, offset)
        if lines or self._fresh:
            self._line += lines
            self._offset, self._column, self._fresh = offset, 0, False
            return f"line {self._line}"
        if not self._column:
            start = self._buffer.rfind(self._newline, 0, self._offset) + 1
            self._column = len(self._buffer[start : self._offset].decode().removeprefix(chr(0xFEFF))) + 1
        self._column += len(self._buffer[self._offset : offset].decode())
        self._offset = offset
        return f"line {self._line}, column {self._column}"


def load(data: bytes, *, forced: str = "", max_depth: int = MAX_DEPTH, max_elements: int = MAX_ELEMENTS) -> XmlSource:
    """Decode strictly and check that the file is well-formed and within the limits.

    Internal entity declarations are refused, external ones are never fetched. Raises FormatError
    naming the byte offset (encoding) or the line and column (XML).
    """
    if not data:
        raise FormatError("The file is empty")
    source = _decoded(data, forced)
    _check_form(source)
    _check_limits(source, max_depth, max_elements)
    return source


def _decoded(data: bytes, forced: str) -> XmlSource:
    declared = _declared(data)
    warnings: list[FormatWarning] = []
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE))
    if not marked and not data.startswith(codecs.BOM_UTF8) and not forced:
        if data[:2] in (b"<\0", b"\0<"):
            declared = "utf-16"
        elif declared.lower().replace("_", "-") in ("utf-16", "utf-16le", "utf-16be", "utf-16-le", "utf-16-be"):
            warnings.append(
                FormatWarning(
                    "line 1", Sentence("The declaration says %(declared)s, which the file is not", declared=declared)
                )
            )
            declared = ""
    name = "" if marked else _codec(forced or declared)
    may_be_utf8 = data.startswith(codecs.BOM_UTF8) or name == "utf-8" or not (marked or name)
    if may_be_utf8 and _is_utf8(data):
        if name not in ("", "utf-8"):
            warnings.append(
                FormatWarning(
                    "line 1", Sentence("The declaration says %(declared)s, the mark UTF-8", declared=declared)
                )
            )
        return XmlSource(data, data, "utf-8", warnings=warnings)
    decoded = _decode_as(data, name, bool(forced), warnings)
    if not (marked or name):
        warnings.append(
            FormatWarning(
                "line 1", Sentence("No encoding is declared; read as %(encoding)s", encoding=decoded.encoding)
            )
        )
    return XmlSource(data, decoded.text.encode("utf-8"), decoded.encoding, decoded.bom, warnings=warnings)


def _declared(data: bytes) -> str:
    found = _DECLARED.match(data[:512])
    return found.group(1).decode("ascii", "replace").strip() if found else ""


def _codec(name: str) -> str:
    """Python's name of a text encoding, "" for none. Raises FormatError for anything else."""
    if not name:
        return ""
    try:
        info = codecs.lookup(_NAMES.get(name.lower(), name))
    except (LookupError, ValueError):
        raise FormatError("unknown encoding %(name)r", "line 1", name=name) from None
    if not getattr(info, "_is_text_encoding", True) or info.name in _UNFIT:
        raise FormatError("%(name)r is not an encoding of text files", "line 1", name=name)
    return "utf-8" if info.name == "utf-8-sig" else info.name


def _decode_as(data: bytes, name: str, chosen: bool, warnings: list[FormatWarning]) -> encodings.Decoded:
    """Decode in `name`, or in a larger relative that files declare by the smaller one's name."""
    try:
        return encodings.decode(data, "" if chosen else name, forced=name if chosen else "")
    except FormatError:
        for larger in encodings.LARGER.get(name, ()):
            try:
                decoded = encodings.decode(data, larger)
            except FormatError:
                continue
            warnings.append(
                FormatWarning(
                    "line 1",
                    Sentence(
                        "The file says %(name)s but needs %(larger)s; read as %(larger)s", name=name, larger=larger
                    ),
                )
            )
            return decoded
        raise


def _is_utf8(data: bytes) -> bool:
    """Strict, in pieces: the whole text of a large file would take several times its memory."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK])
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _check_form(source: XmlSource) -> None:
    """One expat pass; finds the root element and the DOCTYPE on the way."""
    # The name given here overrides the declaration: the buffer is UTF-8 whatever that says.
    parser = expat.ParserCreate("utf-8")

    def start(_name: str, _attributes: dict[str, str]) -> None:
        source.root = parser.CurrentByteIndex
        parser.StartElementHandler = None  # a handler for every element would double the time

    def doctype(*_: object) -> None:
        source.external = True

    def entity(name: str, parameter: int, value: str | None, *_: object) -> None:
        if value is not None:
            if parameter:
                raise FormatError(
                    "the declaration of parameter entity %(name)r is refused",
                    source.place(parser.CurrentByteIndex),
                    name=name,
                )
            raise FormatError(
                "the declaration of entity %(name)r is refused", source.place(parser.CurrentByteIndex), name=name
            )

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = entity
    try:
        for offset in range(0, len(source.buffer), _CHUNK):
            parser.Parse(source.buffer[offset : offset + _CHUNK], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _explained(source, error.code, parser.ErrorByteIndex) from None


def _explained(source: XmlSource, code: int, offset: int) -> FormatError:
    """The parser's complaint, with the place in the file and the usual causes named."""
    buffer, message = source.buffer, Sentence(expat.ErrorString(code) or "malformed")
    at = buffer[offset : offset + 1]
    place = source.place(max(offset, 0))
    if at and at[0] < 32 and at not in b"\t\n\r":
        return FormatError("the control character U+%(code)s is not allowed in XML", place, code=f"{at[0]:04X}")
    if code != expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]:
        return FormatError("malformed XML: %(message)s", place, message=message)
    if at == b"&" or buffer[offset - 1 : offset] == b"&":
        place = place if at == b"&" else source.place(offset - 1)
        return FormatError("a bare & (it must be written as &amp;), or an unfinished reference", place)
    if at == b"<":
        return FormatError("< where a tag is not finished or inside an attribute (there it is &lt;)", place)
    return FormatError("malformed XML: %(message)s", place, message=message)


def _check_limits(source: XmlSource, max_depth: int, max_elements: int) -> None:
    """Depth and number of elements, counted exactly only where cheap bounds do not settle it."""
    buffer = source.buffer
    if buffer.count(b"</") < max_depth and buffer.count(b"<") <= max_elements:
        return
    depth = elements = 0
    for match in TOKEN.finditer(buffer, source.root):
        if match.lastindex is None:
            continue
        if match.end(1) > match.start(1):
            depth -= 1
            continue
        elements += 1
        here = depth + 1
        if here > max_depth:
            raise FormatError("elements are nested deeper than %(most)s", source.place(match.start()), most=max_depth)
        if elements > max_elements:
            raise FormatError("more than %(most)s elements", source.place(match.start()), most=max_elements)
        if buffer[match.end() - 2] != 0x2F:
            depth = here
