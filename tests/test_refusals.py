"""Every refusal that a person can read can be said in another language, and has its Korean.

A refusal is an error of ours with a sentence: what services raise (through gettext), and what the pure libraries
raise (a template with words, translated where it is shown, see locanext_project/said.py).
"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from locanext_project.errors import ServiceError
from tests.test_layers import ROOT, place, python_files, tree

# Refusals without gettext, each with the reason.
EXCEPTIONS = {
    "apps/sync/carriers/faulty.py": "the carrier that loses messages exists for tests and simulations",
    "apps/sync/carriers/in_process.py": "answers of a server in the same process, with the server's own words",
    "locanext_project/desktop_gate.py": "marked with gettext_noop, and translated where the request is answered",
}
# Never shown to a person: written to a terminal, found by a developer, or read by a program alone.
QUIET = ("apps/sync/simulation/", "apps/ldm/benchmarks/", "apps/sync/benchmarks/", "apps/tm/benchmarks/")
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "said", "in_words"}
# The sentence is the first argument, but for these.
SENTENCE_AT = {"Refused": 1, "refused": 2, "error_body": 1, "whole_number": 2}
OTHERS = {
    "Refused",
    "refused",
    "Unreachable",
    "PermissionDenied",
    "Http404",
    "ValidationError",
    "error_body",
    "whole_number",
}
# Sentences of the pure libraries: the first argument is the template, and the words follow by name.
PURE = {"FormatError": 0, "Sentence": 0, "FormatWarning": 1}


def refusals() -> set[str]:
    """The names of all errors that services raise, and of what else carries a sentence to a person."""
    found, waiting = set(OTHERS), [ServiceError]
    while waiting:
        kind = waiting.pop()
        found.add(kind.__name__)
        waiting += kind.__subclasses__()
    return found


def called(node: ast.Call) -> str:
    """The name of what is called, without what it belongs to."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def bare_text(node: ast.expr) -> bool:
    """Whether an expression is English text that went through no gettext."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and any(character.isalpha() for character in node.value)
    if isinstance(node, ast.JoinedStr):
        return any(bare_text(part) for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp):
        return bare_text(node.left) or (isinstance(node.op, ast.Add) and bare_text(node.right))
    if isinstance(node, ast.IfExp):
        return bare_text(node.body) or bare_text(node.orelse)
    if isinstance(node, ast.BoolOp):
        return any(map(bare_text, node.values))
    if isinstance(node, ast.Call) and called(node) in ("format", "join", "str"):
        return any(map(bare_text, [*node.args, getattr(node.func, "value", ast.Constant(0))]))
    return False


def sentences(module: ast.Module, at: dict[str, int], names: set[str]) -> Iterator[ast.expr]:
    """The arguments that hold the sentence, of every call by one of the names."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (name := called(node)) in names:
            position = at.get(name, 0)
            yield from node.args[position : position + 1]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "message")


def untranslated(module: ast.Module) -> list[int]:
    """Lines with a refusal that has English text without gettext."""
    found = [one.lineno for one in sentences(module, SENTENCE_AT, refusals()) if bare_text(one)]
    for node in ast.walk(module):
        # An f-string inside gettext is looked for as it was filled in, and never found.
        if isinstance(node, ast.Call) and called(node) in TRANSLATORS and node.args[:1]:
            found += [node.lineno] if isinstance(node.args[0], ast.JoinedStr) else []
    # A template is a text as it stands: what is filled in before has no translation.
    texts = sentences(module, PURE, set(PURE))
    return found + [one.lineno for one in texts if isinstance(one, (ast.JoinedStr, ast.BinOp))]


def too_early(module: ast.Module) -> list[int]:
    """Lines where a module, a class or a default asks for the language before anybody is there."""
    lazy = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    found: list[int] = []
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found += [node.lineno] if lazy.get(node.func.id) in ("gettext", "ngettext") else []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
        else:
            waiting += ast.iter_child_nodes(node)
    return found


def checked() -> list[Path]:
    paths = python_files("apps", "locanext_project")
    return [path for path in paths if not path.relative_to(ROOT).as_posix().startswith(QUIET)]


@pytest.mark.parametrize(
    "code",
    [
        'raise Invalid("No.")',
        'raise Invalid(f"{name} is none.", field=name)',
        'raise NotFound("No " + what)',
        'raise Conflict(reason or "No.")',
        'raise Forbidden(", ".join(names) + " no")',
        'raise Invalid(_(f"{name} is none."))',
        'raise NotFound(message="No.")',
        'return error_body("code", "No.")',
        'raise FormatError(f"{name} is none")',
        'warnings.append(FormatWarning("line 1", f"{name} is none"))',
    ],
)
def test_the_check_sees_a_refusal_without_gettext(code: str) -> None:
    assert untranslated(ast.parse(f"def f():\n    {code}\n")) == [2]


@pytest.mark.parametrize(
    "code",
    [
        'raise Invalid(_("No."))',
        'raise Invalid(_("%(name)s is none.") % {"name": f"“{name}”"}, field="name")',
        "raise NotFound()",
        "raise Conflict(reason)",
        'raise FormatError("%(name)s is none", f"line {line}", name=name)',
    ],
)
def test_the_check_lets_translated_ones_through(code: str) -> None:
    assert untranslated(ast.parse(f"def f():\n    {code}\n")) == []


def test_refusals_go_through_gettext() -> None:
    assert len(refusals()) > 15
    found = {path: untranslated(tree(path)) for path in checked()}
    excused = {ROOT / name for name in EXCEPTIONS}
    broken = [place(path, line) for path, lines in found.items() if path not in excused for line in lines]
    assert broken == []
    assert all((ROOT / name).is_file() for name in EXCEPTIONS)


def test_no_module_asks_for_the_language_when_it_is_loaded() -> None:
    code = "from django.utils.translation import gettext as _\nA = _('No.')\ndef f(a=_('No.')):\n    return _('No.')\n"
    assert sorted(too_early(ast.parse(code))) == [2, 3]
    assert [place(path, line) for path in checked() for line in too_early(tree(path))] == []


@cache
def korean() -> dict[str, str]:
    """The compiled Korean catalogue, as the server reads it."""
    with (ROOT / "locale/ko/LC_MESSAGES/django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if isinstance(key, str) and key}


def msgids(node: ast.expr) -> list[str]:
    """The texts of an expression that are looked up in a catalogue."""
    inner = [one for one in ast.walk(node) if isinstance(one, ast.Call) and called(one) in ("_", "gettext")]
    constants = [one.args[0] for one in inner if one.args]
    return [one.value for one in constants if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def test_every_refusal_has_its_korean() -> None:
    wanted: dict[str, str] = {}
    for path in checked():
        for one in sentences(tree(path), SENTENCE_AT, refusals()):
            wanted |= {text: place(path, one.lineno) for text in msgids(one)}
        for one in sentences(tree(path), PURE, set(PURE)):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                wanted[one.value] = place(path, one.lineno)
    assert len(wanted) > 600
    assert [f"{where}: {text}" for text, where in wanted.items() if text and text not in korean()] == []


def test_translations_have_the_words_of_their_sentences() -> None:
    names = re.compile(r"%\((\w+)\)")
    broken = [key for key, text in korean().items() if set(names.findall(key)) != set(names.findall(text))]
    assert broken == []
