"""Text of XML values: references decoded, and escaped again the way the file escapes."""

from __future__ import annotations

import re

from .base import FormatError

# What XML 1.0 cannot hold, not even as a character reference.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_UNDEFINED = re.compile(r"&(?!#|(?:amp|lt|gt|quot|apos);)")
_NUMBERED = re.compile(rb"&#(?:x([0-9a-fA-F]+)|([0-9]+));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CDATA_OPEN, _CDATA_CLOSE = "<![CDATA[", "]]>"


def unescape(text: str) -> str:
    """The five named entities and character references decoded; anything else stays as it is."""
    if "&" not in text:
        return text
    if "&#" in text:
        return _REFERENCE.sub(_referred, text)
    # `&amp;` last, so that `&amp;lt;` becomes `&lt;` and not `<`.
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
    return text.replace("&amp;", "&")


def _referred(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED[name]
    return chr(int(hexadecimal, 16) if hexadecimal else int(decimal))


def has_undefined_entity(raw: str) -> bool:
    """Whether a raw value refers to an entity that only an external DTD could define."""
    return "&" in raw and bool(_UNDEFINED.search(raw))


def check_legal(text: str, place: str) -> None:
    """Raises FormatError naming the first character that XML cannot hold."""
    if found := ILLEGAL.search(text):
        raise FormatError("XML cannot hold the character U+%(code)s", place, code=f"{ord(found.group()):04X}")


class Style:
    """How one file escapes.

    A value's own raw form decides first, then its source's, then the whole file. `encoding` is
    the file's; characters that it lacks become character references.
    """

    def __init__(self, buffer: bytes, encoding: str) -> None:
        self._encoding = encoding
        self._greater = b"&gt;" in buffer or not re.search(rb"""=\s*(?:"[^"<>]*>|'[^'<>]*>)""", buffer)
        self._apostrophe = b"&apos;" in buffer
        # A file of ASCII alone that refers to other characters by number goes on doing so.
        self._numbered = b"&#" in buffer
        if self._numbered and encoding == "utf-8" and buffer.isascii() and _refers_beyond_ascii(buffer):
            self._encoding = "ascii"
        self._buffer = buffer
        self._references: dict[str, str] = {}

    def attribute(self, text: str, quote: str, raw: str, other: str) -> str:
        """`text` as the inside of an attribute in `quote`.

        `raw` is what stands there now, `other` the raw source. Newline, CR and TAB become
        character references, since an XML parser turns raw ones into spaces; only where the file
        itself writes them raw in this value (or its source) are they written raw again. Reading
        gives exactly `text` back in both cases.
        """
        out = text.replace("&", "&amp;").replace("<", "&lt;")
        if ">" in out and self._escapes(">", "&gt;", raw, other, self._greater):
            out = out.replace(">", "&gt;")
        if quote == '"':
            out = out.replace('"', "&quot;")
            if "'" in out and self._escapes("'", "&apos;", raw, other, self._apostrophe):
                out = out.replace("'", "&apos;")
        else:
            out = out.replace("'", "&apos;")
            if '"' in out and self._escapes('"', "&quot;", raw, other, False):
                out = out.replace('"', "&quot;")
        for character in "\n\r\t":
            if character in out and not _written_raw(character, raw or other):
                out = out.replace(character, self._reference(character))
        return self.fit(out)

    def content(self, text: str, raw: str, other: str) -> str:
        """`text` as element content. A CR becomes a reference unless the value holds raw ones."""
        out = text.replace("&", "&amp;").replace("<", "&lt;")
        if ">" in out and ("]]>" in out or self._escapes(">", "&gt;", raw, other, self._greater)):
            out = out.replace(">", "&gt;")
        for character, entity in (('"', "&quot;"), ("'", "&apos;")):
            if character in out and self._escapes(character, entity, raw, other, False):
                out = out.replace(character, entity)
        if "\r" in out and not _written_raw("\r", raw or other):
            out = out.replace("\r", self._reference("\r"))
        return self.fit(out)

    def cdata(self, text: str, raw: str) -> str:
        """`text` as one CDATA section; what CDATA cannot hold stands between two sections."""
        out = text.replace("]]>", "]]]]><![CDATA[>")
        if "\r" in out and "\r" not in raw:
            out = out.replace("\r", _CDATA_CLOSE + self._reference("\r") + _CDATA_OPEN)
        return _CDATA_OPEN + self.fit(out, "]]>&#%d;<![CDATA[") + _CDATA_CLOSE

    def fit(self, text: str, reference: str = "&#%d;") -> str:
        """Characters that the encoding lacks, or would not give back, as references."""
        if self._encoding.startswith("utf-") or self._holds(text):
            return text
        return "".join(c if self._holds(c) else reference % ord(c) for c in text)

    def _holds(self, text: str) -> bool:
        try:
            return text.encode(self._encoding).decode(self._encoding) == text
        except UnicodeError:
            return False

    def _reference(self, character: str) -> str:
        """How the file refers to LF, CR or TAB; decimal unless it shows something else."""
        if character not in self._references:
            number = ord(character)
            found = None
            if self._numbered:
                found = re.search(rb"&#(?:x0*%x|0*%d);" % (number, number), self._buffer, re.IGNORECASE)
            self._references[character] = found.group().decode("ascii") if found else f"&#{number};"
        return self._references[character]

    @staticmethod
    def _escapes(character: str, entity: str, raw: str, other: str, default: bool) -> bool:
        for known in (raw, other):
            if entity in known:
                return True
            if character in known:
                return False
        return default


def _written_raw(character: str, known: str) -> bool:
    """Whether a raw value writes the character itself and never refers to it by number."""
    if character not in known:
        return False
    return not any(_referred(m) == character for m in _REFERENCE.finditer(known))


def _refers_beyond_ascii(buffer: bytes) -> bool:
    return any((int(m[1], 16) if m[1] else int(m[2])) > 127 for m in _NUMBERED.finditer(buffer))
