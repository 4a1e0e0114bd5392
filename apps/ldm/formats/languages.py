"""Languages: codes, names, direction, how words are counted, and guesses from file names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Language:
    """A language. `by_character`: its words are counted by character (Chinese, Japanese)."""

    code: str
    english: str
    native: str
    rtl: bool = False
    by_character: bool = False


# code|English|native|flags (r: right to left, c: counted by character)
_TABLE = """
af|Afrikaans|Afrikaans|
ar|Arabic|العربية|r
az|Azerbaijani|Azərbaycanca|
be|Belarusian|Беларуская|
bg|Bulgarian|Български|
bn|Bengali|বাংলা|
bs|Bosnian|Bosanski|
ca|Catalan|Català|
cs|Czech|Čeština|
cy|Welsh|Cymraeg|
da|Danish|Dansk|
de|German|Deutsch|
de-AT|German (Austria)|Deutsch (Österreich)|
de-CH|German (Switzerland)|Deutsch (Schweiz)|
el|Greek|Ελληνικά|
en|English|English|
en-GB|English (United Kingdom)|English (United Kingdom)|
en-US|English (United States)|English (United States)|
eo|Esperanto|Esperanto|
es|Spanish|Español|
es-419|Spanish (Latin America)|Español (Latinoamérica)|
es-ES|Spanish (Spain)|Español (España)|
es-MX|Spanish (Mexico)|Español (México)|
et|Estonian|Eesti|
eu|Basque|Euskara|
fa|Persian|فارسی|r
fi|Finnish|Suomi|
fil|Filipino|Filipino|
fr|French|Français|
fr-CA|French (Canada)|Français (Canada)|
ga|Irish|Gaeilge|
gl|Galician|Galego|
gu|Gujarati|ગુજરાતી|
he|Hebrew|עברית|r
hi|Hindi|हिन्दी|
hr|Croatian|Hrvatski|
hu|Hungarian|Magyar|
hy|Armenian|Հայերեն|
id|Indonesian|Bahasa Indonesia|
is|Icelandic|Íslenska|
it|Italian|Italiano|
ja|Japanese|日本語|c
ka|Georgian|ქართული|
kk|Kazakh|Қазақ тілі|
km|Khmer|ខ្មែរ|
kn|Kannada|ಕನ್ನಡ|
ko|Korean|한국어|
ky|Kyrgyz|Кыргызча|
lo|Lao|ລາວ|
lt|Lithuanian|Lietuvių|
lv|Latvian|Latviešu|
mk|Macedonian|Македонски|
ml|Malayalam|മലയാളം|
mn|Mongolian|Монгол|
mr|Marathi|मराठी|
ms|Malay|Bahasa Melayu|
my|Burmese|မြန်မာ|
nb|Norwegian Bokmål|Norsk bokmål|
ne|Nepali|नेपाली|
nl|Dutch|Nederlands|
nn|Norwegian Nynorsk|Norsk nynorsk|
no|Norwegian|Norsk|
pa|Punjabi|ਪੰਜਾਬੀ|
pl|Polish|Polski|
pt|Portuguese|Português|
pt-BR|Portuguese (Brazil)|Português (Brasil)|
pt-PT|Portuguese (Portugal)|Português (Portugal)|
ro|Romanian|Română|
ru|Russian|Русский|
si|Sinhala|සිංහල|
sk|Slovak|Slovenčina|
sl|Slovenian|Slovenščina|
sq|Albanian|Shqip|
sr|Serbian|Српски|
sr-Latn|Serbian (Latin)|Srpski (latinica)|
sv|Swedish|Svenska|
sw|Swahili|Kiswahili|
ta|Tamil|தமிழ்|
te|Telugu|తెలుగు|
th|Thai|ไทย|
tr|Turkish|Türkçe|
uk|Ukrainian|Українська|
ur|Urdu|اردو|r
uz|Uzbek|Oʻzbekcha|
vi|Vietnamese|Tiếng Việt|
zh|Chinese|中文|c
zh-CN|Chinese (China)|中文（中国）|c
zh-HK|Chinese (Hong Kong)|中文（香港）|c
zh-Hans|Chinese (simplified)|简体中文|c
zh-Hant|Chinese (traditional)|繁體中文|c
zh-TW|Chinese (Taiwan)|中文（台灣）|c
zu|Zulu|isiZulu|
"""

LANGUAGES: dict[str, Language] = {
    code: Language(code, english, native, "r" in flags, "c" in flags)
    for code, english, native, flags in (line.split("|") for line in _TABLE.strip().splitlines())
}
_BY_LOWER = {code.lower(): code for code in LANGUAGES}

# Letter codes as publishers and stores use them, which are not BCP 47 (CH is Chinese, not Chamorro).
_PUBLISHER = {
    "sp": "es", "jp": "ja", "kr": "ko", "ch": "zh-CN", "cn": "zh-CN", "tw": "zh-TW", "hk": "zh-HK",
    "cz": "cs", "dk": "da", "gr": "el", "vn": "vi", "ua": "uk", "se": "sv", "ptbr": "pt-BR", "br": "pt-BR",
    "us": "en-US", "gb": "en-GB", "mx": "es-MX", "latam": "es-419", "esmx": "es-MX", "zhcn": "zh-CN",
    "zhtw": "zh-TW", "iw": "he", "in": "id",
    "eng": "en", "kor": "ko", "jpn": "ja", "chi": "zh", "zho": "zh", "chs": "zh-CN", "cht": "zh-TW",
    "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "spa": "es", "esp": "es", "rus": "ru", "por": "pt",
    "tur": "tr", "tha": "th", "ind": "id", "ita": "it", "pol": "pl", "vie": "vi", "ara": "ar", "ukr": "uk",
    "nld": "nl", "dut": "nl", "ces": "cs", "cze": "cs", "hun": "hu", "ron": "ro", "swe": "sv", "dan": "da",
    "fin": "fi", "nor": "no", "ell": "el", "heb": "he", "hin": "hi",
    "koreana": "ko", "schinese": "zh-CN", "tchinese": "zh-TW", "brazilian": "pt-BR",
}  # fmt: skip
_NAMES = {language.english.lower(): code for code, language in LANGUAGES.items() if " " not in language.english}
# Codes that are also English words: never taken from the front of a file's name.
_WORDS = frozenset(("am", "as", "at", "be", "he", "hi", "id", "in", "is", "it", "my", "no", "so", "us"))
_USUAL_SOURCES = ("en", "en-US", "en_US", "en-GB", "en_GB", "eng", "english", "ko", "ko-KR", "ko_KR", "kor", "kr")
_SPLIT = re.compile(r"[._\- ]+")


def find(code: str) -> Language | None:
    """The language of a code in any spelling (`pt_BR`, `PT-br`); `fr-BE` gives French; None if unknown."""
    wanted = normal_code(code)
    while wanted:
        if wanted in LANGUAGES:
            return LANGUAGES[wanted]
        wanted = wanted.rpartition("-")[0]
    return None


@cache
def normal_code(code: str) -> str:
    """A code in BCP 47's spelling (`zh-Hans-CN`, `pt-BR`), or "" when its form is wrong."""
    base = re.split("[@.]", code.strip())[0]  # POSIX: de_DE.UTF-8@euro
    parts = base.replace("_", "-").split("-")
    if not re.fullmatch("[A-Za-z]{2,3}", parts[0]) or not all(re.fullmatch("[A-Za-z0-9]{2,8}", p) for p in parts[1:]):
        return ""
    result = [parts[0].lower()]
    for part in parts[1:]:
        result.append(part.title() if len(part) == 4 and part.isalpha() else part.upper() if len(part) < 4 else part)
    return "-".join(result)


def guess_language(filename: str) -> str:
    """The BCP 47 code that a file's name or folder names, "" when none does.

    Reads `ui_ko.properties`, `ko.json`, `strings.de-DE.po`, `values-pt-rBR/strings.xml`,
    `locale/ko/LC_MESSAGES/x.po`, `languagedata_ENG.xml`, `BDO_TW.txt`.
    """
    *folders, name = re.split(r"[\\/]+", filename)
    stem = name.rpartition(".")[0] or name
    if code := _of_stem(stem):
        return code
    for folder in reversed(folders):
        if code := _of_folder(folder):
            return code
    return ""


def source_sibling(filename: str, candidates: Iterable[str], source_language: str = "") -> str | None:
    """The source-language file beside a translated file, chosen from `candidates` by its name.

    Prefers `source_language`, then the name without a language, then default and English, then
    Korean. None when the file's own name tells no language or no candidate fits.
    """
    mine = filename.replace("\\", "/")
    known = {candidate.replace("\\", "/").lower(): candidate for candidate in reversed(list(candidates))}
    known.pop(mine.lower(), None)
    for wanted in _sibling_names(mine, source_language):
        found = known.get(wanted.lower())
        if found is not None:
            return found
    return None


def _code_of(token: str) -> str:
    """The language that one token names: a code, a publisher's code or an English name."""
    lower = token.lower()
    if lower in _PUBLISHER and lower not in _BY_LOWER:
        return _PUBLISHER[lower]
    return _BY_LOWER.get(lower) or _NAMES.get(lower, "")


def _with_region(tokens: list[str]) -> str:
    """A code of two or three tokens (`pt BR`, `zh Hans`, `zh Hant TW`), "" when they are none."""
    if len(tokens) < 2 or not 2 <= len(tokens[0]) <= 3 or tokens[0].lower() not in _BY_LOWER:
        return ""
    code = normal_code("-".join(tokens))
    if code in LANGUAGES:
        return code
    region = tokens[-1]
    script_fits = len(tokens) == 2 or re.fullmatch("[A-Za-z]{4}", tokens[1]) is not None
    # An unlisted region counts when it is written as one: de_BE, fr-CH, not "de_it" or "EN_KR".
    region_fits = tokens[0].islower() and re.fullmatch("[A-Z]{2}|[0-9]{3}|Latn|Cyrl|Arab|Hans|Hant", region)
    return code if script_fits and region_fits else ""


def _of_stem(stem: str) -> str:
    tokens = [token for token in _SPLIT.split(stem) if token]
    for size in (3, 2):
        if len(tokens) >= size and (code := _with_region(tokens[-size:])):
            return code
    if tokens and (code := _code_of(tokens[-1])):
        return code
    for size in (3, 2):
        if len(tokens) > size and (code := _with_region(tokens[:size])):
            return code
    first = tokens[0] if tokens else ""
    if len(tokens) > 1 and (first.isupper() or first.lower() not in _WORDS):
        return _code_of(first)
    return ""


def _of_folder(folder: str) -> str:
    name = folder.removesuffix(".lproj")
    if name.startswith("values-"):
        name = re.sub(r"-r(?=[A-Z]{2}$)", "-", name.removeprefix("values-").removeprefix("b+").replace("+", "-"))
    tokens = [token for token in _SPLIT.split(name) if token]
    if len(tokens) == 1:
        return _code_of(tokens[0])
    return _with_region(tokens) if len(tokens) in (2, 3) else ""


def _sibling_names(filename: str, source_language: str) -> Iterable[str]:
    """Names the source file may have, best first, with `/` between folders."""
    folders, _, name = filename.rpartition("/")
    folders = f"{folders}/" if folders else ""
    dot = name.rfind(".")
    stem, ending = (name[:dot], name[dot:]) if dot > 0 else (name, "")
    mine = guess_language(filename)
    if not mine:
        return
    preferred = [source_language, source_language.replace("-", "_")] if source_language else []
    codes = [*preferred, *_USUAL_SOURCES]
    if _of_stem(stem):
        for before, after in _around_code(stem):
            bare = (before.rstrip("._- ") + after) if before else after.lstrip("._- ")
            generic = ["default", "source", "base", "template"]
            first = [f"{before}{code}{after}" for code in preferred]
            rest = [f"{before}{word}{after}" for word in [*generic, *codes]]
            yield from (f"{folders}{s}{ending}" for s in [*first, *([bare] if bare else []), *rest])
        return
    parts = folders.rstrip("/").split("/")
    at = next(i for i in range(len(parts) - 1, -1, -1) if _of_folder(parts[i]))
    for word in [*preferred, "", "Base", "default", *codes]:
        if parts[at].endswith(".lproj"):
            folder = f"{word or 'Base'}.lproj"
        elif parts[at].startswith("values-"):
            folder = f"values-{word}" if word else "values"
        else:
            folder = word
        yield "/".join([*parts[:at], *([folder] if folder else []), *parts[at + 1 :], name])


def _around_code(stem: str) -> list[tuple[str, str]]:
    """What stands before and after the language code in a file's stem."""
    found = list(re.finditer(r"[^._\- ]+", stem))
    ends = [(f.start(), f.end()) for f in found]
    result = []
    for size in (3, 2, 1):
        if len(ends) < size:
            continue
        last = [f[0] for f in found[-size:]]
        if (size > 1 and _with_region(last)) or (size == 1 and _code_of(last[0])):
            result.append((stem[: ends[-size][0]], stem[ends[-1][1] :]))
            break
        first = [f[0] for f in found[:size]]
        if size < len(ends) and ((size > 1 and _with_region(first)) or (size == 1 and _code_of(first[0]))):
            result.append(("", stem[ends[size - 1][1] :]))
            break
    return result
