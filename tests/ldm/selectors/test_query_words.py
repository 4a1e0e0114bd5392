"""What is wrong with a query is said in the person's language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils import translation

import apps.ldm.queries
from apps.ldm.queries import QueryError, parse
from apps.ldm.selectors.query_words import TEMPLATES, said


def templates() -> set[str]:
    """The literal templates of the language's errors."""
    found: set[str] = set()
    for path in Path(apps.ldm.queries.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("QueryError", "_wrong"):
                texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found.update(texts)
    return found


def test_every_template_can_be_translated() -> None:
    assert len(templates()) > 12
    assert templates() <= set(TEMPLATES)


@pytest.mark.parametrize(
    "query", ["foo:bar", "status:x", "n:x", "updated:x", "(", ")", "a AND", 'a "b', "/a", "/(/", "status:"]
)
def test_errors_are_said_in_korean_and_name_what_was_written(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.template in TEMPLATES
    with translation.override("en"):
        assert said(caught.value) == str(caught.value)
    with translation.override("ko"):
        assert said(caught.value) != str(caught.value)
