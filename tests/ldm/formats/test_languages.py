"""Languages: codes in any spelling, guesses from file names, and the source file beside a file."""

from __future__ import annotations

import pytest

from apps.ldm.formats.languages import LANGUAGES, find, guess_language, normal_code, source_sibling

PUBLISHER = {
    "DE": "de", "IT": "it", "PL": "pl", "EN": "en", "ES": "es", "SP": "es", "FR": "fr", "ID": "id", "JP": "ja",
    "PT": "pt", "RU": "ru", "TR": "tr", "TH": "th", "TW": "zh-TW", "CH": "zh-CN", "KR": "ko",
}  # fmt: skip


def test_table() -> None:
    assert len(LANGUAGES) >= 60
    assert {code for code, one in LANGUAGES.items() if one.rtl} == {"ar", "fa", "he", "ur"}
    assert {code.split("-")[0] for code, one in LANGUAGES.items() if one.by_character} == {"zh", "ja"}
    assert LANGUAGES["ko"].native == "한국어" and not LANGUAGES["ko"].by_character


@pytest.mark.parametrize(
    ("code", "found"),
    [("pt_br", "pt-BR"), ("ZH-hans", "zh-Hans"), ("fr-BE", "fr"), ("de_DE.UTF-8@euro", "de")],
)
def test_find(code: str, found: str) -> None:
    language = find(code)
    assert language is not None and language.code == found


@pytest.mark.parametrize("code", ["", "x", "tlh", "1", "german!", "-", "k o"])
def test_unknown_codes(code: str) -> None:
    assert find(code) is None


def test_normal_code() -> None:
    assert normal_code("SR_latn_rs") == "sr-Latn-RS"
    assert normal_code("not a code") == ""


@pytest.mark.parametrize(("letters", "code"), PUBLISHER.items())
@pytest.mark.parametrize("form", ["quest_{}.xlsx", "{}.txt", "BDO {}.tsv", "{}_dialog.xml", "loc/{}/quest.xml"])
def test_publisher_letters(letters: str, code: str, form: str) -> None:
    assert guess_language(form.format(letters)) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ui_ko.properties", "ko"),
        ("ko.json", "ko"),
        ("app_en.arb", "en"),
        ("strings.de-DE.po", "de-DE"),
        ("locale/ko/LC_MESSAGES/x.po", "ko"),
        ("locale\\pt_BR\\x.po", "pt-BR"),
        ("messages_zh_TW.properties", "zh-TW"),
        ("zh_Hant_TW.po", "zh-Hant-TW"),
        ("values-pt-rBR/strings.xml", "pt-BR"),
        ("values-b+sr+Latn/strings.xml", "sr-Latn"),
        ("values/strings.xml", ""),
        ("ko.lproj/Localizable.strings", "ko"),
        ("Base.lproj/Localizable.strings", ""),
        ("languagedata_ENG.xml", "en"),
        ("languagedata_KOR.xml", "ko"),
        ("dialog_korean.txt", "ko"),
        ("koreana.txt", "ko"),
        ("schinese.txt", "zh-CN"),
        ("quest_KR_EN.xlsx", "en"),
        ("de_BE.json", "de-BE"),
        ("default.json", ""),
        ("actors.properties", ""),
        ("no_items.json", ""),
        ("in_game.json", ""),
        ("item.json", ""),
        ("", ""),
        ("....", ""),
    ],
)
def test_guess_language(name: str, code: str) -> None:
    assert guess_language(name) == code


@pytest.mark.parametrize(
    ("name", "candidates", "found"),
    [
        ("i18n/ko.json", ["i18n/de.json", "i18n/en.json", "i18n/default.json"], "i18n/default.json"),
        ("i18n/ko.json", ["i18n/de.json", "i18n/en.json"], "i18n/en.json"),
        ("actors_ko.properties", ["actors_de.properties", "actors.properties", "x.properties"], "actors.properties"),
        ("app_pt_BR.arb", ["app_en.arb", "app_de.arb"], "app_en.arb"),
        ("ui_en.properties", ["ui_ko.properties", "ui_de.properties"], "ui_ko.properties"),
        ("ko_ui.json", ["ui.json", "en_ui.json"], "ui.json"),
        ("locale/ko/x.json", ["locale/en/y.json", "locale/en/x.json"], "locale/en/x.json"),
        ("res/values-ko/strings.xml", ["res/values/strings.xml"], "res/values/strings.xml"),
        ("ko.lproj/L.strings", ["Base.lproj/L.strings", "en.lproj/L.strings"], "Base.lproj/L.strings"),
        ("A\\KO.json", ["A\\EN.json"], "A\\EN.json"),
        ("ko.json", ["ko.json", "de.json"], None),
        ("default.json", ["en.json"], None),
        ("actors.properties", ["actors_ko.properties"], None),
        ("i18n/ko.json", ["other/en.json"], None),
    ],
)
def test_source_sibling(name: str, candidates: list[str], found: str | None) -> None:
    assert source_sibling(name, candidates) == found


def test_source_language_is_preferred() -> None:
    names = ["ui.properties", "ui_en.properties", "ui_ja.properties", "ui_zh_CN.properties"]
    assert source_sibling("ui_de.properties", names, "ja") == "ui_ja.properties"
    assert source_sibling("ui_de.properties", names, "zh-CN") == "ui_zh_CN.properties"
