"""Guesses a table's layout from its first rows: by the header's words, else by content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .column_words import KEY_ORDER, Meaning, language_of, meaning, same_language
from .columns import ColumnRole, Layout

HEADER_SEARCH_ROWS = 10
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\s*[-+]?[\d.,]+(?:[eE][-+]?\d+)?%?\s*")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.:/\\#\[\]{}|@$-]+")
_CODE_LIKE = re.compile(r"[0-9_.:/\\#]|[a-z][A-Z]")


@dataclass(slots=True)
class _Stats:
    """What the cells of one column look like; shares are of the cells that have text."""

    filled: int = 0
    unique: int = 0
    hangul: float = 0.0
    letters: float = 0.0
    numbers: float = 0.0
    identifiers: float = 0.0
    code_like: float = 0.0

    @property
    def is_text(self) -> bool:
        return self.filled > 0 and self.letters >= 0.5

    @property
    def is_key(self) -> bool:
        return self.filled > 0 and self.unique == self.filled and self.identifiers >= 0.9


def guess_layout(
    rows: Sequence[Sequence[str]],
    header: bool | None = None,
    source_language: str = "",
    target_language: str = "",
) -> Layout:
    """The layout of a table from its first rows (ragged rows allowed).

    `header` None decides by itself whether there is a header; `Layout.header_row` is an index
    into `rows`. A table without a usable text column has no columns in its layout.
    """
    header_row = _find_header(rows) if header is not False else None
    if header and header_row is None and rows:
        header_row = 0
    width = max((len(row) for row in rows), default=0)
    titles: dict[int, str] = {}
    if header_row is not None:
        titles = {index: title.strip() for index, title in enumerate(rows[header_row]) if title.strip()}
    body = rows[(header_row + 1) if header_row is not None else 0 :]
    stats = [_measure([row[index] for row in body if index < len(row)]) for index in range(width)]
    layout = Layout(header_row=header_row, titles=titles)
    _Guess(layout, stats, source_language, target_language).run()
    return layout


class _Guess:
    """Fills a layout step by step; a column that has a role is not looked at again."""

    def __init__(self, layout: Layout, stats: list[_Stats], source_language: str, target_language: str) -> None:
        self.layout = layout
        self.stats = stats
        self.source_language = source_language
        self.target_language = target_language
        self.meanings = {index: meaning(title) for index, title in layout.titles.items()}
        self._settle_id()
        self.languages = [i for i, m in sorted(self.meanings.items()) if m.language and not m.role]

    def run(self) -> None:
        """Assign every role."""
        for role in ("context", "comment", "max_length", "speaker"):
            self._first_named(role)
        self._key_by_title()
        source = self._source()
        if source is None:
            source = self._described()
        if source is None:
            self.layout.columns.clear()
            return
        self._assign(source, "source", self.source_language)
        if not self.layout.with_role("key"):
            self._key_by_content(source)
        self._targets(source)

    def _settle_id(self) -> None:
        """ "id" is Indonesian where another column is the key and others are languages."""
        keys = [i for i, m in self.meanings.items() if m.role == "key" and not m.weak]
        languages = [i for i, m in self.meanings.items() if m.language]
        for index in keys if languages else []:
            others = len(keys) > 1 or (index > 0 and self.layout.titles.get(0, "") == "")
            if self.layout.titles[index] == "id" and others and index > languages[0]:
                self.meanings[index] = Meaning("", "id")

    def _assign(self, index: int, role: str, language: str = "") -> None:
        known = self.meanings.get(index, Meaning()).language
        code = known or (language_of(language) or language if role in ("source", "target") else "")
        self.layout.columns[index] = ColumnRole(role, code)

    def _free(self, index: int) -> bool:
        return index not in self.layout.columns

    def _first_named(self, role: str) -> None:
        named = [i for i, m in sorted(self.meanings.items()) if m.role == role and not m.language]
        if role == "context":  # a column called Context is better than Category or Description
            named.sort(key=lambda i: self.layout.titles[i].strip().lower() not in ("context", "문맥", "컨텍스트"))
        if named:
            self._assign(named[0], role)

    def _key_by_title(self) -> None:
        named = [i for i, m in sorted(self.meanings.items()) if m.role == "key"]

        def rank(index: int) -> tuple[bool, bool, int, int]:
            stats, word = self.stats[index], re.sub(r"[\W_]", "", self.layout.titles[index].lower())
            unsure = bool(stats.filled) and stats.unique < 0.9 * stats.filled
            return self.meanings[index].weak, unsure, KEY_ORDER.get(word, len(KEY_ORDER)), index

        named = [i for i in sorted(named, key=rank) if self.stats[i].filled or not self.meanings[i].weak]
        if named and not (rank(named[0])[0] and rank(named[0])[1]):  # a weak word must be backed by unique values
            self._assign(named[0], "key")

    def _source(self) -> int | None:
        explicit = [i for i, m in sorted(self.meanings.items()) if m.role == "source" and self._free(i)]
        wanted = [i for i in (*explicit, *self.languages) if self._speaks(i, self.source_language)]
        if wanted:
            return wanted[0]
        if explicit:
            return explicit[0]
        languages = [i for i in self.languages if not self._speaks(i, self.target_language)] or self.languages
        if languages:
            most = max(self.stats[i].filled for i in languages)
            full = [i for i in languages if self.stats[i].filled * 2 >= most] or languages
            return next((i for i in full if self._speaks(i, "ko") and self.stats[i].filled), full[0])
        free = [i for i in range(len(self.stats)) if self._may_be_text(i)]
        hangul = [i for i in free if self.stats[i].hangul >= 0.5]
        texts = hangul or [i for i in free if self.stats[i].is_text]
        if not texts and self.layout.titles:
            return None
        if len(texts) > 1 and not hangul and not self.layout.with_role("key"):
            first, second = self.stats[texts[0]], self.stats[texts[1]]
            coded = first.code_like >= 0.5 > second.code_like
            if first.is_key and (coded or second.identifiers < 0.5):
                return texts[1]  # ids made of letters come before the text they name
        return texts[0] if texts else None

    def _described(self) -> int | None:
        """A description is the text itself where no other column holds any."""
        for index in self.layout.with_role("context"):
            if self.stats[index].is_text:
                del self.layout.columns[index]
                return index
        return None

    def _speaks(self, index: int, language: str) -> bool:
        return bool(language) and same_language(self.meanings.get(index, Meaning()).language, language)

    def _may_be_text(self, index: int) -> bool:
        """No role yet, and the header says neither target nor anything else."""
        return self._free(index) and self.meanings.get(index, Meaning()).role in ("", "source", "key")

    def _key_by_content(self, source: int) -> None:
        for index, stats in enumerate(self.stats):
            named = self.meanings.get(index, Meaning())
            if not self._free(index) or named.role or named.language:
                continue
            enough = stats.filled * 10 >= self.stats[source].filled * 9
            coded = stats.code_like >= 0.5 or stats.numbers == 1
            if stats.is_key and enough and (coded or (index < source and index not in self.layout.titles)):
                self._assign(index, "key")
                return

    def _targets(self, source: int) -> None:
        explicit = [i for i, m in sorted(self.meanings.items()) if m.role == "target" and self._free(i)]
        languages = [i for i in self.languages if self._free(i)]
        if chosen := [i for i in (*explicit, *languages) if self._speaks(i, self.target_language)]:
            found = chosen
        elif explicit:
            found = explicit
        elif languages:
            found = languages
            self.layout.open_targets = True
        else:
            found = self._target_by_content(source)
        language = self.target_language if len(found) == 1 else ""
        for index in found:
            self._assign(index, "target", language)

    def _target_by_content(self, source: int) -> list[int]:
        """The next text column, else the next empty one, else a new column after the last."""
        width = len(self.stats)
        right = [*range(source + 1, width), *range(source)]
        free = [i for i in right if self._may_be_text(i) and self.meanings.get(i, Meaning()).role != "key"]
        untitled = [i for i in free if i not in self.layout.titles or not self.layout.titles]
        for index in untitled or free:
            if self.stats[index].is_text and index > source:
                return [index]
        for index in untitled:
            if not self.stats[index].filled and index > source:
                return [index]
        self.layout.new_target = True
        return [max(width, source + 1)]


def _find_header(rows: Sequence[Sequence[str]]) -> int | None:
    for number, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells or any(len(cell) > 60 or "\n" in cell for cell in cells):
            continue
        found = [meaning(cell) for cell in cells]
        roles = {(m.role, m.language) for m in found if (m.role or m.language) and not m.weak}
        useful = any(m.role in ("key", "source", "target") or m.language for m in found)
        if len(roles) >= 2 and useful and len(roles) * 4 >= len(cells):
            return number
        widest = max((sum(1 for cell in other if cell.strip()) for other in rows[1:HEADER_SEARCH_ROWS]), default=0)
        named = roles and len(roles) * 2 >= len(cells) and len(set(cells)) == len(cells)
        if number == 0 and named and len(cells) * 2 > widest:  # a single word above wider rows is a title
            return number
        if number == 0 and _unlike_the_rest(row, rows[1:]):
            return number
    return None


def _unlike_the_rest(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether row 1 names columns: words over numbers, or Latin words over Hangul."""
    if len(rest) < 2:
        return False
    different = 0
    for index, title in enumerate(first):
        stats = _measure([row[index] for row in rest if index < len(row)])
        if not title.strip() or not stats.filled:
            continue
        if _NUMBER.fullmatch(title) or len(title) > 40:
            return False
        foreign = stats.hangul >= 0.9 and stats.filled >= 2 and title.isascii()
        if (stats.numbers == 1 or foreign) and _LETTER.search(title):
            different += 1
    return different > 0


def looks_like_text(cells: Sequence[str]) -> bool:
    """Whether at least half of the cells that are not blank hold letters, and some do."""
    return _measure(cells).is_text


def _measure(cells: Sequence[str]) -> _Stats:
    texts = [cell.strip() for cell in cells if cell.strip()]
    if not texts:
        return _Stats()
    count = len(texts)

    def share(pattern: re.Pattern[str], whole: bool = False) -> float:
        test = pattern.fullmatch if whole else pattern.search
        return sum(1 for text in texts if test(text)) / count

    return _Stats(
        filled=count,
        unique=len(set(texts)),
        hangul=share(_HANGUL),
        letters=share(_LETTER),
        numbers=share(_NUMBER, whole=True),
        identifiers=share(_IDENTIFIER, whole=True),
        code_like=share(_CODE_LIKE),
    )
