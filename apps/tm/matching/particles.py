"""What may follow a Korean noun within its word: particles, the copula, and the verbs that nouns make.

A small table of our own, not a morphology: it answers whether the rest of a word can be the end
of a noun, which tells 검을 and 검입니다 (a sword) from 검색 (a search).
"""

from __future__ import annotations

import re

LONGEST = 24
"""Syllables of the longest ending; a remainder that is longer is none."""
_FIRST, _LAST = 0xAC00, 0xD7A3
_RIEUL = 8
"""Index of ㄹ among the 28 finals: 으로 is written 로 after it."""

# Suffixes that make another noun of the noun, before any particle.
_NOUN = "들|님|씨|군|양|께|쯤|씩|당|별|용|급|째|짜리|마다|끼리|투성이|때문|덕분|대신|자체|족|측"
# Short words are too often the beginning of another word for most of these.
_NOUN_SHORT = "들|님"
_PARTICLE = (
    "께서는|께서도|께서|에게서|에게로|에게|한테서|한테|에서|에다가|에다|에|의|으로서|으로써|로서|로써|으로부터|로부터|으로|로|"
    "은커녕|는커녕|은|는|이랑|랑|이나마|나마|이나|나|이라도|라도|이든지|든지|이든|든|이며|며|이고|이야말로|야말로|이야|야|"
    "이여|여|이시여|시여|이|가|을|를|와|과|하고|도|만큼|만|부터|까지|보다|처럼|같이|마다|조차|마저|밖에|뿐|대로|치고|따라|더러|보고|"
    "요|아"
)
_COPULA = (
    "이다|입니다|입니까|이에요|예요|이었|였|이고|고|이며|이면|면|이지만|지만|이니까|니까|이니|니|이라서|라서|이라면|라면|이라고|라고|"
    "이라는|라는|이라|라|이란|란|인가|인지|인데|인|일|임|이야|야|이자|자|이죠|죠|이지|지|이군|군|이네|네|이시|시|이십|십|답|다운|다워"
)
_TAIL = re.compile(rf"(?:{_NOUN})?(?:{_PARTICLE}){{0,4}}")
_TAIL_SHORT = re.compile(rf"(?:{_NOUN_SHORT})?(?:{_PARTICLE}){{0,4}}")
_COPULA_CLOSED = re.compile(rf"(?:{_NOUN})?(?:{_PARTICLE}){{0,2}}(?:{_COPULA})(?:요|만|도|는|을|은)?")
_COPULA_VERB = re.compile(
    rf"(?:{_NOUN})?(?:이었|였|이시|이십|인데|이라|라)(?:다|던|습니다|습니까|어요|고|지만|으며|으니|는데|을|니다|니까|도|요|네|군|죠|지)+"
)
# For nouns of one syllable only the copula that nothing else can be.
_COPULA_SHORT = re.compile(
    r"(?:이다|입니다|입니까|이에요|예요|이고|이며|이면|이지만|이니까|이라서|이라면|이라고|이라는|이란|인데|이죠|이군요|이네요)(?:요|만)?"
)
# A noun made a verb or an adjective: 공격하다, 마비됩니다, 폭발시키는, 신비롭게.
_VERB = re.compile(
    "(?:하|한|할|함|합|해|했|하였|되|된|될|됨|됩|돼|됐|시키|시킨|시킬|시킴|시킵|시켜|시켰|당하|당한|당할|당함|당합|당해|당했|"
    "받|스러|스럽|스런|롭|로운|로워|적인|적으로|적이)[가-힣]*"
)


def is_hangul(character: str) -> bool:
    """Whether it is a composed Hangul syllable."""
    return "가" <= character <= "힣"


def final(character: str) -> int | None:
    """Index of the final consonant of a syllable: 0 for none, 8 for ㄹ; None for anything but a syllable."""
    code = ord(character)
    return (code - _FIRST) % 28 if _FIRST <= code <= _LAST else None


def may_end(noun: str, rest: str) -> bool:
    """Whether `noun` + `rest` can be that noun with its endings; `rest` is the remainder of the word.

    Nouns of one syllable take particles only, and only those that fit their last sound: for longer
    ones the sound says nothing, because writers and placeholders get it wrong.
    """
    if not rest:
        return True
    if len(noun) > 1:
        return (
            _TAIL.fullmatch(rest) is not None
            or _COPULA_CLOSED.fullmatch(rest) is not None
            or _COPULA_VERB.fullmatch(rest) is not None
            or _VERB.fullmatch(rest) is not None
        )
    if not sounds_right(noun, rest):
        return False
    return _TAIL_SHORT.fullmatch(rest) is not None or _COPULA_SHORT.fullmatch(rest) is not None


# Beginnings of endings that ask for a final consonant, and those that ask for none.
_AFTER_FINAL = ("은", "이", "을", "과", "으로", "아")
_AFTER_VOWEL = (
    "는",
    "가",
    "를",
    "와",
    "로",
    "랑",
    "나",
    "라",
    "야",
    "여",
    "였",
    "예",
    "며",
    "든",
    "고",
    "면",
    "니",
    "지",
)


def sounds_right(noun: str, rest: str) -> bool:
    """Whether the ending fits the noun's last sound; True where the rule says nothing."""
    last = final(noun[-1])
    if last is None or not rest:
        return True
    if rest.startswith("으로"):
        return last not in (0, _RIEUL)
    if rest.startswith("로"):
        return last in (0, _RIEUL)
    # 입니다, 이다 and the like follow any sound in writing.
    if rest.startswith(("이다", "이고", "이며", "이면", "이야", "이라", "이니", "이에", "이었", "이지")):
        return True
    if rest.startswith(_AFTER_FINAL):
        return last != 0
    return not (rest.startswith(_AFTER_VOWEL) and last != 0)
