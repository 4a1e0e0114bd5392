"""XML of a workbook's parts as bytes: checks, masking, text in and out, attributes.

Parts are scanned with regular expressions, so that every value has a span and nothing is
serialised again. Comments, processing instructions and CDATA would confuse a scan: `mask`
replaces them, length for length, by control characters, which XML forbids in a part.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from xml.parsers import expat

from lxml import etree

from .base import FormatError
from .sentences import Sentence

# Stand-ins used by `mask`; all are illegal in XML, so a checked part holds none of them.
_CDATA_EDGE, _LESS, _AMPERSAND, _NOTHING = b"\x01", b"\x03", b"\x04", b"\x06"
_HARMLESS = bytes.maketrans(_CDATA_EDGE + _LESS + _AMPERSAND + _NOTHING, b"xxxx")
_SPECIAL = re.compile(rb"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_MAY_BE_SPECIAL = re.compile(rb"<[!?]")
_MASKED = re.compile("[\x01\x03\x04\x06]")
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 13))
_REFERENCE = re.compile(r"0*[0-9]{1,7}|x0*[0-9a-fA-F]{1,6}")
_ESCAPE_IN = re.compile(r"_x([Dd][89ABab][0-9A-Fa-f]{2})__x([Dd][C-Fc-f][0-9A-Fa-f]{2})_|_x([0-9A-Fa-f]{4})_")
# An underscore is also escaped before four digits and a control character, which will become `_xHHHH_`.
_ESCAPE_OUT = re.compile("_(?=x[0-9A-Fa-f]{4}[_\x00-\x08\x0b-\x1f\ufffe\uffff])|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ATTRIBUTE = re.compile(rb"""([^\s=/>"'<]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def to_utf8(data: bytes, place: str, checked: bool = False) -> tuple[bytes, str]:
    """A part's content as UTF-8 without a byte-order mark, and the name of its encoding.

    `checked` says that the same bytes passed before. Raises FormatError when the part is in
    another encoding than UTF-8 or UTF-16, holds characters that XML forbids, or declares entities.
    """
    encoding = "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        try:
            data = data[2:].decode(encoding).encode()
        except UnicodeError:
            raise FormatError("not UTF-16 although the byte-order mark says so", place) from None
    else:
        if data.startswith(codecs.BOM_UTF8):
            data, encoding = data[3:], "utf-8-sig"
        if checked:
            return data, encoding
        declared = _DECLARED.match(data[:200])
        if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
            raise FormatError("encoding %(encoding)s is not read in a workbook", place, encoding=declared[1].decode())
        _require_utf8(data, place)
    if len(data.translate(None, _CONTROLS)) != len(data):
        at = next(i for i, code in enumerate(data) if code in _CONTROLS)
        raise FormatError("control character U+%(code)s", f"{place}, byte {at}", code=f"{data[at]:04X}")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        outside = _SPECIAL.sub(b"", data)
        if b"<!DOCTYPE" in outside or b"<!ENTITY" in outside:
            raise FormatError("a document type or entity declaration is not read in a workbook", place)
    return data, encoding


def from_utf8(data: bytes | bytearray, encoding: str) -> bytes | bytearray:
    """The inverse of `to_utf8`."""
    if encoding == "utf-8":
        return data
    if encoding == "utf-8-sig":
        return codecs.BOM_UTF8 + data
    bom = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else codecs.BOM_UTF16_BE
    return bom + data.decode().encode(encoding)


def mask(data: bytes) -> bytes:
    """The same length with comments, instructions and CDATA made harmless to a scan."""
    if b"<!" not in data[:6] and not _MAY_BE_SPECIAL.search(data, 5):
        return data
    return _SPECIAL.sub(_mask_one, data)


def text_of(raw: bytes, masked: bool = True) -> str:
    """The text of character data (`masked` or for certain not), before `_xHHHH_` is decoded."""
    if b"\r" in raw:  # XML reads every line end as a line feed; a real CR is written &#13; or _x000D_
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    text = raw.decode()
    if "&" in text:
        text = _resolve(text) if "&#" in text else _resolve_named(text)
    if masked and not text.isprintable() and _MASKED.search(text):
        text = text.replace("\x01", "").replace("\x06", "").replace("\x03", "<").replace("\x04", "&")
    return text


def cell_text(raw: bytes) -> str:
    """The text a spreadsheet shows: entities and `_xHHHH_` decoded."""
    text = text_of(raw)
    return unescape(text) if "_x" in text else text


def unescape(text: str) -> str:
    """Decode `_xHHHH_`. A surrogate without its partner stays as it is written."""
    return _ESCAPE_IN.sub(_decode_one, text)


def escape(text: str, place: str) -> bytes:
    """Text as character data: markup escaped, control characters and literal `_xHHHH_` as `_xHHHH_`.

    Raises FormatError for a lone surrogate, which no file can hold.
    """
    text = escape_controls(text)
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text or ">" in text:
        text = text.replace("<", "&lt;").replace(">", "&gt;")
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise FormatError(
            "half a character (U+%(code)s) cannot be written", place, code=f"{ord(text[error.start]):04X}"
        ) from None


def escape_controls(text: str) -> str:
    """Text with what XML cannot hold, CR and literal `_xHHHH_` written as `_xHHHH_`; no markup escaped."""
    if "_x" in text or not text.isprintable():
        return _ESCAPE_OUT.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text


def text_element(prefix: bytes, text: str, place: str) -> bytes:
    """A `t` element; leading, trailing and doubled spaces are protected."""
    content = escape(text, place)
    if text != text.strip() or "\n" in text or "  " in text:
        return b'<%bt xml:space="preserve">%b</%bt>' % (prefix, content, prefix)
    return b"<%bt>%b</%bt>" % (prefix, content, prefix)


def attributes(raw: bytes) -> dict[str, str]:
    """The attributes of a start tag's inside, by name with its prefix."""
    return {
        found[1].decode(): text_of(found[2] if found[2] is not None else found[3]) for found in _ATTRIBUTE.finditer(raw)
    }


def set_attribute(tag: bytes, name: bytes, value: bytes) -> bytes:
    """A start tag with one attribute replaced, or added before its end."""
    found = re.search(rb"\s" + name + rb"""\s*=\s*("[^"]*"|'[^']*')""", tag)
    if found:
        quote = found[1][:1]
        return tag[: found.start(1)] + quote + value + quote + tag[found.end(1) :]
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + b" " + name + b'="' + value + b'"' + tag[end:]


def check_small(data: bytes, place: str) -> etree._Element:
    """Parse a small part, already UTF-8, strictly. Raises FormatError naming line and column."""
    if declaration := re.match(rb"\s*<\?xml\s.*?\?>", data, re.DOTALL):
        data = data[declaration.end() :]  # it may name the encoding that the part had
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise FormatError("malformed XML: %(why)s", f"{place}, line {line}, column {column}", why=error.msg) from None


def check_fragment(masked: bytes) -> None:
    """Raise FormatError when the inside of an element, as `mask` leaves it, is not well-formed."""
    parser = expat.ParserCreate()
    try:
        parser.Parse(b"<a>%b</a>" % masked.translate(_HARMLESS), True)
    except expat.ExpatError as error:
        raise FormatError(
            "malformed XML: %(why)s", why=Sentence(expat.ErrorString(error.code) or "malformed")
        ) from None


def _require_utf8(data: bytes, place: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    step = 1 << 20
    for start in range(0, len(data) or 1, step):
        try:
            decoder.decode(data[start : start + step], start + step >= len(data))
        except UnicodeDecodeError as error:
            raise FormatError("not UTF-8", f"{place}, byte {max(0, start + error.start)}") from None


def _mask_one(found: re.Match[bytes]) -> bytes:
    inside = found[1]
    if inside is None:
        return _NOTHING * len(found[0])
    inside = inside.replace(b"<", _LESS).replace(b"&", _AMPERSAND)
    return _CDATA_EDGE * 9 + inside + _CDATA_EDGE * 3


def _resolve(text: str) -> str:
    """Entities and character references replaced. Some writers put every Hangul syllable as a reference."""
    first, *parts = text.split("&#")
    pieces = [_resolve_named(first) if "&" in first else first]
    for part in parts:
        name, end, rest = part.partition(";")
        if not end:
            raise FormatError("&#%(name)s is no character reference", name=name[:10])
        pieces.append(_reference(name))
        if rest:
            pieces.append(_resolve_named(rest) if "&" in rest else rest)
    return "".join(pieces)


def _resolve_named(text: str) -> str:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
    if plain.count("&") != plain.count("&amp;"):
        raise FormatError("a bare & or an unknown entity")
    return plain.replace("&amp;", "&")


@lru_cache(maxsize=70_000)
def _reference(name: str) -> str:
    if not _REFERENCE.fullmatch(name):
        raise FormatError("&#%(name)s; is no character reference", name=name[:10])
    code = int(name[1:], 16) if name[0] == "x" else int(name)
    control = code < 32 and code not in (9, 10, 13)
    if control or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF):
        raise FormatError("character reference &#%(name)s; is not allowed in XML", name=name)
    return chr(code)


def _decode_one(found: re.Match[str]) -> str:
    if found[1]:
        return chr(0x10000 + ((int(found[1], 16) - 0xD800) << 10) + int(found[2], 16) - 0xDC00)
    code = int(found[3], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)
