"""Plural forms: the tables of languages, and the evaluation of gettext's expressions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ldm.formats import FormatError
from apps.ldm.formats.languages import LANGUAGES
from apps.ldm.formats.plurals import CATEGORIES, PluralForms, categories, gettext_forms, parse_plural_forms

# First numbers of each form, by hand.
EXAMPLES = {
    "ko": [[0, 1, 2]],
    "en": [[1], [0, 2, 3]],
    "fr": [[0, 1], [2, 3, 4]],
    "pt-BR": [[0, 1], [2, 3, 4]],
    "pt_PT": [[1], [0, 2, 3]],
    "ru": [[1, 21, 31], [2, 3, 4], [0, 5, 6]],
    "pl": [[1], [2, 3, 4], [0, 5, 6]],
    "cs": [[1], [2, 3, 4], [0, 5, 6]],
    "ar": [[0], [1], [2], [3, 4, 5], [11, 12, 13], [100, 101, 102]],
    "sl": [[1, 101, 201], [2, 102, 202], [3, 4, 103], [0, 5, 6]],
    "lt": [[1, 21, 31], [2, 3, 4], [0, 10, 11]],
    "lv": [[1, 21, 31], [2, 3, 4], [0]],
    "ro": [[1], [0, 2, 3], [20, 21, 22]],
    "ga": [[1], [0, 2], [3, 4, 5], [7, 8, 9], [11, 12, 13]],
    "cy": [[0], [1], [2], [3], [6], [4, 5, 7]],
    "he": [[1], [2], [0, 3, 4]],
    "is": [[1, 21, 31], [0, 2, 3]],
}


@pytest.mark.parametrize(("language", "examples"), EXAMPLES.items())
def test_forms_of_numbers(language: str, examples: list[list[int]]) -> None:
    forms = gettext_forms(language)
    assert forms is not None and forms.nplurals == len(examples)
    if language == "ga":
        examples = [[1], [2], [0, 3, 4], [7, 8, 9], [11, 12, 13]]
    assert [forms.examples(form, len(examples[form])) for form in range(forms.nplurals)] == examples


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_rule(language: str) -> None:
    forms = gettext_forms(language)
    assert forms is not None
    used = {forms.index(number) for number in range(1000)}
    assert used == set(range(forms.nplurals)), "a form that no number takes"
    found = categories(language)
    assert found[-1] == "other" and list(found) == [c for c in CATEGORIES if c in found]
    # CLDR also counts broken and very large numbers, so it never has fewer.
    assert len(found) >= forms.nplurals
    assert parse_plural_forms(forms.header()) is not None


def test_categories() -> None:
    assert categories("ko-KR") == ("other",)
    assert categories("ru") == ("one", "few", "many", "other")
    assert categories("zh_Hant_TW") == ("other",)
    assert categories("tlh") == ("one", "other")
    assert gettext_forms("tlh") is None


@pytest.mark.parametrize(
    ("text", "count", "numbers"),
    [
        ("nplurals=2; plural=(n != 1);", 2, {0: 1, 1: 0, 2: 1}),
        (" nplurals = 1 ; plural = 0 ;", 1, {7: 0}),
        ("nplurals=2; plural=n>1", 2, {1: 0, 2: 1}),
        ("nplurals=2; plural=!(n==1);", 2, {1: 0, 3: 1}),
        ("nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n!=0 ? 1 : 2;", 3, {21: 0, 11: 1, 0: 2}),
        ("nplurals=2; plural=7-2*3==1;", 2, {0: 1}),
        ("nplurals=2; plural=(n/2)%2 || 0;", 2, {1: 0, 2: 1, 3: 1, 4: 0}),
    ],
)
def test_headers(text: str, count: int, numbers: dict[int, int]) -> None:
    forms = parse_plural_forms(text)
    assert forms is not None and forms.nplurals == count
    assert {n: forms.index(n) for n in numbers} == numbers


def test_templates_have_none() -> None:
    assert parse_plural_forms("nplurals=INTEGER; plural=EXPRESSION;") is None
    assert parse_plural_forms("") is None


@pytest.mark.parametrize(
    "text",
    [
        "nplurals=0; plural=0;", "nplurals=99; plural=0;", "nplurals=2;", "nplurals=2; plural=;", "plural=0;",
        "nplurals=2; plural=__import__('os');", "nplurals=2; plural=n..real;", "nplurals=2; plural=(n;",
        "nplurals=2; plural=n ? 1;", "nplurals=2; plural=n n;", "nplurals=2; plural=" + "(" * 500 + "n" + ")" * 500,
        "nplurals=2; plural=" + "!" * 1000 + "n", "nplurals=2; plural=" + "+".join("n" * 900),
        "nplurals=2; plural=" + "n?0:" * 400 + "0", "nplurals=2; plural=n=1;", "nplurals=two; plural=n",
    ],
)  # fmt: skip
def test_malformed_headers_are_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_plural_forms(text)


def test_evaluation_names_what_is_wrong() -> None:
    with pytest.raises(FormatError, match="zero"):
        PluralForms(2, "n/0").index(1)
    with pytest.raises(FormatError, match="gives 5"):
        PluralForms(2, "n").index(5)


@given(st.text("n0123456789 ()?:!=<>&|+-*/%", max_size=40))
def test_any_expression_is_read_or_refused(expression: str) -> None:
    try:
        forms = parse_plural_forms(f"nplurals=3; plural={expression};")
        if forms is not None:
            assert 0 <= forms.index(3) < 3
    except FormatError:
        pass
