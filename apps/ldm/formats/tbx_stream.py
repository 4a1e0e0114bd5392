"""Term bases (TBX of 2008 and 2019, DCA and DCT) read as a stream of terms in two languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .base import FormatError
from .sentences import Sentence
from .tbx_names import ADMITTED, ENTRIES, FORBIDDEN, LANGUAGES, PREFERRED, TERM, category, is_true, local, use_of
from .units_languages import fits, listed, normal
from .units_records import Records, TermUnit
from .units_xml import Stream

_SAID = frozenset(
    ("descrip", "termNote", "admin", "note", "transac", "xref", "ref", "date", "transacNote", "adminNote")
)  # fmt: skip
_STRENGTH = {"": 0, PREFERRED: 1, ADMITTED: 2, FORBIDDEN: 3}


@dataclass(slots=True)
class _Said:
    """What is said of a concept, of its terms in one language, or of one term."""

    use: str = ""
    part_of_speech: str = ""
    definition: list[str] = field(default_factory=list)
    note: list[str] = field(default_factory=list)
    concept: str = ""
    case_sensitive: bool = False


@dataclass(slots=True)
class _Term:
    text: str
    said: _Said


@dataclass(slots=True)
class _Language:
    side: int
    score: int
    said: _Said = field(default_factory=_Said)
    terms: list[_Term] = field(default_factory=list)


class TbxReader(Records[TermUnit]):
    """The terms of a TBX file: every term of the source language with every one of the target.

    Concepts without a term in one of the two languages are left out and counted.
    """

    def __init__(self, data: bytes, source_language: str, target_language: str) -> None:
        super().__init__("tbx")
        if normal(source_language) == normal(target_language):
            raise FormatError(
                "the source and the target are one language, %(source_language)s", source_language=source_language
            )
        self._wanted = (source_language, target_language)
        self._stream = Stream(data)
        self.encoding = self._stream.encoding
        self._found: list[TermUnit] = []
        self._path: list[str] = []
        self._concept: _Said | None = None
        self._id = ""
        self._line = 0
        self._languages: list[_Language] = []
        self._language: _Language | None = None
        self._pending: _Said | None = None
        """What is said of the term that is being read; a term may come after it."""
        self._listening = ""
        self._kind = ""
        self._depth = 0
        parser = self._stream.parser
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        self.fill(self._run())

    def _run(self) -> Iterator[TermUnit]:
        for _ in self._stream.pieces():
            found, self._found = self._found, []
            yield from found
        for wanted in self._wanted:
            if not any(fits(wanted, language) for language in self.languages):
                raise FormatError(
                    "there is no term in %(wanted)s; the file has: %(names)s",
                    "file",
                    wanted=wanted,
                    names=listed(self.languages),
                )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._stream.down()
        plain = local(name)
        if not self._path and plain not in ("martif", "tbx"):
            raise FormatError("the root element is <%(name)s>, not <martif> or <tbx>", self._stream.place(), name=name)
        self._path.append(plain)
        if self._listening:
            return
        if plain in ENTRIES:
            if self._concept is not None:
                raise FormatError("a concept inside another", self._stream.place())
            self._concept, self._languages, self._id = _Said(), [], attributes.get("id", "")
            self._line = self._stream.parser.CurrentLineNumber
        elif plain in LANGUAGES:
            self._start_language(name, attributes)
        elif self._language is not None and plain in ("tig", "ntig", "termSec"):
            self._pending = _Said()
        elif plain == TERM and self._language is not None:
            self._listen(plain, TERM)
        elif self._concept is not None:
            self._kind = category(plain, attributes.get("type", ""))
            # In DCT style any element of another name space is a category.
            if plain in _SAID or (":" in name and plain not in ("termGrp", "descripGrp", "transacGrp", "adminGrp")):
                self._listen(plain, self._kind)

    def _start_language(self, name: str, attributes: dict[str, str]) -> None:
        if self._concept is None or self._language is not None:
            raise FormatError("a <%(name)s> that is not directly in a concept", self._stream.place(), name=name)
        language = attributes.get("xml:lang") or attributes.get("lang") or ""
        if not language.strip():
            raise FormatError("a <%(name)s> without xml:lang", self._stream.place(), name=name)
        source, target = (fits(wanted, language) for wanted in self._wanted)
        self.languages.setdefault(language, 0)
        self._language = _Language(0 if source >= target else 1, max(source, target))
        self._languages.append(self._language)
        self._named = language

    def _listen(self, plain: str, kind: str) -> None:
        self._listening, self._kind, self._depth = plain, kind, len(self._path)
        self._stream.listen()

    def _end(self, name: str) -> None:
        self._stream.up()
        plain = self._path.pop()
        if self._listening:
            if len(self._path) + 1 == self._depth:
                self._listening = ""
                self._hear(self._stream.heard())
        elif plain in ENTRIES:
            self._end_concept()
            self._concept = None
        elif plain in LANGUAGES:
            self._language = self._pending = None
        elif plain in ("tig", "ntig", "termSec"):
            self._pending = None

    def _hear(self, text: str) -> None:
        if self._kind == TERM and self._language is not None:
            self.languages[self._named] += 1
            if self._pending is None:
                self._pending = _Said()
            self._language.terms.append(_Term(text, self._pending))
            return
        said = self._pending or (self._language.said if self._language is not None else self._concept)
        if said is None or not text.strip():
            return
        use = use_of(self._kind, text)
        if _STRENGTH[use] > _STRENGTH[said.use]:
            said.use = use
        if self._kind in ("partofspeech", "pos"):
            said.part_of_speech = text
        elif self._kind == "definition":
            said.definition.append(text)
        elif self._kind in ("note", "usagenote", "comment"):
            said.note.append(text)
        elif self._kind == "concept" and said is self._concept:
            said.concept = text
        elif self._kind.startswith("casesens"):
            said.case_sensitive = is_true(text)

    def _end_concept(self) -> None:
        sides: tuple[list[_Language], list[_Language]] = ([], [])
        for language in self._languages:
            if language.score:
                sides[language.side].append(language)
        best = [[one for one in side if one.score == max(x.score for x in side)] for side in sides]
        sources = [(term, language) for language in best[0] for term in language.terms if term.text.strip()]
        targets = [(term, language) for language in best[1] for term in language.terms if term.text.strip()]
        if not sources or not targets:
            wanted = self._wanted[1] if sources else self._wanted[0]
            self.skip(f"line {self._line}", Sentence("this concept has no term in %(wanted)s", wanted=wanted))
            return
        for source, spoken in sources:
            for target, written in targets:
                self._found.append(self._made(source, spoken, target, written))

    def _made(self, source: _Term, spoken: _Language, target: _Term, written: _Language) -> TermUnit:
        concept = self._concept or _Said()
        said = (target.said, written.said, source.said, spoken.said, concept)
        uses = [one.use for one in (target.said, written.said, concept) if one.use]
        return TermUnit(
            source.text,
            target.text,
            max(uses, key=_STRENGTH.__getitem__, default=PREFERRED),
            next((one.part_of_speech for one in said if one.part_of_speech), ""),
            "\n".join(dict.fromkeys(text for one in reversed(said) for text in one.definition)),
            "\n".join(dict.fromkeys(text for one in reversed(said) for text in one.note)),
            concept.concept or self._id,
            any(one.case_sensitive for one in said),
        )
