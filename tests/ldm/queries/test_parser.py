"""The filter language: what is read, what is refused and where, and that no text breaks it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.queries import All, Any, Node, Not, Op, QueryError, Term, all_of, any_of, parse
from apps.ldm.queries.dates import span
from apps.ldm.queries.fields import FIELDS, VALUES, Kind
from apps.ldm.queries.parser import DEEPEST, LONGEST, MOST_TERMS


def has(field: str, value: str) -> Term:
    return Term(field, Op.HAS, value)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", All()),
        ("  ", All()),
        ("lantern", has("text", "lantern")),
        ("등불 안개", All((has("text", "등불"), has("text", "안개")))),
        ('"the \\"keeper\\""', has("text", 'the "keeper"')),
        ('"C:\\\\n\\n"', has("text", "C:\\n\\n")),
        ("status:translated", has("status", "translated")),
        ("STATUS:Translated", has("status", "translated")),
        ('target:"{0}"', has("target", "{0}")),
        ("target:{0}", has("target", "{0}")),
        ("target:<br>", has("target", "<br>")),
        ("key:=QUEST_1", Term("key", Op.IS, "QUEST_1")),
        ('key:="a b"', Term("key", Op.IS, "a b")),
        ('target:""', has("target", "")),
        ("target:/a b/", Term("target", Op.REGEX, "a b")),
        (r"/\d+\/\d/i", Term("text", Op.REGEX, r"\d+/\d", ignore_case=True)),
        ("-lantern", Not(has("text", "lantern"))),
        ("NOT lantern", Not(has("text", "lantern"))),
        ("not lantern", Not(has("text", "lantern"))),
        ("-(a b)", Not(All((has("text", "a"), has("text", "b"))))),
        ("--a", Not(Not(has("text", "a")))),
        ("- a", All((has("text", "-"), has("text", "a")))),
        ("key:-5", has("key", "-5")),
        ("a OR b c", Any((has("text", "a"), All((has("text", "b"), has("text", "c")))))),
        ("(a or b) and c", All((Any((has("text", "a"), has("text", "b"))), has("text", "c")))),
        ('"and"', has("text", "and")),
        ("key:and", has("key", "and")),
        ("score:75..99", Term("score", Op.BETWEEN, "75", "99")),
        ("score:>=075", Term("score", Op.AT_LEAST, "75")),
        ("score:=100", has("score", "100")),
        ("n:5", has("n", "5")),
        ("updated:>2026-11-01", Term("updated", Op.GREATER, "2026-11-01")),
        ("updated:2026-10..today", Term("updated", Op.BETWEEN, "2026-10", "today")),
        ("updated:7d", has("updated", "7d")),
        ("by:Mina", has("by", "Mina")),
        ("assignee:me", has("assignee", "me")),
        (":smile: 12:30 경고:불", all_of([has("text", ":smile:"), has("text", "12:30"), has("text", "경고:불")])),
        (
            'status:translated AND target:"{0}" AND updated:>2026-11-01 AND by:mina AND check:placeholder',
            All(
                (
                    has("status", "translated"),
                    has("target", "{0}"),
                    Term("updated", Op.GREATER, "2026-11-01"),
                    has("by", "mina"),
                    has("check", "placeholder"),
                )
            ),
        ),
    ],
)
def test_what_is_read(text: str, tree: Node) -> None:
    assert parse(text) == tree


def test_terms_know_their_place() -> None:
    tree = parse('a  status:new -key:"x y"')
    assert isinstance(tree, All)
    first, second, third = tree.parts
    assert isinstance(first, Term) and (first.at, first.length) == (0, 1)
    assert isinstance(second, Term) and (second.at, second.length) == (3, 10)
    assert isinstance(third, Not) and isinstance(third.part, Term) and (third.part.at, third.part.length) == (15, 9)


@pytest.mark.parametrize(
    ("text", "at", "length", "valid"),
    [
        ("lantern colour:red", 8, 6, tuple(FIELDS)),
        ("http://example", 0, 4, tuple(FIELDS)),
        ("a status:untranslated", 9, 12, VALUES["status"]),
        ("check:grammar", 6, 7, VALUES["check"]),
        ("status:", 0, 7, VALUES["status"]),
        ("status: new", 0, 7, VALUES["status"]),
        ("key:(a)", 4, 1, ()),
        ("score:many", 6, 4, ()),
        ("score:1..2..3", 6, 7, ()),
        ("score:>1..2", 7, 4, ()),
        ("updated:2026-13-01", 8, 10, ("2026-11-01", "2026-11", "today", "yesterday", "7d")),
        ("updated:soon", 8, 4, ("2026-11-01", "2026-11", "today", "yesterday", "7d")),
        ('a "b', 2, 2, ()),
        ("a /b", 2, 1, ()),
        ("/usr/bin", 5, 3, ("i",)),
        ("key:/a(b/", 8, 1, ()),
        (r"key:/\/\/a(b/", 12, 1, ()),
        ("//", 1, 1, ()),
        ("(a", 0, 1, ()),
        ("a)", 1, 1, ()),
        ("()", 0, 2, ()),
        ("a AND", 5, 0, ()),
        ("AND a", 0, 3, ()),
        ("a OR OR b", 5, 2, ()),
        ("NOT", 3, 0, ()),
        ("a\0b", 1, 1, ()),
        ("a\ud800", 1, 1, ()),
    ],
)
def test_what_is_refused_and_where(text: str, at: int, length: int, valid: tuple[str, ...]) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert (caught.value.at, caught.value.length, caught.value.valid) == (at, length, valid)
    assert caught.value.message.endswith((".", "!", "?")) or "regex" in caught.value.message


def test_the_bounds() -> None:
    assert parse("x" * LONGEST)
    with pytest.raises(QueryError):
        parse("x" * (LONGEST + 1))
    assert parse(" ".join("x" * MOST_TERMS))
    with pytest.raises(QueryError, match="conditions"):
        parse(" ".join("x" * (MOST_TERMS + 1)))
    assert parse("(" * (DEEPEST - 1) + "x" + ")" * (DEEPEST - 1))
    for deep in ("(" * DEEPEST + "x" + ")" * DEEPEST, "-" * DEEPEST + "x", "(" * LONGEST):
        with pytest.raises(QueryError, match="deep"):
            parse(deep)


WORDS = [
    "AND", "or", "NOT", "(", ")", "-", '"', "\\", "/", "/i", ":", "=", ">", "<", "..", " ", "\n", "a", "가", "7d",
    "2026-11-01", "(?", "[", "{", "+", "*", "\0", "\x1f", "\u3000", "score:", "1", *(f"{name}:" for name in FIELDS),
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=25).map("".join)))
def test_no_text_breaks_it_and_what_is_read_can_be_written(text: str) -> None:
    try:
        tree = parse(text)
    except QueryError as error:
        assert 0 <= error.at <= len(text) and 0 <= error.length <= len(text) - error.at
        return
    assert parse(str(tree)) == tree


VALUE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
DATE = st.sampled_from(["today", "yesterday", "7d", "2026", "2026-11", "2026-02-28"])
NUMBER = st.integers(0, 999_999_999).map(str)
COMPARED = st.sampled_from([Op.HAS, Op.GREATER, Op.AT_LEAST, Op.LESS, Op.AT_MOST])


@st.composite
def a_term(draw: st.DrawFn) -> Term:
    name = draw(st.sampled_from(sorted(FIELDS)))
    kind = FIELDS[name]
    if kind is Kind.CHOICE:
        return Term(name, Op.HAS, draw(st.sampled_from(VALUES[name])))
    if kind in (Kind.TEXT, Kind.PERSON):
        if draw(st.booleans()):
            pattern = draw(st.sampled_from(["a/b", r"\d+", "가 나", r"[/\\]", "(x|y)", r'"\(']))
            return Term(name, Op.REGEX, pattern, ignore_case=draw(st.booleans()))
        return Term(name, draw(st.sampled_from([Op.HAS, Op.IS])), draw(VALUE))
    value = NUMBER if kind is Kind.NUMBER else DATE
    if draw(st.booleans()):
        return Term(name, Op.BETWEEN, draw(value), draw(value))
    return Term(name, draw(COMPARED), draw(value))


TREES = st.recursive(
    a_term(),
    lambda inner: st.one_of(
        inner.map(Not), *(st.lists(inner, min_size=1, max_size=3).map(of) for of in (all_of, any_of))
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_a_tree_written_reads_back_as_itself(tree: Node) -> None:
    assert parse(str(tree)) == tree


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", (2026, 11, 21), (2026, 11, 21)),
        ("yesterday", (2026, 11, 20), (2026, 11, 20)),
        ("7d", (2026, 11, 14), (2026, 11, 14)),
        ("99999d", (1753, 2, 6), (1753, 2, 6)),
        ("2026-2", (2026, 2, 1), (2026, 2, 28)),
        ("2026-12", (2026, 12, 1), (2026, 12, 31)),
        ("2024", (2024, 1, 1), (2024, 12, 31)),
    ],
)
def test_days(text: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert span(text, date(2026, 11, 21)) == (date(*first), date(*last))


def test_days_before_the_calendar() -> None:
    assert span("99999d", date(5, 1, 1)) == (date.min, date.min)
