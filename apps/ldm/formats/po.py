"""gettext catalogues (PO, POT): one segment a message, and one for every plural form.

The key of a segment is its msgid, with a msgctxt before it and `␄` (U+2404) between them: the
visible sign for the EOT that gettext's binary catalogues have there. `plural` is the index.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import Any

from .base import FormatError, FormatWarning, Inspection, Options, Segment
from .encodings import LARGER, Decoded, decode
from .option_checks import checked, refuse_empty, source_file
from .po_layout import finishing_edits, flags, max_length, strings
from .po_plurals import forms_needed, indexes, insertion_point, language_of, source_of
from .po_syntax import Entry, Scanner, comment_lines
from .sentences import Sentence
from .text_edits import Edit, Lines, TextDocument, inspection, line_end_warning

CONTEXT_SIGN = "␄"
_HEADER = re.compile(
    rb'(?:\A|[\r\n])(?:\xef\xbb\xbf)?[ \t]*msgid[ \t]*""\s*+msgstr[ \t]*((?:\s*+"(?:[^"\\\r\n]|\\.)*+")++)'
)
_COMMENT = re.compile(r"#[^\r\n]*+")  # for the stretch before an entry, which holds only comments
_OTHER_COMMENTS = frozenset((",", "=", "|", "~"))
_CHARSET = re.compile(rb"charset[ \t]*=[ \t]*([^\s\";\\]+)", re.IGNORECASE)

Site = tuple[Entry, int]


def read(filename: str, data: bytes, options: Options) -> PoDocument:
    """Read a catalogue. Options: the common ones and `nplurals`. Raises FormatError naming the line.

    With a source file (a catalogue whose msgids are keys) the source is that one's translation.
    """
    given = checked(options, {"nplurals": int})
    refuse_empty(data)
    warnings: list[FormatWarning] = []
    text = _decode(data, given.get("encoding", ""), warnings)
    scanner = Scanner(text.text, Lines(text.text))
    builder = _Builder(scanner, text, filename, given)
    builder.build()
    if chosen := source_file(given):
        _take_source(builder.segments, *chosen)
    effective = {name: value for name, value in given.items() if name != "source_file"}
    effective["encoding"] = text.encoding
    warnings += line_end_warning(text.text) + builder.warnings + scanner.warnings
    return PoDocument(data, text, effective, builder.segments, warnings, builder.sites)


def inspect(filename: str, data: bytes, options: Options, limit: int) -> Inspection:
    """The first segments. Raises FormatError like `read`."""
    return inspection(read(filename, data, options), limit)


class PoDocument(TextDocument):
    """A catalogue. A site is an entry and the index of its msgstr."""

    format = "po"

    def __init__(
        self,
        data: bytes,
        text: Decoded,
        options: dict[str, Any],
        segments: list[Segment],
        warnings: list[FormatWarning],
        sites: list[Site],
    ) -> None:
        super().__init__(data, text, options, segments, warnings)
        self._sites = sites

    def _edits(self, changes: dict[int, str]) -> Iterable[Edit]:
        finished: set[int] = set()
        for position, target in changes.items():
            entry, index = self._sites[position]
            place = self.segments[position].location
            if "\0" in target:
                raise FormatError("a PO file cannot hold the character U+0000", place)
            yield self._form_edit(entry, index, target, place)
            if id(entry) not in finished:
                finished.add(id(entry))
                text = self._decoded.text
                yield from finishing_edits(text, comment_lines(text, entry), place)

    def _form_edit(self, entry: Entry, index: int, target: str, place: str) -> Edit:
        text = self._decoded.text
        original = entry.plural if entry.plural is not None and index > 0 else entry.msgid
        pattern = text[original.strings : original.end]
        form = entry.single or entry.forms.get(index)
        if form is not None:
            return form.strings, form.end, strings(target, text[form.strings : form.end], pattern), place
        at, before = insertion_point(text, entry, index)
        sibling = next((text[f.strings : f.end] for _, f in sorted(entry.forms.items())), '""')
        return at, at, before + strings(target, sibling, pattern), place


class _Builder:
    """Makes the segments of one catalogue."""

    def __init__(self, scanner: Scanner, text: Decoded, filename: str, options: dict[str, Any]) -> None:
        self.scanner = scanner
        self.warnings: list[FormatWarning] = []
        self.segments: list[Segment] = []
        self.sites: list[Site] = []
        self._text = text
        self._filename = filename
        self._options = options
        self._seen: dict[str, int] = {}
        self._headers: dict[str, Entry] = {}

    def build(self) -> None:
        entries = self.scanner.entries()
        messages = [entry for entry in entries if not self._is_header(entry)]
        header = self._fields()
        language = language_of(self._filename, header, self._options)
        needed = forms_needed(language, header, self._options, self.warnings)
        for entry in messages:
            self._add(entry, needed)

    def _to_text(self, data: bytes) -> str:
        return data.decode(self._text.encoding)

    def _is_header(self, entry: Entry) -> bool:
        msgid = entry.msgid
        if entry.context is not None or entry.single is None:
            return False
        # Most msgids are one string, and not empty: no need to decode them here.
        if self._text.text[msgid.strings + 1] != '"' or self.scanner.decoded(msgid):
            return False
        if entry.domain in self._headers:
            place = self.scanner.lines.place(msgid.start)
            self.warnings.append(FormatWarning(place, Sentence("a second header (an empty msgid); left as it is")))
        self._headers.setdefault(entry.domain, entry)
        return True

    def _fields(self) -> dict[str, str]:
        """The header's fields, their names in lower case."""
        for entry in self._headers.values():
            if entry.single is None:
                continue
            lines = self.scanner.decoded(entry.single, self._to_text).split("\n")
            pairs = (line.partition(":") for line in lines)
            return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}
        return {}

    def _add(self, entry: Entry, needed: int | None) -> None:
        scanner = self.scanner
        msgid = scanner.decoded(entry.msgid, self._to_text)
        context = scanner.decoded(entry.context, self._to_text) if entry.context else ""
        line = scanner.lines.number(entry.msgid.start)
        key = self._unique(f"{context}{CONTEXT_SIGN}{msgid}" if entry.context else msgid, line)
        comment, location, limit, unfinished = "", f"line {line}", None, False
        if entry.comments < entry.first:
            comments = _COMMENT.findall(scanner.text, entry.comments, entry.first)
            comment, references = _comments(comments)
            location = f"{location}: {references}" if references else location
            limit = max_length(comments)
            unfinished = "fuzzy" in flags(comments)
        if entry.plural is None:
            target = scanner.decoded(entry.single, self._to_text) if entry.single else ""
            segment = Segment(key, msgid, target, context, comment, limit, location=location, unfinished=unfinished)
            self.segments.append(segment)
            self.sites.append((entry, 0))
            return
        plural = scanner.decoded(entry.plural, self._to_text)
        for index in indexes(entry, needed):
            form = entry.forms.get(index)
            target = scanner.decoded(form, self._to_text) if form else ""
            source = source_of(index, needed, msgid, plural)
            segment = Segment(key, source, target, context, comment, limit, str(index))
            segment.location, segment.unfinished = location, unfinished
            self.segments.append(segment)
            self.sites.append((entry, index))
            if needed is not None and index >= needed:
                self.warnings.append(
                    FormatWarning(
                        f"line {line}",
                        Sentence("msgstr[%(index)s] is more than the %(needed)s needed", index=index, needed=needed),
                    )
                )

    def _unique(self, key: str, line: int) -> str:
        count = self._seen[key] = self._seen.get(key, 0) + 1
        if count == 1:
            return key
        self.warnings.append(
            FormatWarning(
                f"line {line}", Sentence("the message %(key)r is there %(count)s times", key=key[:60], count=count)
            )
        )
        while f"{key}#{count}" in self._seen:
            count += 1
        self._seen[f"{key}#{count}"] = 1
        return f"{key}#{count}"


def _comments(lines: list[str]) -> tuple[str, str]:
    """The comments (the source code's, then the translators'), and the references in one line."""
    code: list[str] = []
    people: list[str] = []
    references: list[str] = []
    for line in lines:
        kind = line[1:2]
        if kind == ":":
            references.append(line[2:].strip())
        elif kind == ".":
            code.append(line[2:].strip())
        elif kind not in _OTHER_COMMENTS:
            people.append(line[1:].strip())
    return "\n".join(filter(None, code + people)), " ".join(filter(None, references))


def _decode(data: bytes, forced: str, warnings: list[FormatWarning]) -> Decoded:
    """By option, byte-order mark, the header's charset, then the usual guesses."""
    declared = ""
    header = _HEADER.search(data)
    charset = _CHARSET.search(header[1]) if header else None
    if charset and not forced:
        declared = charset[1].decode("ascii", "replace")
        try:
            codecs.lookup(declared)
        except (LookupError, ValueError):
            if declared.upper() != "CHARSET":
                warnings.append(
                    FormatWarning(
                        "header", Sentence("unknown charset %(declared)r; the encoding is guessed", declared=declared)
                    )
                )
            declared = ""
    try:
        return decode(data, declared, forced=forced)
    except FormatError:
        for larger in LARGER.get(codecs.lookup(declared).name, ()) if declared else ():
            try:
                text = decode(data, larger)
            except FormatError:
                continue
            warnings.append(
                FormatWarning(
                    "header",
                    Sentence(
                        "the charset %(declared)s needs %(larger)s; read as %(larger)s",
                        declared=declared,
                        larger=larger,
                    ),
                )
            )
            return text
        raise


def _take_source(segments: list[Segment], filename: str, data: bytes) -> None:
    try:
        document = read(filename, data, {})
    except FormatError as error:
        raise FormatError(
            "the source-language file %(filename)r cannot be read: %(why)s", filename=filename, why=error.whole()
        ) from None
    texts: dict[str, dict[str, str]] = {}
    for original in document.segments:
        if original.target:
            texts.setdefault(original.key, {})[original.plural] = original.target
    for segment in segments:
        forms = texts.get(segment.key)
        if forms:
            segment.source = forms.get(segment.plural) or forms[max(forms)]
