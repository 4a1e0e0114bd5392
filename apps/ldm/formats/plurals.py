"""Plural forms: CLDR cardinal categories and gettext expressions of languages, and their evaluation."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from .base import FormatError
from .languages import normal_code

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
MAX_FORMS = 20
_MAX_LENGTH = 2000
_MAX_DEPTH = 60

_SLAVIC = "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2"
# languages: categories of whole and broken numbers: nplurals, expression (of whole numbers)
_TABLE: tuple[tuple[str, str, int, str], ...] = (
    ("id ja km ko lo ms my th vi zh", "other", 1, "0"),
    (
        "af az bg bn da de el en eo et eu fi fil gl hu hy ka kk kn ky ml mn mr nb ne nl nn no sq sv sw ta te tr ur uz",
        "one other",
        2,
        "n != 1",
    ),
    ("fa gu hi pa si zu", "one other", 2, "n > 1"),
    ("es it ca", "one many other", 2, "n != 1"),
    ("fr pt", "one many other", 2, "n > 1"),
    ("pt-PT", "one many other", 2, "n != 1"),
    ("is mk", "one other", 2, "n%10!=1 || n%100==11"),
    ("be ru uk", "one few many other", 3, _SLAVIC),
    ("bs hr sr", "one few other", 3, _SLAVIC),
    ("pl", "one few many other", 3, "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2"),
    ("cs sk", "one few many other", 3, "n==1 ? 0 : n>=2 && n<=4 ? 1 : 2"),
    (
        "lt",
        "one few many other",
        3,
        "n%10==1 && (n%100<11 || n%100>19) ? 0 : n%10>=2 && (n%100<11 || n%100>19) ? 1 : 2",
    ),
    ("lv", "zero one other", 3, "n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2"),
    ("ro", "one few other", 3, "n==1 ? 0 : n==0 || (n%100>0 && n%100<20) ? 1 : 2"),
    ("sl", "one two few other", 4, "n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3"),
    ("he", "one two other", 3, "n==1 ? 0 : n==2 ? 1 : 2"),
    ("ga", "one two few many other", 5, "n==1 ? 0 : n==2 ? 1 : n<7 ? 2 : n<11 ? 3 : 4"),
    ("cy", "zero one two few many other", 6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5"),
    (
        "ar",
        "zero one two few many other",
        6,
        "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5",
    ),
)
_RULES: dict[str, tuple[tuple[str, ...], int, str]] = {
    code: (tuple(categories.split()), count, expression)
    for codes, categories, count, expression in _TABLE
    for code in codes.split()
}


@dataclass(frozen=True)
class PluralForms:
    """A gettext `Plural-Forms` value: how many forms, and which one a number takes."""

    nplurals: int
    expression: str

    def header(self) -> str:
        """ "nplurals=2; plural=(n != 1);" """
        return f"nplurals={self.nplurals}; plural=({self.expression});"

    def index(self, number: int) -> int:
        """The form of a number. Raises FormatError when the expression divides by zero or leaves the range."""
        try:
            result = _compiled(self.expression)(number)
        except ZeroDivisionError:
            raise FormatError("the plural expression divides by zero for n = %(number)s", number=number) from None
        if not 0 <= result < self.nplurals:
            raise FormatError(
                "the plural expression gives %(result)s for n = %(number)s; nplurals is %(nplurals)s",
                result=result,
                number=number,
                nplurals=self.nplurals,
            )
        return result

    def examples(self, form: int, most: int = 5) -> list[int]:
        """The first numbers below 1,000 that take a form."""
        found: list[int] = []
        for number in range(1000):
            if self.index(number) == form:
                found.append(number)
                if len(found) == most:
                    break
        return found


def categories(language: str) -> tuple[str, ...]:
    """The CLDR cardinal categories of a language, in CLDR's order; `("one", "other")` for an unknown one."""
    rule = _rule(language)
    return rule[0] if rule else ("one", "other")


def gettext_forms(language: str) -> PluralForms | None:
    """The usual gettext plural forms of a language, None for an unknown one."""
    rule = _rule(language)
    return PluralForms(rule[1], rule[2]) if rule else None


def parse_plural_forms(text: str) -> PluralForms | None:
    """A `Plural-Forms` header value; None for an empty one or a template's `nplurals=INTEGER`.

    Raises FormatError when it is malformed.
    """
    if not text.strip() or re.search(r"nplurals\s*=\s*INTEGER", text):
        return None
    count = re.search(r"nplurals\s*=\s*([0-9]{1,4})(?![0-9])", text)
    rule = re.search(r"plural\s*=(?!=)\s*([^;]*)", text[count.end() :] if count else text)
    if count is None or not 1 <= int(count[1]) <= MAX_FORMS:
        raise FormatError(
            "Plural-Forms must give nplurals from 1 to %(most)s: %(text)r", most=MAX_FORMS, text=text.strip()[:80]
        )
    if rule is None or rule[1].strip() in ("", "EXPRESSION"):
        raise FormatError("Plural-Forms has no plural expression: %(text)r", text=text.strip()[:80])
    forms = PluralForms(int(count[1]), " ".join(rule[1].split()))
    _compiled(forms.expression)
    return forms


@cache
def _rule(language: str) -> tuple[tuple[str, ...], int, str] | None:
    code = normal_code(language)
    while code:
        if code in _RULES:
            return _RULES[code]
        code = code.rpartition("-")[0]
    return None


Evaluator = Callable[[int], int]
_TOKEN = re.compile(r"\s*(?:(n)|([0-9]{1,18})|(\|\||&&|==|!=|<=|>=|[-+*/%<>!?:()]))")
# Loosest first.
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!="),
    ("<", ">", "<=", ">="),
    ("+", "-"),
    ("*", "/", "%"),
)
_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


@cache
def _compiled(expression: str) -> Evaluator:
    """The C expression as a function of n. Raises FormatError; nothing of Python's is evaluated."""
    if len(expression) > _MAX_LENGTH:
        raise FormatError("the plural expression is longer than %(most)s characters", most=_MAX_LENGTH)
    tokens: list[str] = []
    position = 0
    while expression[position:].strip():
        found = _TOKEN.match(expression, position)
        if found is None:
            rest = expression[position : position + 20]
            raise FormatError("the plural expression has something unknown at %(rest)r", rest=rest)
        tokens.append(found[0].strip())
        position = found.end()
    parser = _Parser(tokens)
    result = parser.ternary(0)
    if parser.at < len(tokens):
        raise FormatError("the plural expression does not end at %(token)r", token=tokens[parser.at])
    return result


class _Parser:
    """Recursive descent over C's operators that gettext allows."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def ternary(self, depth: int) -> Evaluator:
        if depth > _MAX_DEPTH:
            raise FormatError("the plural expression is nested deeper than %(most)s", most=_MAX_DEPTH)
        condition = self._binary(0, depth)
        if not self._take("?"):
            return condition
        yes = self.ternary(depth + 1)
        if not self._take(":"):
            raise FormatError("the plural expression has '?' without ':'")
        no = self.ternary(depth + 1)
        return lambda n: yes(n) if condition(n) else no(n)

    def _binary(self, level: int, depth: int) -> Evaluator:
        if level == len(_LEVELS):
            return self._unary(depth)
        left = self._binary(level + 1, depth)
        length = 0
        while self.at < len(self.tokens) and self.tokens[self.at] in _LEVELS[level]:
            operator = self.tokens[self.at]
            self.at += 1
            length += 1
            if length > _MAX_DEPTH:  # every operator nests the function by one
                raise FormatError("the plural expression is too long")
            left = _joined(operator, left, self._binary(level + 1, depth))
        return left

    def _unary(self, depth: int) -> Evaluator:
        if depth > _MAX_DEPTH:
            raise FormatError("the plural expression is nested deeper than %(most)s", most=_MAX_DEPTH)
        if self._take("!"):
            inner = self._unary(depth + 1)
            return lambda n: int(not inner(n))
        if self._take("("):
            inner = self.ternary(depth + 1)
            if not self._take(")"):
                raise FormatError("the plural expression lacks a ')'")
            return inner
        operand = self.tokens[self.at] if self.at < len(self.tokens) else ""
        self.at += 1
        if operand == "n":
            return lambda n: n
        if operand.isdigit():
            value = int(operand)
            return lambda n: value
        if not operand:
            raise FormatError("the plural expression has 'its end' where a number belongs")
        raise FormatError("the plural expression has %(operand)r where a number belongs", operand=operand)

    def _take(self, symbol: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == symbol:
            self.at += 1
            return True
        return False


def _joined(operator: str, left: Evaluator, right: Evaluator) -> Evaluator:
    if operator == "||":
        return lambda n: int(bool(left(n)) or bool(right(n)))
    if operator == "&&":
        return lambda n: int(bool(left(n)) and bool(right(n)))
    operation = _OPERATIONS[operator]
    return lambda n: operation(left(n), right(n))
