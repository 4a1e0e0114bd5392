"""Translation memories read as a stream: a million units in seconds, with memory that does not grow.

The text of a `seg` is all its character data: of a code that is the raw text inside (`<ph>{0}</ph>`
gives `{0}`), and nothing for a code without any. CR LF becomes LF, as every XML parser has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from . import xlsx_xml
from .base import FormatError
from .sentences import Sentence
from .tmx_names import ESCAPED, key_of, neighbour, role_of, truth
from .units_languages import EXACT, fits, listed, normal
from .units_records import Records, Unit
from .units_xml import Stream

TOOL = "LocaNext"
_SOURCE, _TARGET = 1, 2


class _Tuv(NamedTuple):
    """One text of a unit that is in a wanted language."""

    side: int
    score: int
    text: str
    attributes: Mapping[str, str]
    props: list[tuple[str, str]]
    notes: list[str]


class TmxReader(Records[Unit]):
    """The units of a TMX file in two languages.

    `source_language` "" is the header's, `target_language` "" the only other one. `skip_broken`
    leaves out units with unmatched codes, which are otherwise a FormatError.
    """

    def __init__(
        self, data: bytes, source_language: str = "", target_language: str = "", *, skip_broken: bool = False
    ) -> None:
        super().__init__("tmx")
        if source_language and normal(source_language) == normal(target_language):
            raise FormatError(
                "the source and the target are one language, %(source_language)s", source_language=source_language
            )
        self.source_language, self.target_language = source_language, target_language
        self.without = 0
        """Units that lack a text in one of the two languages."""
        self._skip_broken = skip_broken
        self._guessed_target = not target_language
        self._stream = Stream(data)
        self.encoding = self._stream.encoding
        if self._stream.guessed:
            self.warn("line 1", Sentence("No encoding is declared; read as %(encoding)s", encoding=self.encoding))
        self._sides: dict[str, tuple[int, int]] = {}
        self._found: list[Unit] = []
        self._own = False
        self._root = ""
        self._line = 0
        self._unit: Mapping[str, str] | None = None
        self._props: list[tuple[str, str]] = []
        self._notes: list[str] = []
        self._tuvs: list[_Tuv] = []
        self._tuv: Mapping[str, str] | None = None
        self._segs = 0
        self._side = (0, 0)
        self._tuv_props: list[tuple[str, str]] = []
        self._tuv_notes: list[str] = []
        self._inside = ""
        self._type = ""
        self._text = ""
        self._codes: dict[str, int] | None = None
        self._broken = ""
        parser = self._stream.parser
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        self.fill(self._run())

    def _run(self) -> Iterator[Unit]:
        for _ in self._stream.pieces():
            if self._found:
                found, self._found = self._found, []
                yield from found
        wanted = ((self.source_language, _SOURCE), (self.target_language, _TARGET))
        for language, side in wanted:
            if language and not any(side == s for s, score in self._sides.values() if score):
                raise FormatError(
                    "there is no text in %(language)s; the file has: %(names)s",
                    "file",
                    language=language,
                    names=listed(self.languages),
                )
        if not self.languages:
            raise FormatError("there is no text in any language", "file")
        if not self.target_language:
            raise FormatError("there is only one language: %(names)s", "file", names=listed(self.languages))
        if self.without:
            pair = f"{self.source_language} or {self.target_language}"
            self.warn(
                "file",
                Sentence("%(count)s units have no text in %(pair)s: left out", count=f"{self.without:,}", pair=pair),
            )
        self._warn_of_several()

    def _warn_of_several(self) -> None:
        for side, wanted in ((_SOURCE, self.source_language), (_TARGET, self.target_language)):
            related = [language for language, (s, score) in self._sides.items() if s == side and score]
            if len(related) > 1:
                self.warn(
                    "file",
                    Sentence(
                        "several languages fit %(wanted)s: %(names)s; the closest of each unit is taken",
                        wanted=wanted,
                        names=listed(related),
                    ),
                )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "tuv":
            self._start_tuv(attributes)
        elif name == "seg":
            if self._tuv is None or self._inside or self._segs:
                raise FormatError("a <seg> that is not the only one of a <tuv>", self._stream.place())
            self._segs = 1
            self._inside, self._codes = "seg", None
            if self._side[1]:
                self._stream.listen()
        elif name == "tu":
            if self._unit is not None or self._inside:
                raise FormatError("a <tu> inside another", self._stream.place())
            self._unit = attributes
            self._line = self._stream.parser.CurrentLineNumber
            self._props, self._notes, self._tuvs, self._broken = [], [], [], ""
        elif not self._inside and name in ("prop", "note"):
            self._inside, self._type = name, attributes.get("type", "")
            self._stream.listen()
        else:
            self._start_other(name, attributes)

    def _start_tuv(self, attributes: dict[str, str]) -> None:
        if self._unit is None or self._tuv is not None or self._inside:
            raise FormatError("a <tuv> that is not directly in a <tu>", self._stream.place())
        language = attributes.get("xml:lang") or attributes.get("lang") or ""
        side = self._sides.get(language)
        if side is None:
            if not language.strip():
                raise FormatError("a <tuv> without xml:lang", self._stream.place())
            side = self._sides[language] = self._side_of(language)
            self.languages.setdefault(language, 0)
        self.languages[language] += 1
        self._tuv, self._side, self._segs = attributes, side, 0
        self._tuv_props, self._tuv_notes, self._text = [], [], ""

    def _start_other(self, name: str, attributes: dict[str, str]) -> None:
        self._stream.down()
        if not self._root:
            self._root = name
            if name != "tmx":
                raise FormatError("the root element is <%(name)s>, not <tmx>", self._stream.place(), name=name)
        elif name == "header":
            self._own = attributes.get("creationtool") == TOOL
            named = attributes.get("srclang", "").strip()
            if not self.source_language and named.lower() != "*all*":
                self.source_language = named
        elif self._inside == "seg" and name in ("bpt", "ept"):
            self._code(name, attributes.get("i", ""))

    def _code(self, name: str, number: str) -> None:
        if self._codes is None:
            self._codes = {}
        if name == "bpt" and number not in self._codes:
            self._codes[number] = 1
        elif name == "bpt":
            self._break(Sentence('<bpt i="%(number)s"> is opened twice', number=number))
        elif self._codes.pop(number, None) is None:
            self._break(Sentence('<ept i="%(number)s"> closes no <bpt>', number=number))

    def _break(self, text: Sentence) -> None:
        if not self._skip_broken:
            raise FormatError(text, self._stream.place())
        self._broken = text

    def _end(self, name: str) -> None:
        if name == "seg":
            if self._side[1]:
                self._text = self._stream.heard()
            if self._codes:
                number = next(iter(self._codes))
                self._break(Sentence('<bpt i="%(number)s"> is never closed by an <ept>', number=number))
            self._inside = ""
        elif name == "tuv":
            if not self._segs:
                raise FormatError("a <tuv> without a <seg>", self._stream.place())
            if self._side[1] and self._tuv is not None:
                tuv = _Tuv(*self._side, self._text, self._tuv, self._tuv_props, self._tuv_notes)
                self._tuvs.append(tuv)
            self._tuv = None
        elif name == "tu":
            self._end_unit()
            self._unit = None
        elif name == self._inside:
            self._end_remark(self._stream.heard())
            self._inside = ""
        else:
            self._stream.up()

    def _end_remark(self, text: str) -> None:
        if self._unit is None:
            return  # the header's
        if self._inside == "prop":
            (self._props if self._tuv is None else self._tuv_props).append((self._type, text))
        elif text:
            (self._notes if self._tuv is None else self._tuv_notes).append(text)

    def _side_of(self, language: str) -> tuple[int, int]:
        """Which side a language is on, and how well it fits."""
        if not self.source_language:
            raise FormatError(
                "the file names no source language; it has %(language)s: choose one", "file", language=language
            )
        source, target = fits(self.source_language, language), fits(self.target_language, language)
        if not source and not self.target_language:
            self.target_language = language
            target = EXACT
        elif not source and not target and self._guessed_target:
            names = listed([*self.languages, language])
            raise FormatError(
                "there are several target languages: %(names)s; choose one", self._stream.place(), names=names
            )
        return (_SOURCE, source) if source >= target else (_TARGET, target)

    def _end_unit(self) -> None:
        sources = [tuv for tuv in self._tuvs if tuv.side == _SOURCE]
        targets = [tuv for tuv in self._tuvs if tuv.side == _TARGET]
        if not sources or not targets:
            self.without += 1
            return
        place = f"line {self._line}"
        if self._broken:
            self.skip(place, self._broken)
            return
        source = sources[0] if len(sources) == 1 else max(sources, key=lambda tuv: tuv.score)
        if len(targets) > 1:
            best = max(tuv.score for tuv in targets)
            targets = [tuv for tuv in targets if tuv.score == best]
        for target in targets:
            if not source.text.strip() or not target.text.strip():
                self.skip(
                    place,
                    Sentence("the source is empty") if not source.text.strip() else Sentence("the target is empty"),
                )
            else:
                self._found.append(self._made(source, target, place))

    def _made(self, source: _Tuv, target: _Tuv, place: str) -> Unit:
        unit = self._unit or {}
        said: dict[str, str] = {}
        props = self._props
        if source.props or target.props:
            props = [*props, *source.props, *target.props]
        for name, text in props:
            said.setdefault(role_of(name), text)
        note = "\n".join(dict.fromkeys((*self._notes, *source.notes, *target.notes)))
        plain, attributes = not self._own, target.attributes
        previous, following = said.get("previous"), said.get("next")
        made = Unit(
            key_of(unit.get("tuid", ""), props),
            source.text,
            target.text,
            previous and neighbour(previous) if plain else previous,
            following and neighbour(following) if plain else following,
            said.get("speaker", ""),
            note,
            _first(attributes, unit, "changeid") or _first(attributes, unit, "creationid"),
            date_of(_first(attributes, unit, "creationdate")),
            date_of(_first(attributes, unit, "changedate")),
            truth(said["confirmed"]) if "confirmed" in said else None,
            place,
        )
        return _unescaped(made) if said.get("escaped") == ESCAPED and self._own else made


def _first(attributes: Mapping[str, str], unit: Mapping[str, str], name: str) -> str:
    return attributes.get(name) or unit.get(name, "")


def _unescaped(unit: Unit) -> Unit:
    """A unit whose texts hold characters that XML cannot, which our writer wrote as `_xHHHH_`."""
    decoded: dict[str, Any] = {}
    for name in ("key", "source", "target", "previous", "next", "speaker", "note", "author"):
        value = getattr(unit, name)
        if value:
            decoded[name] = xlsx_xml.unescape(value)
    return unit._replace(**decoded)


@lru_cache(maxsize=65_536)
def date_of(text: str) -> datetime | None:
    """`20260102T030405Z`, also with dashes and colons or an offset; None for anything else."""
    plain = text.strip()
    if len(plain) == 8 and plain.isdecimal():
        plain += "T000000Z"
    try:
        found = datetime.fromisoformat(plain)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found - timedelta(microseconds=found.microsecond)
