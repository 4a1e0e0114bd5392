"""Terms are found where people see them, and not where they do not; places are those of the raw text."""

from __future__ import annotations

import threading
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.tm.matching.terms import TermEntry, TermIndex, resolve


def index(language: str, *sources: str, **values: object) -> TermIndex:
    entries = [TermEntry(n, source, **values) for n, source in enumerate(sources)]  # type: ignore[arg-type]
    return TermIndex.build(entries, language)


def found(language: str, text: str, *sources: str, **values: object) -> list[str]:
    """What is marked in the text."""
    return [text[hit.start : hit.end] for hit in index(language, *sources, **values).find(text)]


# ---- Korean ----
@pytest.mark.parametrize(
    "word",
    [
        "검",
        "검은",
        "검이",
        "검을",
        "검의",
        "검에",
        "검에서",
        "검에게",
        "검으로",
        "검과",
        "검도",
        "검만",
        "검부터",
        "검까지",
        "검보다",
        "검처럼",
        "검마다",
        "검조차",
        "검이라도",
        "검이나",
        "검에서는",
        "검으로도",
        "검만은",
        "검이다",
        "검입니다",
        "검이며",
        "검이고",
        "검들",
        "검들을",
        "검들에게서는",
        "검뿐",
        "검밖에",
        "검이에요",
    ],
)
def test_a_korean_noun_is_found_before_its_endings(word: str) -> None:
    assert found("ko", f"그 {word} 빛난다.", "검") == ["검"]


@pytest.mark.parametrize(
    "word", ["검색", "검사", "검정", "단검", "소검은", "검술을", "점검", "검토", "검는", "검를", "검와", "검가"]
)
def test_a_short_korean_noun_is_not_found_in_other_words(word: str) -> None:
    assert found("ko", f"그 {word} 있다.", "검") == []


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("선장님", "선장"),
        ("선장님께서는", "선장"),
        ("항구거리는", "항구거리"),
        ("공격했습니다", "공격"),
        ("공격하는", "공격"),
        ("마비됩니다", "마비"),
        ("마비시킨다", "마비"),
        ("마법사였습니다", "마법사"),
        ("마법사인데", "마법사"),
        ("고블린들로부터는", "고블린"),
        # The wrong one of two particles is common behind placeholders and names.
        ("마법사을", "마법사"),
        ("고블린가", "고블린"),
        ("은(는)", "은"),
        # The head of a compound whose rest nobody knows, when it is long enough.
        ("드워프족", "드워프"),
    ],
)
def test_longer_korean_nouns_take_more(word: str, term: str) -> None:
    assert found("ko", f"그때 {word} 있었다", term) == [term]


def test_other_words_that_begin_like_a_korean_noun() -> None:
    assert found("ko", "공격력 공격수 집중력", "공격", "집중") == []


def test_parts_of_a_korean_compound_are_found_where_both_are_terms() -> None:
    assert found("ko", "소금항구에서 온 사람", "소금", "항구") == ["소금", "항구"]
    assert found("ko", "소금항구에서 온 사람", "소금") == []


def test_korean_spaces_do_not_matter() -> None:
    """As writers do, a term's spaces may be left out, and long parts may be written apart."""
    assert found("ko", "소금여우를 보았다", "소금 여우") == ["소금여우"]
    assert found("ko", "소금 여우를 보았다", "소금여우") == ["소금 여우"]
    assert found("ko", "소금\n여우를 보았다", "소금 여우") == ["소금\n여우"]
    assert found("ko", "검 은 빛", "검은빛") == []


def test_decomposed_hangul_is_the_same_text() -> None:
    text = unicodedata.normalize("NFD", "그 검을 들었다")
    (hit,) = index("ko", "검").find(text)
    assert unicodedata.normalize("NFC", text[hit.start : hit.end]) == "검"
    (hit,) = index("ko", unicodedata.normalize("NFD", "검")).find("그 검을 들었다")
    assert hit.start == 2


def test_latin_words_in_korean_text() -> None:
    assert found("ko", "HP가 낮으면 HP포션을", "HP", "HP 포션") == ["HP", "HP포션"]
    assert found("ko", "MHP가", "HP") == []


# ---- languages with spaces ----
@pytest.mark.parametrize(
    ("language", "term", "text", "expected"),
    [
        ("en", "wolf", "Two wolves howl.", ["wolves"]),
        ("en", "throwing knife", "Throwing Knives!", ["Throwing Knives"]),
        ("en", "potion of healing", "potions of healing", ["potions of healing"]),
        ("en", "axe", "axes", ["axes"]),
        ("en", "ox", "boxes", []),
        ("en", "curse", "cursed, curses, cursing", ["cursed", "curses", "cursing"]),
        ("en", "parry", "parried", ["parried"]),
        ("en", "stun", "stunned, stunning", ["stunned", "stunning"]),
        ("en", "enemy", "enemies", ["enemies"]),
        ("en", "zombie", "zombies", ["zombies"]),
        ("en", "mouse", "mice", ["mice"]),
        ("en", "slime", "slim chances", []),
        ("en", "evening", "even the odds", []),
        ("en", "art", "dart start artist", []),
        ("en", "king", "King's crown", ["King"]),
        ("en", "amulet's curse", "the amulet’s curse", ["amulet’s curse"]),
        ("de", "Trank", "Tränke, des Trankes, Tränken", ["Tränke", "Trankes", "Tränken"]),
        ("de", "Wurfstein", "mit Wurfsteinen", ["Wurfsteinen"]),
        ("de", "dunkle Energie", "der dunklen Energie", ["dunklen Energie"]),
        ("de", "Magie", "der Magier", []),
        ("fr", "épée sacrée", "les épées sacrées", ["épées sacrées"]),
        ("fr", "épée", "l'épée", ["épée"]),
        ("es", "poción", "pociones", ["pociones"]),
        ("pt", "poção", "poções", ["poções"]),
        ("it", "spada magica", "spade magiche", ["spade magiche"]),
        ("nl", "zwaard", "zwaarden", ["zwaarden"]),
        ("ru", "тёмная энергия", "силой темной энергии", ["темной энергии"]),
        ("ru", "голем", "двух големов", ["големов"]),
        ("pl", "miecz", "mieczami", ["mieczami"]),
        ("tr", "kalkan", "kalkanları", ["kalkanları"]),
        ("xx", "sword", "swords sword", ["sword"]),
    ],
)
def test_inflected_forms(language: str, term: str, text: str, expected: list[str]) -> None:
    assert found(language, text, term) == expected


def test_what_may_stand_within_a_term() -> None:
    assert found("en", "salt-fox, salt\nfox, salt  fox", "Salt Fox") == ["salt-fox", "salt\nfox", "salt  fox"]
    assert found("en", "salt. Fox; salt {0} fox; salt\n\nfox", "Salt Fox") == []
    assert found("en", "Dr. Fox and Dr Fox", "Dr. Fox") == ["Dr. Fox", "Dr Fox"]


def test_signs_that_belong_to_the_name() -> None:
    assert found("en", "a +1 sword, 1 sword, C# or C", "+1 sword", "C#") == ["+1 sword", "C#"]
    assert found("en", "the Sword, (sword)!", "Sword!") == ["Sword", "sword"]
    assert found("en", "a ♥ here", "♥") == ["♥"]


def test_tags_are_run_through_and_placeholders_are_not() -> None:
    text = "Find the <color=#fff>Salt</color> <b>Fox</b> now, %s_Salt Fox_{0}"
    assert found("en", text, "Salt Fox") == ["Salt</color> <b>Fox", "Salt Fox"]
    assert found("en", "<sword id=1> {sword} %s &sword; \\nsword", "sword", "s") == ["sword"]
    text = "<c>항구거리</c>는 {0}검이 &lt;b&gt;검&lt;/b&gt;색"
    assert found("ko", text, "항구거리", "검") == ["항구거리", "검", "검"]
    assert found("en", "50% damage", "damage") == ["damage"]


def test_the_case_rule() -> None:
    assert found("en", "I will ask Will. Will's", "Will", case_sensitive=True) == ["Will", "Will"]
    assert found("en", "WOLVES wolves Wolves", "wolf", case_sensitive=True) == ["wolves"]
    assert found("en", "IT it", "it") == ["IT", "it"]
    assert found("ko", "hp바 HP바", "HP바", case_sensitive=True) == ["HP바"]


# ---- languages without spaces ----
@pytest.mark.parametrize(
    ("language", "term", "text", "expected"),
    [
        ("ja", "剣", "炎の剣を取れ", ["剣"]),
        ("ja", "ラン", "ランプ ラン", ["ラン"]),
        ("ja", "ファイア", "ファイアボール", ["ファイア"]),
        ("ja", "ＨＰ", "HPが減る", ["HP"]),
        ("ja", "HP", "ＨＰが減る", ["ＨＰ"]),
        ("zh", "暴雪", "一阵暴雪来了", ["暴雪"]),
        ("th", "ดาบ", "ใช้ดาบของเขา", ["ดาบ"]),
        ("th", "ก", "กำ ก่อน", ["ก"]),
    ],
)
def test_scripts_without_spaces(language: str, term: str, text: str, expected: list[str]) -> None:
    assert found(language, text, term) == expected


# ---- overlaps ----
def test_the_longest_wins_and_one_span_keeps_all_translations() -> None:
    terms = TermIndex.build(
        [
            TermEntry(1, "potion", "물약"),
            TermEntry(2, "potion of healing", "치유 포션", "forbidden"),
            TermEntry(3, "potion of healing", "치유 물약", "admitted"),
            TermEntry(4, "Potion of Healing", "회복 물약"),
            TermEntry(5, "healing", "치유"),
        ],
        "en",
    )
    hits = terms.find("a potion of healing, healing")
    assert [hit.term.term_id for hit in hits] == [4, 3, 2, 5]
    assert {(hit.start, hit.end) for hit in hits[:3]} == {(2, 19)}
    assert {hit.term.term_id for hit in terms.hits("a potion of healing")} == {1, 2, 3, 4, 5}


def test_the_very_form_goes_before_an_inflected_one() -> None:
    terms = TermIndex.build([TermEntry(1, "spirit", "a"), TermEntry(2, "spirits", "b")], "en")
    assert [hit.term.term_id for hit in terms.find("the spirits")] == [2]
    assert [hit.term.term_id for hit in terms.find("the spirit")] == [1]


def test_several_term_bases() -> None:
    near = TermIndex.build([TermEntry(1, "fox", "여우"), TermEntry(2, "salt", "소금")], "en", memory_id=7)
    far = TermIndex.build(
        [TermEntry(3, "salt fox", "소금여우"), TermEntry(4, "fox", "여우"), TermEntry(5, "fox", "폭스", "forbidden")],
        "en",
        memory_id=8,
    )
    text = "fox, salt fox"
    hits = resolve([*far.hits(text, rank=1), *near.hits(text, rank=0)])
    assert [(hit.term.term_id, hit.memory_id) for hit in hits] == [(1, 7), (5, 8), (3, 8)]


# ---- changes ----
def test_terms_are_added_replaced_and_removed() -> None:
    terms = index("en", "fox", "salt fox")
    terms.add(TermEntry(0, "wolf"))
    assert [hit.term.source for hit in terms.find("fox wolf salt fox")] == ["wolf", "salt fox"]
    terms.remove(1)
    terms.remove(99)
    assert [hit.term.source for hit in terms.find("fox wolf salt fox")] == ["wolf"]
    terms.add(TermEntry(5, "  "))
    assert 5 not in terms.terms


def test_readers_work_while_terms_change() -> None:
    terms = index("ko", *(f"검술{n}" for n in range(50)), "선장")
    stop = threading.Event()
    wrong: list[str] = []

    def read() -> None:
        while not stop.is_set():
            try:
                if "선장" not in {hit.term.source for hit in terms.find("선장님, 검술1 검술3이다")}:
                    wrong.append("lost")
            except Exception as error:  # noqa: BLE001 (whatever it is, the test shows it)
                wrong.append(repr(error))

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(2000):
        terms.add(TermEntry(n % 50, f"검술{(n * 7) % 50}"))
        terms.remove((n * 3) % 50)
    stop.set()
    reader.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "piece", "terms"),
    [
        ("ko", "소금항구", ["소금", "항구"]),
        ("ko", "검을 ", ["검"]),
        ("ja", "剣", ["剣", "剣剣剣"]),
        ("en", "axes ", ["axe", " ".join(["axe"] * 9)]),
        ("de", "Bären ", ["Bär", " ".join(["Bär"] * 9)]),
        ("en", "<b>", ["b"]),
        ("en", "{", ["b"]),
    ],
)
def test_long_texts_take_no_more_than_their_length(language: str, piece: str, terms: list[str]) -> None:
    built = index(language, *terms)
    text = (piece * (40_000 // len(piece) + 1))[:40_000]
    # The thread's own time: others may use the machine. What grows with the square takes minutes here.
    start = time.thread_time()
    built.find(text)
    assert time.thread_time() - start < 20


# ---- any text ----
_PIECES = st.sampled_from(
    [
        "검",
        "검을",
        "마법",
        "항구 거리",
        "fox",
        "Foxes",
        "salt",
        "剣",
        "ラン",
        "ー",
        "ดาบ",
        "่",
        "İ",
        "ß",
        "é",
        "e\u0301",
        "\u1100\u1161",
        "<b>",
        "</b>",
        "{0}",
        "%s",
        "\\n",
        " ",
        "\n",
        ".",
        "-",
        "’",
        "_",
        "\u200b",
        "\ud800",
        "😀",
        "Ａ",
        "1",
        "+1",
        "\0",
    ]
)
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=14).map("".join))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(_TEXTS, st.booleans()), max_size=8),
    _TEXTS,
    st.sampled_from(["ko", "en", "de", "ja", "ru", "th", ""]),
)
def test_places_are_right_whatever_the_text(terms: list[tuple[str, bool]], text: str, language: str) -> None:
    made = [TermEntry(n, source, str(n), case_sensitive=case) for n, (source, case) in enumerate(terms)]
    built = TermIndex.build(made, language)
    hits = built.find(text)
    assert hits == sorted(hits, key=lambda hit: hit.start)
    spans = sorted({(hit.start, hit.end) for hit in hits})
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(left[1] <= right[0] for left, right in zip(spans, spans[1:], strict=False))
    everything = {(hit.start, hit.end) for hit in built.hits(text)}
    assert set(spans) <= everything
    # What was left out overlaps something kept that is at least as long.
    for start, end in everything - set(spans):
        assert any(a < end and start < b and b - a >= end - start for a, b in spans)
    for term in made:
        built.remove(term.term_id)
    assert built.find(text) == [] and not built.words.keys and not built.hangul.keys and not built.dense.keys


@settings(max_examples=200, deadline=None)
@given(_TEXTS, st.sampled_from(["ko", "en", "de", "ja", "fr"]))
def test_a_term_is_found_in_itself(text: str, language: str) -> None:
    built = index(language, text)
    if built.terms and not any(sign in text for sign in "<{%&\\@$\n"):
        assert built.hits(text) != []
