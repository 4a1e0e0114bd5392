"""Writers of term bases, streaming to a binary file: TBX-Basic (2008, which every tool reads) and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import BinaryIO

from .base import FormatError
from .tbx_names import ADMITTED, FORBIDDEN, PREFERRED, USES
from .units_records import TermUnit
from .units_xlsx import write_table
from .xml_text import ILLEGAL

STATUS = {
    PREFERRED: "preferredTerm-admn-sts",
    ADMITTED: "admittedTerm-admn-sts",
    FORBIDDEN: "deprecatedTerm-admn-sts",
}
TITLES = ("Source", "Target", "Use", "Part of speech", "Definition", "Note", "Concept", "Case sensitive")


def write_tbx(stream: BinaryIO, terms: Iterable[TermUnit], *, source_language: str, target_language: str) -> int:
    """Write a term base and return the number of terms: `read_terms` gives the same terms back.

    Terms that follow each other with the same concept, source, definition and case rule share an
    entry. Raises FormatError naming the term for a character that XML cannot hold, for an unknown
    use, and for a term without a source or target.
    """
    if not source_language.strip() or not target_language.strip():
        raise FormatError("a term base needs a source and a target language")
    source, target = _escaped(source_language), _escaped(target_language)
    stream.write(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">\n'
            f'<martif type="TBX-Basic" xml:lang="{source}">\n  <martifHeader>\n    <fileDesc>\n      <sourceDesc>\n'
            "        <p>LocaNext</p>\n      </sourceDesc>\n    </fileDesc>\n    <encodingDesc>\n"
            '      <p type="XCSURI">TBXBasicXCSV02.xcs</p>\n    </encodingDesc>\n'
            "  </martifHeader>\n  <text>\n    <body>\n"
        ).encode()
    )
    count = 0
    for _, group in groupby(_numbered(terms), key=lambda item: item[0]):
        entry = [term for _, term in group]
        count += len(entry)
        stream.write(_entry(entry, source, target).encode())
    stream.write(b"    </body>\n  </text>\n</martif>\n")
    return count


def write_terms_xlsx(stream: BinaryIO, terms: Iterable[TermUnit]) -> int:
    """Write the terms as a sheet "Terms" and return their number. Raises FormatError as `write_table`."""
    rows = (
        (term.source, term.target, term.use, term.part_of_speech, term.definition, term.note, term.concept,
         "yes" if term.case_sensitive else "")
        for term in terms
    )  # fmt: skip
    return write_table(stream, "Terms", TITLES, rows)


def _numbered(terms: Iterable[TermUnit]) -> Iterator[tuple[object, TermUnit]]:
    """Terms with what those of one entry share; terms without a concept are entries of their own."""
    for number, term in enumerate(terms, 1):
        place = f"term {number} ({term.source[:40]!a})"
        if not term.source.strip() or not term.target.strip():
            raise FormatError("a term needs a source and a target", place)
        if term.use not in USES:
            raise FormatError("unknown use %(use)r; known: %(choices)s", place, use=term.use, choices=", ".join(USES))
        for text in (term.source, term.target, term.part_of_speech, term.definition, term.note, term.concept):
            if found := ILLEGAL.search(text):
                raise FormatError("XML cannot hold the character U+%(code)s", place, code=f"{ord(found.group()):04X}")
        shared = (term.concept, term.source, term.definition, term.case_sensitive)
        yield (shared if term.concept else number), term


def _entry(terms: list[TermUnit], source: str, target: str) -> str:
    first = terms[0]
    pieces = ["      <termEntry>\n"]
    if first.concept:
        # Concepts may repeat and need not have the form of an XML id.
        pieces.append(f'        <admin type="x-concept">{_escaped(first.concept)}</admin>\n')
    if first.definition:
        pieces.append(f'        <descrip type="definition">{_escaped(first.definition)}</descrip>\n')
    case = '            <termNote type="x-caseSensitive">true</termNote>\n' if first.case_sensitive else ""
    pieces.append(f'        <langSet xml:lang="{source}">\n          <tig>\n')
    pieces.append(f"            <term>{_escaped(first.source)}</term>\n{case}          </tig>\n        </langSet>\n")
    pieces.append(f'        <langSet xml:lang="{target}">\n')
    for term in terms:
        pieces.append(f"          <tig>\n            <term>{_escaped(term.target)}</term>\n")
        if term.part_of_speech:
            pos = _escaped(term.part_of_speech)
            pieces.append(f'            <termNote type="partOfSpeech">{pos}</termNote>\n')
        pieces.append(f'            <termNote type="administrativeStatus">{STATUS[term.use]}</termNote>\n')
        if term.note:
            pieces.append(f"            <note>{_escaped(term.note)}</note>\n")
        pieces.append("          </tig>\n")
    pieces.append("        </langSet>\n      </termEntry>\n")
    return "".join(pieces)


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\r", "&#13;")
