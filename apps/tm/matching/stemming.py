"""Light stemming: enough to find a term in its inflected forms, not enough to confuse one word with another.

`stem` serves terms, `stems` the words of a text: the first of these is the same stem, the others
undo endings that would make two terms one if they were cut from terms too (English "-ing": the
text's "attacking" holds the term "attack", but its "even" does not hold the term "evening").
Words come in lower case. A language without rules keeps its words as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

_VOWELS = frozenset("aeiouyäöüáéíóúàèìòùâêîôûãõæøå")
_IRREGULAR = {
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "teeth": "tooth",
    "geese": "goose",
    "mice": "mouse",
    "lice": "louse",
    "dice": "die",
    "oxen": "ox",
    "people": "person",
    "fought": "fight",
    "struck": "strike",
    "stole": "steal",
    "stolen": "steal",
    "broke": "break",
    "broken": "break",
    "slain": "slay",
    "slew": "slay",
    "burnt": "burn",
    "frozen": "freeze",
    "froze": "freeze",
    "cast": "cast",
}

_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
_ACUTES = str.maketrans("áéíóúâêôãõ", "aeiouaeoao")

# Endings by family of languages.
_RUSSIAN = (
    "иями ями ами ого его ому ему ыми ими иях ием ией ях ах ов ев ей ой ый ий ая яя ое ее ые ие ых их ую юю ою ею "
    "ом ем ам ям ым им ью ия ии ию а я о е ы и у ю ь й"
)
_UKRAINIAN = "ями ами ого ому ими ою ею ів їв ей ий ій ої єю ах ях ом ем єм ам ям их ій ую юю а я о е є и і ї у ю ь й"
_POLISH = "ami ach ego emu ymi imi iem ów om ie ej ym im ych ich ą ę a e i o u y"
_CZECH = "ami emi ího ého ími ými ích ých ům em ou ám ím ým ách a e ě i í o u ů y ý á é"
_SCANDINAVIAN = "arnas ernas ornas arna erna orna ens ets ene ers ar er or en et as es a e n s"
_TURKISH_CASES = (
    "lardan lerden larda lerde lara lere ları leri ların lerin lar ler ndan nden dan den tan ten nda nde da de ta te "
    "nın nin nun nün ın in un ün yı yi yu yü ya ye ı i u ü a e"
)


def stem(word: str, language: str) -> str:
    """The stem of a term's word; `language` is a code such as "de" or "pt-BR"."""
    return stems(word, language)[0]


@lru_cache(maxsize=20_000)
def stems(word: str, language: str) -> tuple[str, ...]:
    """The stems under which a text's word is looked up; the first is `stem(word)`."""
    if len(word) < 3 or not word.isalpha():
        return (word,)
    rule = _RULES.get(language.replace("_", "-").partition("-")[0].lower())
    if rule is None:
        return (word,)
    found = rule(word)
    return found if len(found) == 1 else tuple(dict.fromkeys(found))


def _cut(word: str, endings: list[str], shortest: int) -> str:
    """The word without the first of the endings it has, where `shortest` characters remain."""
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word[: -len(ending)]
    return word


# ---- one function a language, or a family ----
def _english(word: str) -> tuple[str, ...]:
    word = _IRREGULAR.get(word, word)
    return (*_english_singulars(word), *_english_verbs(word))


def _english_singulars(word: str) -> tuple[str, ...]:
    """The word without its plural, and what else it may be the plural of: axes of axe and ax, knives of knife."""
    if word.endswith("ie"):
        return word, word[:-2] + "y"
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return (word,)
    one = word[:-1]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y", one
    if word.endswith("ves"):
        return one, word[:-3] + "f", word[:-3] + "fe", word[:-3] + "ff"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes", "oes")):
        return word[:-2], one
    return (one, word[:-2]) if word.endswith(("ses", "zes")) else (one,)


def _english_verbs(word: str) -> tuple[str, ...]:
    """The bases of which it may be a form in -ing or -ed."""
    for ending in ("ing", "ed"):
        base = word[: -len(ending)]
        if not word.endswith(ending) or len(base) < 3 or word.endswith("eed") or not _VOWELS & set(base):
            continue
        if ending == "ed" and base.endswith("i"):
            return (base[:-1] + "y",)
        if base[-1] == base[-2] and base[-1] not in "lsz":
            return (base[:-1],)
        return base, base + "e"
    return ()


def _german(word: str) -> tuple[str, ...]:
    word = word.translate(_UMLAUTS)
    # The genitive goes first, so that Bogens and Bogen come to the same stem. Fuchs has none.
    if word.endswith("es") and len(word) > 5:
        word = word[:-2]
    elif word.endswith("s") and len(word) > 4 and word[-2] in "bdfghklmnrt" and not word.endswith("chs"):
        word = word[:-1]
    weak = _cut(word, ["en", "em", "e"], 3)
    if weak == word and word.endswith(("eln", "ern")):
        weak = word[:-1]
    strong = _cut(weak, ["er"], 3)
    # Magier is no form of Magie.
    return (weak, strong) if strong != weak and not strong.endswith("i") else (weak,)


def _dutch(word: str) -> tuple[str, ...]:
    base = _cut(word, ["en", "s", "e", "n"], 3)
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in _VOWELS:
        base = base[:-1]
    base = base[:-1] + {"v": "f", "z": "s"}.get(base[-1], base[-1])
    # Open syllables write one vowel where closed ones write two: zwaard, zwaarden; draak, draken.
    if len(base) > 3 and base[-2] == base[-3] and base[-2] in _VOWELS:
        base = base[:-2] + base[-1]
    return (base,)


def _french(word: str) -> tuple[str, ...]:
    if word.endswith("eaux"):
        return (word[:-1],)
    if word.endswith("aux") and len(word) > 4:
        return (word[:-3] + "al",)
    base = _cut(word, ["s", "x"], 3)
    base = _cut(base, ["e"], 3)
    return (base[:-2] + "er",) if base.endswith("èr") else (base,)


def _spanish(word: str) -> tuple[str, ...]:
    base = _cut(word.translate(_ACUTES), ["es", "as", "os", "s", "a", "o", "e"], 3)
    return (base[:-1] + "c",) if base.endswith("z") else (base,)


def _portuguese(word: str) -> tuple[str, ...]:
    word = word.translate(_ACUTES)
    for plural, singular in (("oes", "ao"), ("aes", "ao"), ("ais", "al"), ("eis", "el"), ("ois", "ol")):
        if word.endswith(plural) and len(word) > 4:
            word = word[: -len(plural)] + singular
            break
    return (_cut(word, ["es", "as", "os", "s", "a", "o", "e"], 3),)


def _italian(word: str) -> tuple[str, ...]:
    return (_cut(word, ["chi", "che"], 3) + "c",) if word.endswith(("chi", "che")) else (_italian_vowel(word),)


def _italian_vowel(word: str) -> str:
    if word.endswith(("ghi", "ghe")) and len(word) > 4:
        return word[:-2]
    return _cut(word, ["ie", "ia", "io", "a", "e", "i", "o"], 3)


def _table(endings: str, shortest: int) -> Callable[[str], tuple[str, ...]]:
    ordered = sorted(endings.split(), key=len, reverse=True)
    return lambda word: (_cut(word, ordered, shortest),)


def _slavic(endings: str, fold: dict[int, int] | None = None) -> Callable[[str], tuple[str, ...]]:
    """A text's word is cut twice: a term may end like an ending (голем) where its forms do not (големов)."""
    ordered = sorted(endings.split(), key=len, reverse=True)

    def rule(word: str) -> tuple[str, ...]:
        first = _cut(word.translate(fold) if fold else word, ordered, 3)
        # Participles have one н in their short form.
        if first.endswith("нн"):
            first = first[:-1]
        return first, _cut(first, ordered, 3)

    return rule


_SCANDINAVIAN_RULE = _table(_SCANDINAVIAN, 3)
_RULES: dict[str, Callable[[str], tuple[str, ...]]] = {
    "en": _english,
    "de": _german,
    "nl": _dutch,
    "fr": _french,
    "es": _spanish,
    "pt": _portuguese,
    "it": _italian,
    "ru": _slavic(_RUSSIAN, str.maketrans("ё", "е")),
    "uk": _slavic(_UKRAINIAN),
    "pl": _slavic(_POLISH),
    "cs": _slavic(_CZECH),
    "sk": _slavic(_CZECH),
    "sv": _SCANDINAVIAN_RULE,
    "da": _SCANDINAVIAN_RULE,
    "nb": _SCANDINAVIAN_RULE,
    "no": _SCANDINAVIAN_RULE,
    "tr": _table(_TURKISH_CASES, 3),
}
