"""Where terms are looked up: three tables by how their script writes words, each asked once a position of the text.

A table knows, for the beginning of a text's part, which lengths its keys have there, so that a
position costs one look-up where nothing begins, however many terms there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from apps.tm.matching import particles, stemming
from apps.tm.matching.term_text import BREAK, HAS_DENSE, HAS_HANGUL, WORD, Squeezed, Stream, read, squeeze

Found = tuple[int, int, str]
"""Start and end within the stream (words) or the squeezed stream (characters), and the key."""

COMPOUND = 3
"""Syllables of a Korean noun that is recognised at the head of a compound even when its rest is unknown."""
READINGS = 256
"""Ways to read a run of words with several stems each that are tried: no text of such words takes for ever."""
KATAKANA_WHOLE = 4
"""Katakana words shorter than this are recognised only where no other katakana touches them."""
# What may stand between two words of a term without parting them.
_SOFT = re.compile(r"[\s\-'\"_*“”„«»()\[\]]+")
_NO_SPACES, _NO_SPACES_BEFORE = re.compile(r"\S*"), re.compile(r"\S*\Z")
# Ends of a term that are no part of its name.
_LOOSE_ENDS = " \t\r\n\"'“”„«»()[]_*.!?…:;,"


@dataclass(slots=True)
class Table:
    """Keys with the ids of their terms, and the lengths of keys by their first item."""

    keys: dict[str, tuple[int, ...]] = field(default_factory=dict)
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Longest first. Items are words in the table of words, else characters."""

    def add(self, key: str, head: str, length: int, term_id: int) -> None:
        """Readers may be at work: tuples are replaced, never changed."""
        self.keys[key] = (*self.keys.get(key, ()), term_id)
        known = self.lengths.get(head, ())
        if length not in known:
            self.lengths[head] = tuple(sorted((*known, length), reverse=True))

    def remove(self, key: str, term_id: int) -> None:
        """Lengths stay: a length without keys costs a look-up, nothing else."""
        left = tuple(one for one in self.keys.get(key, ()) if one != term_id)
        if left:
            self.keys[key] = left
        else:
            self.keys.pop(key, None)


# ---- words ----
@dataclass(frozen=True, slots=True)
class Words:
    """Words of a stream: their places in it, and the stems under which each is looked up."""

    starts: list[int]
    ends: list[int]
    stems: list[tuple[str, ...]]


def words_of(stream: Stream, language: str) -> Words:
    """The words of a stream; those of scripts without spaces are not among them."""
    starts, ends, stems = [], [], []
    for found in WORD.finditer(stream.folded):
        starts.append(found.start())
        ends.append(found.end())
        stems.append(stemming.stems(found[0], language))
    return Words(starts, ends, stems)


def find_words(table: Table, words: Words) -> Iterator[Found]:
    """Runs of words that are keys; places are numbers of words."""
    lengths, keys, stems = table.lengths, table.keys, words.stems
    count = len(stems)
    for at, heads in enumerate(stems):
        for head in heads:
            for length in lengths.get(head, ()):
                if at + length > count:
                    continue
                for parts in islice(product((head,), *stems[at + 1 : at + length]), READINGS):
                    key = " ".join(parts)
                    if key in keys:
                        yield at, at + length, key


def gap(stream: Stream, words: Words, after: int) -> str:
    """What parts word `after` from the next one and is no space or hyphen."""
    between = stream.folded[words.ends[after] : words.starts[after + 1]]
    return "\n\n" if between.count("\n") > 1 else _SOFT.sub("", between)


# ---- characters ----
def at_position(table: Table, folded: str, at: int) -> Iterator[tuple[int, str]]:
    """(end, key) of the keys that stand at a position, longest first."""
    two, one = folded[at : at + 2], folded[at]
    keys = table.keys
    if len(two) == 2:
        for length in table.lengths.get(two, ()):
            key = folded[at : at + length]
            if len(key) == length and key in keys:
                yield at + length, key
    if one in keys and one in table.lengths:
        yield at + 1, one


def find_dense(table: Table, text: Squeezed) -> Iterator[Found]:
    """Keys anywhere, but not inside a word of Latin letters, of katakana, or inside a character with its marks."""
    folded = text.folded
    for at in range(len(folded)):
        for end, key in at_position(table, folded, at):
            if _stands_alone(text, at, end):
                yield at, end, key


def _stands_alone(text: Squeezed, at: int, end: int) -> bool:
    folded = text.folded
    if end < len(folded) and unicodedata.combining(folded[end]):
        return False
    for before, after in ((at - 1, at), (end - 1, end)):
        if before < 0 or after >= len(folded) or text.gaps[after] or text.parted[after]:
            continue
        kind = _kind(folded[before])
        if kind != _kind(folded[after]):
            continue
        if kind == "word" or (kind == "katakana" and end - at < KATAKANA_WHOLE):
            return False
    return True


def find_hangul(table: Table, text: Squeezed) -> Iterator[Found]:
    """Keys at the start of a word, alone or before what may end it: endings, or another key."""
    folded = text.folded
    starts = [at for at in range(len(folded)) if _boundary(text, at)]
    done: set[int] = set()
    while starts:
        at = starts.pop()
        if at in done:
            continue
        done.add(at)
        for end, key in at_position(table, folded, at):
            if _ends_here(text, at, end):
                yield at, end, key
            elif len(key) > 1 and _compound(table, text, end):
                # The next part is a term of its own: 소금여우 + 항구.
                yield at, end, key
                starts.append(end)
            elif len(key) >= COMPOUND:
                yield at, end, key


def _compound(table: Table, text: Squeezed, at: int) -> bool:
    found = at_position(table, text.folded, at)
    return any(len(key) > 1 and _ends_here(text, at, end) for end, key in found)


def _ends_here(text: Squeezed, at: int, end: int) -> bool:
    """Whether what is left of the word is nothing, or an ending of the noun."""
    if _boundary(text, end):
        return True
    stop, last = end, min(len(text.folded), end + particles.LONGEST + 1)
    while stop < last and particles.is_hangul(text.folded[stop]) and (stop == end or not _cut(text, stop)):
        stop += 1
    return stop - end <= particles.LONGEST and particles.may_end(text.folded[at:end], text.folded[end:stop])


def _cut(text: Squeezed, at: int) -> bool:
    return text.gaps[at] or text.parted[at]


def _boundary(text: Squeezed, at: int) -> bool:
    """Whether a word ends before the character and another begins with it."""
    if at >= len(text.folded) or _cut(text, at) or at == 0:
        return True
    before, after = _kind(text.folded[at - 1]), _kind(text.folded[at])
    return before != after or before == ""


def _kind(character: str) -> str:
    if particles.is_hangul(character):
        return "hangul"
    if "\u30a1" <= character <= "\u30fa" or character in "ー・ヽヾ":
        return "katakana" if character != "・" else ""
    if HAS_DENSE.match(character):
        return "dense"
    return "word" if character.isalnum() or unicodedata.combining(character) else ""


# ---- terms ----
@dataclass(frozen=True, slots=True)
class Parsed:
    """A term's source as the tables keep it: `kind` "words", "hangul" or "dense".

    `gaps` are of words what stands between them, of characters the places of the spaces; `lead` and
    `trail` are signs that belong to the name ("+1", "C#").
    """

    kind: str
    key: str
    head: str
    length: int
    exact: tuple[str, ...]
    gaps: tuple[str | int, ...]
    lead: str = ""
    trail: str = ""


def parse(source: str, language: str) -> Parsed | None:
    """How a term is kept; None for one that holds nothing to recognise."""
    stream = read(source)
    hangul = HAS_HANGUL.search(stream.folded)
    if not hangul and not HAS_DENSE.search(stream.folded):
        words = words_of(stream, language)
        if words.stems:
            return _parsed_words(stream, words)
    text = squeeze(stream)
    if not text.folded or not any(character.isprintable() for character in text.folded):
        return None
    head = text.folded[:2]
    gaps = tuple(n for n in range(1, len(text.folded)) if text.gaps[n])
    kind = "hangul" if hangul else "dense"
    return Parsed(kind, text.folded, head, len(text.folded), (text.exact,), gaps)


def _parsed_words(stream: Stream, words: Words) -> Parsed:
    stems = [found[0] for found in words.stems]
    exact = tuple(stream.exact[start:end] for start, end in zip(words.starts, words.ends, strict=True))
    gaps = tuple(gap(stream, words, n) for n in range(len(stems) - 1))
    lead = _NO_SPACES_BEFORE.search(stream.folded[: words.starts[0]])
    trail = _NO_SPACES.match(stream.folded[words.ends[-1] :])
    return Parsed(
        "words",
        " ".join(stems),
        stems[0],
        len(stems),
        exact,
        gaps,
        _signs(lead).lstrip(_LOOSE_ENDS),
        _signs(trail).rstrip(_LOOSE_ENDS),
    )


def _signs(found: re.Match[str] | None) -> str:
    return found[0] if found and BREAK not in found[0] else ""


def spaces_fit(text: Squeezed, at: int, end: int, written: Sequence[str | int]) -> bool:
    """Whether the spaces of the text's span fit those of the term: it may leave some out, and part long halves."""
    if True not in text.gaps[at + 1 : end]:
        return True
    found = [n - at for n in range(at + 1, end) if text.gaps[n]]
    if set(found) <= set(written):
        return True
    edges = [0, *found, end - at]
    return all(right - left > 1 for left, right in zip(edges, edges[1:], strict=False))
