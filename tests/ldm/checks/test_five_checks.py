"""The five checks: what each finds and what it leaves alone, places included."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.checks.findings import ERROR, KINDS, WARNING, CheckRules, Finding, LengthLimit
from apps.ldm.checks.run import check_row
from tests.ldm.checks.test_codes import gamey

KO_EN = CheckRules(source_language="ko", target_language="en", format="xml")


def found(source: str, target: str, kind: str = "", rules: CheckRules = KO_EN, **facts: Any) -> list[tuple[str, str]]:
    """(code, what it marks in the target, else in the source) of the findings of one kind."""
    marked = []
    for one in check_row(source, target, rules, **facts):
        if kind and one.kind != kind:
            continue
        places, text = (one.target, target) if one.target else (one.source, source)
        marked.append((one.code, "|".join(text[start:end] for start, end in places)))
    return marked


def one(source: str, target: str, rules: CheckRules = KO_EN, **facts: Any) -> Finding:
    (finding,) = check_row(source, target, rules, **facts)
    return finding


# ---- placeholders
@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        # The worked examples of the domain specification, A.6.
        ("{0} 개", "items {0}", []),
        ("{0}{0}", "x {0}", [("missing", "{0}")]),
        ("{Staticinfo:Knowledge:A#x}", "{Staticinfo:Knowledge:A#y}", []),
        ("{ItemID:1}", "{ItemID:2}", [("changed", "{ItemID:2}")]),
        ("{a", "x", [("brace", "{")]),
        # And beyond it.
        ("%s 가 %d", "%2$d of %1$s", []),
        ("%s 가 %d", "%d of %s", [("order", "%d|%s")]),
        ("%d 개", "%s items", [("changed", "%s")]),
        ("%d 개", "%i items and %,d", [("more", "%,d")]),
        ("%1$s %2$s", "%1$s %1$s", [("changed", "%1$s")]),
        ("%s", "50%", [("missing", "%s")]),
        ("50%% 확률", "50 % chance", [("missing", "%%")]),
        ("50% 확률", "50% damage", []),
        ("%1#% 증가", "up by %1#%", []),
        ("{Name}", "{name}", [("changed", "{name}")]),
        ("{0:N2} 골드", "{0:N0} gold", []),
        ("{n, plural, other {#개}}", "{n, plural, one {# item} other {# items}}", []),
        ("{n, plural, other {#개}}", "{m, plural, one {# item} other {# items}}",
         [("changed", "{m, plural, one {# item} other {# items}}")]),
        ("&desc; 이다", "it is", [("missing", "&desc;")]),
        ("A &amp; B", "A and B", []),
        ("%(who)s", "%(whom)s", [("changed", "%(whom)s")]),
        ("⟦1⟧굵게⟦2⟧", "⟦1⟧bold", [("missing", "⟦2⟧")]),
        ("{0} 골드", "${0}", []),
        ("$name$ 님", "Sir", [("missing", "$name$")]),
        ("x", "y {0", [("brace", "{")]),
    ],
)  # fmt: skip
def test_placeholders(source: str, target: str, expected: list[tuple[str, str]]) -> None:
    assert found(source, target, "placeholder") == expected


def test_what_breaks_the_game_is_an_error_and_what_is_there_less_often_a_warning() -> None:
    assert one("{0}", "none").severity == ERROR
    assert one("{0} {0}", "{0}").severity == WARNING
    assert one("{0}", "{0} {0}").severity == WARNING
    assert one("5%%", "five per cent").severity == WARNING


@pytest.mark.parametrize(
    ("source", "target", "plural", "codes"),
    [
        ("%d apples", "ein Apfel", "one", []),
        ("%d apples", "ein Apfel", "0", []),
        ("%d apples", "Äpfel", "other", ["missing"]),
        ("%d apples", "Äpfel", "1", ["missing"]),
        ("%s has %d apples", "ein Apfel", "one", ["missing"]),
        ("an apple", "%d яблоко", "0", []),
        ("an apple", "%s яблоко", "0", ["extra"]),
        ("{count} apples", "ein Apfel", "one", []),
        ("{name} apples", "ein Apfel", "one", ["missing"]),
    ],
)
def test_a_form_for_one_may_leave_its_number_out(source: str, target: str, plural: str, codes: list[str]) -> None:
    rules = CheckRules(source_language="en", target_language="de")
    assert [code for code, _ in found(source, target, "placeholder", rules, plural=plural)] == codes


# ---- tags and colours
@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("<b>굵게</b>", "<b>bold</b>", []),
        ("<b>굵게</b>", "bold", [("missing", "<b>")]),
        ("굵게", "<b>bold</b>", [("extra", "<b>")]),
        ("<b>굵게</b>", "<b>bold", [("unclosed", "<b>")]),
        ("<b>굵게</b>", "bold</b>", [("missing", "<b>"), ("unopened", "</b>")]),
        ("<b>굵게</b>", "<b>bold</i>", [("wrong_closer", "<b>|</i>")]),
        ("<b>가<i>나</i></b>", "<b>a<i>b</b></i>", [("nesting", "<i>|</b>")]),
        ("<i>가</i><b>나</b>", "<b>b</b><i>a</i>", []),
        ("<size=12>가</size>", "<size=14>a</size>", [("changed", "<size=14>")]),
        ("<sprite=3> 개", "<sprite=3> items", []),
        ("<sprite=3> 개", "items", [("missing", "<sprite=3>")]),
        ("<img src='a'/>", "picture", [("missing", "<img src='a'/>")]),
        ("[b]가[/b]", "[b]a", [("unclosed", "[b]")]),
        ("[color=#ff0000]가[/color]", "[color=#00ff00]a[/color]", [("colour", "[color=#00ff00]")]),
        # Defect 2 of the domain specification: a closer that the game does not know.
        ("<PAColor0xffe9bd23>금<PAOldColor>", "<PAColor0xffe9bd23>gold</PAColor>",
         [("wrong_closer", "<PAColor0xffe9bd23>|</PAColor>")]),
        ("<PAColor0xffe9bd23>금<PAOldColor>", "&lt;PAColor0xffe9bd23&gt;gold&lt;PAOldColor&gt;", []),
        ("<PAColor0xffe9bd23>금<PAOldColor>", "<PAColor0xffe9bd23>gold", [("unclosed", "<PAColor0xffe9bd23>")]),
        ("<PAColor0xffe9bd23>금", "<PAColor0xffe9bd23>gold", []),
        ("<PAColor0xffe9bd23>금<PAOldColor>", "<PAColor0xffff0000>gold<PAOldColor>",
         [("colour", "<PAColor0xffff0000>")]),
        ("금", "<PAColor0xffff0000>gold<PAOldColor>", [("colour", "<PAColor0xffff0000>")]),
        ("<PAColor0xffe9bd23>{0}<PAOldColor> 개", "{0} <PAColor0xffe9bd23>items<PAOldColor>", [("moved", "{0}")]),
        ("<b>가</b> 나", "<b></b>a b", [("empty", "")]),
        # Names in angle brackets are no tags.
        ("<화염구> 사용", "use <Fireball>", []),
        ("<Fireball>", "<화염구>", []),
        ("사용", "use <Fireball>", [("extra", "<Fireball>")]),
        ("<전설의 검>", "<Legendary Sword>", []),
        ("[이벤트] 시작", "[Event] starts", []),
        ("<color=red>가</>", "<color=red>a</>", []),
        ("<color=red>가</>", "<color=red>a", [("unclosed", "<color=red>")]),
    ],
)  # fmt: skip
def test_tags(source: str, target: str, expected: list[tuple[str, str]]) -> None:
    assert found(source, target, "tag") == expected


def test_the_closer_that_is_wanted_is_named() -> None:
    finding = one("<PAColor0xffe9bd23>금<PAOldColor>", "<PAColor0xffe9bd23>gold</PAColor>")
    assert finding.words["wanted"] == "<PAOldColor>"


# ---- line breaks
@pytest.mark.parametrize(
    ("source", "target", "format", "expected"),
    [
        ("가<br/>나", "a<br/>b", "xml", []),
        ("가<br/>나", "a<br />b", "xml", []),
        ("가<br/>나", "a b", "xml", [("count", "<br/>")]),
        ("가<br/>나", "a\nb", "xml", [("kind", "\n")]),
        ("가<br/>나", "a\\nb", "xml", [("kind", "\\n")]),
        ("가<br/>나", "a&lt;br/&gt;b", "xml", [("kind", "&lt;br/&gt;")]),
        ("가\\n나", "a\nb\nc", "json", [("kind", "\n|\n"), ("count", "\n|\n")]),
        ("가\n나", "a\r\nb", "po", []),
        ("가나", "a\nb", "po", [("count", "\n")]),
        # Defect 4: a tab-separated file holds a line feed as two characters, which its writer makes of a line feed.
        ("가\n나", "a\nb", "txt", []),
        ("가\n나", "a\\nb", "txt", [("kind", "\\n")]),
        ("가나", "a\\nb", "txt", [("kind", "\\n"), ("count", "\\n")]),
        ("가\n나", "a\r\nb", "txt", [("kind", "\r\n")]),
    ],
)
def test_line_breaks(source: str, target: str, format: str, expected: list[tuple[str, str]]) -> None:
    rules = CheckRules(source_language="ko", target_language="en", format=format)
    assert found(source, target, "line_break", rules) == expected


# ---- length
@pytest.mark.parametrize(
    ("target", "row", "rules", "expected"),
    [
        ("abcde", 5, [], []),
        ("abcdef", 5, [], [("too_long", "f")]),
        ("ab{0}cd<br/>e", 5, [], []),
        ("ab{0}cd<br/>ef", 5, [], [("too_long", "f")]),
        ("가나다😀라", 4, [], [("too_long", "라")]),
        ('a\\"b&amp;c', 5, [], []),
        ('a\\"b&amp;cd', 5, [], [("too_long", "d")]),
        ("abcdef", None, [LengthLimit(5)], [("too_long", "f")]),
        ("abcdef", 6, [LengthLimit(5)], []),
        ("ab\ncde\nf", None, [LengthLimit(None, 2)], [("too_many_lines", "f")]),
        ("ab\ncdefg\nh", None, [LengthLimit(3, 3)], [("line_too_long", "fg")]),
        ("abcdef", 5, [LengthLimit(3, 1)], [("too_long", "f"), ("line_too_long", "def")]),
        ("", 0, [], []),
    ],
)
def test_length(target: str, row: int | None, rules: list[LengthLimit], expected: list[tuple[str, str]]) -> None:
    # The same codes and line ends on both sides: nothing but the length is wrong.
    source = "가" + "".join(piece for piece in ("{0}", "<br/>", '\\"', "&amp;") if piece in target)
    source += "\n" * target.count("\n")
    assert found(source, target, "length", max_length=row, limits=rules) == expected


def test_a_length_names_its_figures_and_changes_with_them() -> None:
    six, seven = (one("가", text, max_length=5) for text in ("abcdef", "abcdefg"))
    assert six.words == {"length": 6, "most": 5}
    assert six.fingerprint != seven.fingerprint


# ---- untranslated
@pytest.mark.parametrize(
    ("source", "target", "languages", "expected"),
    [
        ("안개가 걷힌다", "안개가 걷힌다", "ko en", [("same", "안개가 걷힌다")]),
        ("안개가 걷힌다", "The 안개 lifts", "ko en", [("left", "안개")]),
        ("안개가 걷힌다", "The fog lifts", "ko en", []),
        ("{StaticInfo:A:1#안개}", "{StaticInfo:A:1#안개 속}", "ko en", [("left", "안개 속")]),
        ("{안개}", "the {안개}", "ko en", []),
        ("한국어", "한국어", "ko en", []),
        ("언어: 한국어", "Language: 한국어", "ko en", []),
        ("123", "123", "ko en", []),
        ("{0}/{1}", "{0}/{1}", "ko en", []),
        ("HP +10", "HP +10", "ko en", []),
        ("OK", "OK", "ko ja", []),
        ("https://example.org/a", "https://example.org/a", "en ko", []),
        ("UI_Main_Title", "UI_Main_Title", "en ko", []),
        ("Discord API", "Discord API", "en ko", []),
        ("blizzard", "blizzard", "en ko", [("same", "blizzard")]),
        ("Show the map", "Show the map", "en ja", [("same", "Show the map")]),
        ("blizzard", "blizzard", "en fr", []),
        ("Warlock", "Warlock", "en de", []),
        ("Which sounds to play here", "Which sounds to play here", "en de", [("same", "Which sounds to play here")]),
        ("Which sounds to play here", "Which sounds to play here", "en-US en-GB", []),
        ("吹雪が渦巻く", "Blizzard が渦巻く", "ja en", [("left", "が渦巻く")]),
        ("吹雪", "吹雪", "ja zh", []),
        ("暴雪", "暴雪", "zh-Hans zh-Hant", []),
        ("метель", "a метель", "ru en", [("left", "метель")]),
        ("метель", "метель", "ru uk", []),
        ("Привет", "Hi (°Д°)", "ru en", []),
        ("가", "x", "ko ", []),
        ("Show the map", "Show the map", "ko ja", []),
    ],
)
def test_untranslated(source: str, target: str, languages: str, expected: list[tuple[str, str]]) -> None:
    of, into = languages.split(" ")
    rules = CheckRules(source_language=of, target_language=into)
    assert found(source, target, "untranslated", rules) == expected


# ---- all of them
def test_rows_that_lack_a_text_have_no_findings() -> None:
    for source, target in (("", "x {0}"), ("{0}", ""), ("{0}", "  "), (" ", "{0}")):
        assert check_row(source, target, KO_EN, max_length=1) == []


def test_only_the_kinds_that_are_wanted() -> None:
    kinds = {finding.kind for finding in check_row("{0}<b>가</b>\n가", "가", KO_EN, max_length=0)}
    assert kinds == set(KINDS)
    for kind in KINDS:
        some = check_row("{0}<b>가</b>\n가", "가", KO_EN, max_length=0, kinds=(kind,))
        assert {finding.kind for finding in some} == {kind}


def test_errors_come_first_and_fingerprints_say_what_it_is_about() -> None:
    first = check_row("{0} <b>가</b>\n나", "a", KO_EN)
    assert [finding.severity for finding in first] == sorted((f.severity for f in first), reverse=True)
    again = check_row("{0} <b>가</b>\n나", "another text", KO_EN)
    assert {finding.fingerprint for finding in first} == {finding.fingerprint for finding in again}
    assert all(len(finding.fingerprint) == 32 for finding in first)


RULES = [KO_EN, CheckRules(source_language="en", target_language="ja", format="txt"), CheckRules()]


@settings(max_examples=300, deadline=None)
@given(gamey, gamey, st.sampled_from(RULES), st.sampled_from(["", "one", "0", "other"]), st.sampled_from([None, 0, 3]))
def test_any_text_is_checked_and_every_place_is_in_it(
    source: str, target: str, rules: CheckRules, plural: str, most: int | None
) -> None:
    limits = [LengthLimit(2, 1)] if most == 3 else []
    findings = check_row(source, target, rules, plural=plural, max_length=most, limits=limits)
    assert len({finding.fingerprint for finding in findings}) == len(findings)
    for finding in findings:
        assert finding.kind in KINDS and finding.severity in (WARNING, ERROR)
        for places, text in ((finding.source, source), (finding.target, target)):
            assert all(0 <= start <= end <= len(text) for start, end in places)


@settings(deadline=None)
@given(gamey)
def test_the_same_codes_in_the_same_order_are_never_wrong(text: str) -> None:
    kinds = {finding.kind for finding in check_row(f"가{text}", f"a{text}", CheckRules())}
    assert kinds <= {"untranslated"}


@settings(deadline=None)
@given(st.lists(st.sampled_from(["{0}", "{name}", "%s", "&desc;", "%1#", "$x$", "{S:1#a}", "⟦1⟧"]), max_size=8),
       st.randoms(use_true_random=False))  # fmt: skip
def test_the_same_codes_in_any_order_are_complete(codes: list[str], chance: Any) -> None:
    shuffled = list(codes)
    chance.shuffle(shuffled)
    assert found(" ".join(codes) + " 가", " ".join(shuffled) + " a", "placeholder") == []


@pytest.mark.parametrize(
    "piece", ["<b>", "</b>", "<b><i></b>", "<a1>", "{0}", "{0}<b>", "%s%d", "<PAColor0xff00ff>", "\n", "x "]
)
def test_hostile_rows_take_linear_time(piece: str) -> None:
    import time

    def seconds(count: int) -> float:
        best = 9.0
        for _ in range(2):
            start = time.process_time()
            check_row(piece * count + "가", "<b>" + piece * (count - 1) + "가</b>", KO_EN, limits=[LengthLimit(5, 2)])
            best = min(best, time.process_time() - start)
        return best

    small, large = seconds(500), seconds(8_000)
    assert large < 0.3 + 60 * small, (piece, small, large)
