"""What the words of a table's header mean: roles and languages, in English, Korean and common codes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Meaning(NamedTuple):
    """What a header cell says. `weak` meanings give way to any other evidence."""

    role: str = ""
    language: str = ""
    weak: bool = False


_ROLES: dict[str, str] = {
    "key": "stringid stringkey strid strkey textid textkey key keys msgid uid guid uuid identifier resourceid"
    " keyname keyid 키 키값 스트링키 스트링id 문자열키 텍스트키 식별자 아이디 id",
    "source": "source sourcetext sourcestring src srctext original originaltext originalstring orig strorigin"
    " origin 원문 원본 원어 소스 소스텍스트 한글원문",
    "target": "target targettext targetstring tgt translation translations translated translatedtext translate"
    " translationtext trans str localized localizedtext 번역 번역문 번역본 번역어 역문 타겟 타깃",
    "context": "context 문맥 맥락 컨텍스트 category 분류 카테고리 section description desc 설명 usage where",
    "comment": "comment comments note notes memo memo1 remark remarks devnote developercomment translatornote"
    " extracomment 메모 비고 코멘트 주석 참고 참고사항 노트",
    "max_length": "max maxlength maxlen maxchar maxchars maxcharacters maxsize charlimit characterlimit limit"
    " lengthlimit textlimit 최대 최대길이 최대글자 최대글자수 글자수 글자수제한 글자제한 길이제한 제한",
    "speaker": "speaker speakername npc npcname character charactername actor voice 화자 발화자 캐릭터 캐릭터명 인물",
}
_WEAK: dict[str, str] = {"key": "name label index idx no number row num tag code 번호 순번 이름 코드"}
_BY_WORD = {word: role for role, words in _ROLES.items() for word in words.split()}
_BY_WEAK_WORD = {word: role for role, words in _WEAK.items() for word in words.split()}
# Among several key columns, the earlier word is the better key.
KEY_ORDER = {word: rank for rank, word in enumerate(_ROLES["key"].split())}

_LANGUAGES: dict[str, str] = {
    "ko": "korean kor kr kokr korea 한국어 한글 국문 한국",
    "en": "english eng 영어 영문",
    "en-US": "englishus americanenglish usenglish",
    "en-GB": "englishuk britishenglish ukenglish",
    "ja": "japanese jpn jap jp 일본어 일어 일문 日本語",
    "zh-Hans": "schinese simplifiedchinese chinesesimplified chs sc zhcn zhhans 중국어간체 간체 简体中文 简体",
    "zh-Hant": "tchinese traditionalchinese chinesetraditional cht tc zhtw zhhant 중국어번체 번체 대만어 繁體中文",
    "zh": "chinese chn 중국어 중문 中文",
    "de": "german ger deu deutsch 독일어 독어",
    "fr": "french fra fre francais français 프랑스어 불어",
    "es": "spanish spa espanol español 스페인어 서반아어",
    "es-419": "latam latinamericanspanish spanishlatam spanishlatinamerica 중남미스페인어",
    "pt": "portuguese por portugues português 포르투갈어",
    "pt-BR": "brazilian brazilianportuguese portuguesebrazil portuguesebr ptbr 브라질어 브라질포르투갈어",
    "it": "italian ita italiano 이탈리아어",
    "ru": "russian rus русский 러시아어",
    "pl": "polish pol polski 폴란드어",
    "tr": "turkish tur türkçe 터키어 튀르키예어",
    "th": "thai tha ไทย 태국어",
    "vi": "vietnamese vie vn 베트남어",
    "id": "indonesian ind bahasaindonesia 인도네시아어",
    "ms": "malay msa 말레이어",
    "fil": "filipino tagalog 필리핀어",
    "ar": "arabic ara 아랍어",
    "nl": "dutch nld 네덜란드어",
    "sv": "swedish swe 스웨덴어",
    "da": "danish dan 덴마크어",
    "nb": "norwegian nor 노르웨이어",
    "fi": "finnish fin 핀란드어",
    "cs": "czech cze ces 체코어",
    "hu": "hungarian hun 헝가리어",
    "uk": "ukrainian ukr 우크라이나어",
    "ro": "romanian ron 루마니아어",
    "el": "greek ell 그리스어",
    "he": "hebrew heb 히브리어",
    "hi": "hindi hin 힌디어",
    "bg": "bulgarian bul 불가리아어",
    "ga": "irish gle 아일랜드어",
}
_BY_LANGUAGE = {word: code for code, words in _LANGUAGES.items() for word in words.split()}
_CODE_WORDS = (
    "ko en ja zh de fr es pt it ru pl tr th vi id ms fil ar nl sv da nb nn fi cs sk hu uk ro el he hi bg hr sr sl lt"
    " lv et fa bn ur ta te ka kk mn my km lo ga is ca eu gl af sq hy az be"
)
_CODES = frozenset(_CODE_WORDS.split())
_CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=4096)
def meaning(title: str) -> Meaning:
    """What a header cell says; an empty Meaning for a word that is not known."""
    words = _WORD.findall(title.lower())
    joined = "".join(words)
    if not joined or len(title) > 60:
        return Meaning()
    if joined in _BY_WORD:
        return Meaning(_BY_WORD[joined])
    if language := language_of(title):
        return Meaning("", language)
    if joined in _BY_WEAK_WORD:
        return Meaning(_BY_WEAK_WORD[joined], "", True)
    return _by_parts(title, words)


def language_of(title: str) -> str:
    """The language code for a language's name or code, "" if it is neither. "zh_CN" gives "zh-CN"."""
    joined = "".join(_WORD.findall(title.lower()))
    code = _CODE.fullmatch(title.strip())
    if code and code[1].lower() in _CODES:
        parts = [code[1].lower()]
        if code[2]:
            parts.append(code[2].title())
        if code[3]:
            parts.append(code[3].upper())
        return "-".join(parts)
    return _BY_LANGUAGE.get(joined, "")


def same_language(left: str, right: str) -> bool:
    """Whether two codes or names mean one language: equal, or one more precise than the other."""
    first, second = language_of(left) or left, language_of(right) or right
    return bool(first and second) and (
        first.lower() == second.lower()
        or first.lower().startswith(second.lower() + "-")
        or second.lower().startswith(first.lower() + "-")
    )


def _by_parts(title: str, words: list[str]) -> Meaning:
    """ "Target (English)", "text_ko", "Source KR": a role word, a language word, or both."""
    role = next((_BY_WORD[word] for word in words if word in _BY_WORD and word not in ("str", "max", "id")), "")
    language = next((_BY_LANGUAGE[word] for word in words if word in _BY_LANGUAGE), "")
    if not language and len(words) <= 4:
        ending = re.search(r"[\[(_\s-]([A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?)[\])]?$", title.strip())
        plain = words[0] in ("text", "string", "value", "lang")
        language = language_of(ending[1]) if ending and (role or plain) else ""
    if role in ("source", "target"):
        return Meaning(role, language)
    if language and len(words) <= 4 and not role:
        return Meaning("", language)
    if role and len(words) <= 3:
        return Meaning(role)
    return Meaning()
