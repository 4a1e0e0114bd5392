"""gettext catalogues: the byte contract, plural forms, the fuzzy mark, layout, escapes, encodings."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ldm.formats import FormatError, read

from .contract import assert_contract, fixtures, shared_data
from .test_properties import ODD

FOLDER = fixtures("po")
SHARED = shared_data()
COUNTED = {"ko.po": 5, "ru_cp1251_crlf.po": 7, "template.pot": 4}
# Counted by hand: msgids less the header, plus the forms beyond the first (see each file's header).
SHARED_COUNTED = {
    "omegat-be-cp1251-crlf.po": 992 + 1,
    "omegat-fuzzy-previous.po": 2,
    "omegat-kit-latin1.po": 4,
    "omegat-missing-header-string.po": 2,
    "omegat-monolingual.po": 2,
    "omegat-multilines.po": 3,
    "tolgee-example.po": 11 + 1,
    "tolgee-msgctxt-escapes.po": 1,
    "translate-broken-mixedeol.po": 321,
    "wagtail-ar-6plurals.po": 56 + 2 * 5,
    "wagtail-ja.po": 15,
    "wagtail-ko-1plural.po": 84,
    "wagtail-ru-4plurals.po": 56 + 2 * 3,
}
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: en\\n"\n\n'


@pytest.mark.parametrize(("name", "count"), COUNTED.items())
def test_contract_of_fixtures(name: str, count: int) -> None:
    # A fuzzy entry also loses its mark and its previous msgid.
    assert assert_contract(name, (FOLDER / name).read_bytes(), slack=200) == count


@pytest.mark.skipif(SHARED is None, reason="no shared data")
@pytest.mark.parametrize(("name", "count"), SHARED_COUNTED.items())
def test_contract_of_shared_files(name: str, count: int) -> None:
    assert SHARED is not None
    data = (SHARED / "formats/po" / name).read_bytes()
    assert assert_contract(name, data, sample=120, slack=2500) == count


@pytest.mark.skipif(SHARED is None, reason="no shared data")
def test_broken_file_is_warned_of() -> None:
    assert SHARED is not None
    document = read("x.po", (SHARED / "formats/po/translate-broken-mixedeol.po").read_bytes())
    assert any("CR CR LF" in warning.text for warning in document.warnings)


def test_fields() -> None:
    document = read("ko.po", (FOLDER / "ko.po").read_bytes())
    fox, left, menu, door, long = document.segments
    assert (fox.key, fox.comment, fox.location) == (
        "Salt Fox", "Name of the beast", "line 11: src/fox.c:12 src/fox.c:40",
    )  # fmt: skip
    assert (left.key, left.source, left.target) == ("%d fox left", "%d foxes left", "여우 %d마리\n남음")
    assert (left.plural, left.max_length, left.unfinished) == ("0", 12, True)
    assert (menu.key, menu.context, menu.target) == ("menu␄Open", "menu", "")
    assert (door.key, door.unfinished) == ("door␄Open", False)
    assert long.source == "Long text\nin two lines"


def test_an_edit_of_a_fuzzy_entry_takes_the_mark_away() -> None:
    data = (FOLDER / "ko.po").read_bytes()
    document = read("ko.po", data)
    text = document.write({1: "하나\n둘\n"}).decode()
    old = (
        '#, fuzzy, c-format\n#| msgid "%d foxes"\nmsgid "%d fox left"\nmsgid_plural "%d foxes left"\n'
        'msgstr[0] ""\n"여우 %d마리\\n"\n"남음"\n'
    )
    new = (
        '#, c-format\nmsgid "%d fox left"\nmsgid_plural "%d foxes left"\n'
        'msgstr[0] ""\n"하나\\n"\n"둘\\n"\n'
    )  # fmt: skip
    assert text == data.decode().replace(old, new)
    long = document.write({4: "한 줄"}).decode()
    old = (
        '#, fuzzy\n#| msgctxt "old"\n#| msgid "Long"\nmsgid ""\n"Long text\\n"\n"in two lines"\nmsgstr ""\n'
    )  # fmt: skip
    assert long == data.decode().replace(old, 'msgid ""\n"Long text\\n"\n"in two lines"\nmsgstr ""\n"한 줄"\n')


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("#, fuzzy\n", ""),
        ("#,fuzzy\n", ""),
        ("#, fuzzy, c-format\n", "#, c-format\n"),
        ("#, c-format, fuzzy\n", "#, c-format\n"),
        ("#, a, fuzzy, b\n", "#, a, b\n"),
        ("#,fuzzy,c-format\n", "#,c-format\n"),
        ("#, c-format fuzzy\n", "#, c-format\n"),
        ("#, c-format\n#, fuzzy\n", "#, c-format\n"),
        ("# fuzzy people\n#, fuzzy\n#. fuzzy code\n", "# fuzzy people\n#. fuzzy code\n"),
        ("  #, fuzzy\n#= fuzzy\n", ""),
        ("#, no-fuzzy-format\n", "#, no-fuzzy-format\n"),
        ('#, c-format\n#| msgid "kept"\n', '#, c-format\n#| msgid "kept"\n'),
    ],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_flags(flags: str, expected: str, eol: str) -> None:
    entry = 'msgid "a"\nmsgstr "b"\n'
    data = (HEADER + flags + entry).replace("\n", eol).encode()
    written = read("x.po", data).write({0: "c"}).decode()
    assert written == (HEADER + expected + entry.replace('"b"', '"c"')).replace("\n", eol)


def test_missing_plural_forms_are_inserted() -> None:
    data = (FOLDER / "ru_cp1251_crlf.po").read_bytes()
    document = read("ru_cp1251_crlf.po", data)
    assert document.encoding == "cp1251"
    assert [(s.source, s.plural, s.target) for s in document.segments] == [
        ("fox", "0", "лиса"),
        ("foxes", "1", ""),
        ("foxes", "2", "лис"),
        ("none yet", "0", ""),
        ("none yet at all", "1", ""),
        ("none yet at all", "2", ""),
        ('tab\there "quoted" AB', "", "таб\tтут"),
    ]
    text = data.decode("cp1251")
    one = document.write({1: "лисы"}).decode("cp1251")
    assert one == text.replace('"лиса"\r\n', '"лиса"\r\nmsgstr[1] "лисы"\r\n')
    both = document.write({3: "а", 5: "в"}).decode("cp1251")
    assert both == text.replace('at all"\r\n', 'at all"\r\nmsgstr[0] "а"\r\nmsgstr[2] "в"\r\n')
    with pytest.raises(FormatError, match=r"line 7: .*cp1251"):
        document.write({0: "여우"})


@pytest.mark.parametrize(
    ("name", "header", "options", "forms"),
    [
        ("x.po", "Plural-Forms: nplurals=4; plural=n%4;\\n", {}, 4),
        ("x.po", "Plural-Forms: nplurals=4; plural=n%4;\\n", {"target_language": "ko"}, 4),
        ("x.po", "Plural-Forms: nplurals=4; plural=n%4;\\n", {"nplurals": 2}, 2),
        ("x.po", "Language: pl\\n", {}, 3),
        ("x.po", "Language: pl\\n", {"target_language": "ko"}, 1),
        ("ui_ar.po", "", {}, 6),
        ("locale/ja/LC_MESSAGES/x.po", "Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n", {}, 1),
        ("x.po", "", {}, 2),
        ("x.po", "Plural-Forms: nplurals=two; plural=n;\\n", {}, 2),
    ],
)
def test_number_of_forms(name: str, header: str, options: dict[str, Any], forms: int) -> None:
    data = f'msgid ""\nmsgstr ""\n"{header}"\n\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] ""\n'.encode()
    document = read(name, data, options)
    assert [s.plural for s in document.segments] == [str(i) for i in range(forms)]
    assert [s.source for s in document.segments] == (["b"] if forms == 1 else ["a"] + ["b"] * (forms - 1))
    assert assert_contract(name, data, options) == forms


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('msgid "a"\nmsgstr "b\\nc"\n', 'msgid "a"\nmsgstr "x\\ny"\n'),
        ('msgid "a"\nmsgstr ""\n', 'msgid "a"\nmsgstr "x\\ny"\n'),
        ('msgid ""\n"a\\n"\n"b"\nmsgstr ""\n', 'msgid ""\n"a\\n"\n"b"\nmsgstr ""\n"x\\n"\n"y"\n'),
        ('msgid "a"\nmsgstr ""\n  "b"\n  "c"\n', 'msgid "a"\nmsgstr ""\n  "x\\n"\n  "y"\n'),
        ('msgid "a"\nmsgstr "b"\n"c"\n', 'msgid "a"\nmsgstr "x\\n"\n"y"\n'),
        ('msgid "a" msgstr "b" "c"\n', 'msgid "a" msgstr "x\\ny"\n'),
        ('msgid "a"\nmsgstr "b\tc"', 'msgid "a"\nmsgstr "x\\ny"'),
    ],
)
def test_layout_is_kept(entry: str, expected: str) -> None:
    data = (HEADER + entry).encode()
    document = read("x.po", data)
    assert document.write({0: "x\ny"}).decode() == HEADER + expected
    assert assert_contract("x.po", data) == 1


def test_escapes() -> None:
    entry = 'msgid "k"\nmsgstr "\\303\\251 \\x41\\102 \\a\\v\\\'\\? \\q"\n'
    document = read("x.po", (HEADER + entry).encode())
    assert document.segments[0].target == "é AB \a\v'? \\q"
    assert any("unknown escape" in warning.text for warning in document.warnings)
    assert document.write({0: '\x01"\\\t'}).decode() == HEADER + 'msgid "k"\nmsgstr "\\001\\"\\\\\\t"\n'
    with pytest.raises(FormatError, match="U\\+0000"):
        document.write({0: "a\0"})


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("text", ODD)
def test_odd_texts_survive_or_are_refused(name: str, text: str) -> None:
    document = read(name, (FOLDER / name).read_bytes())
    for position in range(len(document.segments)):
        try:
            written = document.write({position: text})
        except FormatError:
            assert name.startswith("ru_") and not text.isascii()  # cp1251 lacks the character
            continue
        assert [s.target for s in read(name, written).segments] == [
            text if i == position else s.target for i, s in enumerate(document.segments)
        ]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('msgid "a"\nmsgid "b"\nmsgstr ""\n', "line 6:1: this msgid has no msgstr"),
        ('msgid "a"\nmsgctxt "b"\nmsgid "c"\nmsgstr ""\n', "line 7:1: msgctxt where msgstr"),
        ('msgid "a\nmsgstr ""\n', "line 6:1: a text is not closed"),
        ('msgstr "a"\n', "line 6:1: msgstr without"),
        ('msgid "a"\n', "line 6:1: this msgid has no msgstr"),
        ('msgctxt "a"\n', "line 6:1: msgctxt without"),
        ('msgid "a"\nmsgstr "b"\nmsgstr "c"\n', "line 8:1"),
        ('msgid "a"\nmsgstr[0] "b"\n', "line 7:1: msgstr.n. without msgid_plural"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr "b"\n', "line 8:1"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "b"\nmsgstr[0] "c"\n', "line 9:1"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[9999] "b"\n', "line 8:1"),
        ("msgid a\nmsgstr b\n", "line 6:1: msgid must be followed"),
        ('# c\n"loose"\n', "line 7:1: a text without msgid"),
        ("nonsense here\n", "line 6:1: cannot read 'nonsense'"),
        ('msgid "a"\n# comment\nmsgstr "b"\n', "line 7:1"),
        ('msgid "\\377"\nmsgstr ""\n', "line 6:7"),
    ],
)
def test_bad_files_name_the_line(body: str, place: str) -> None:
    with pytest.raises(FormatError, match=place):
        read("x.po", (HEADER + body).encode())


def test_obsolete_entries_and_their_comments_belong_to_nobody() -> None:
    body = '# of the gone\n#, fuzzy\n#~| msgid "x"\n#~ msgid "gone"\n#~ msgstr "weg"\n\n# mine\nmsgid "a"\nmsgstr "b"\n'
    segment = read("x.po", (HEADER + body).encode()).segments[0]
    assert (segment.key, segment.comment, segment.unfinished) == ("a", "mine", False)


def test_repeated_messages_and_domains() -> None:
    body = 'msgid "a"\nmsgstr "1"\n\nmsgid "a"\nmsgstr "2"\n\ndomain "other"\nmsgid "b"\nmsgstr "3"\n'
    document = read("x.po", (HEADER + body).encode())
    assert [s.key for s in document.segments] == ["a", "a#2", "b"]
    assert any("2 times" in warning.text for warning in document.warnings)
    assert assert_contract("x.po", (HEADER + body).encode()) == 3


def test_encodings() -> None:
    body = 'msgid "a"\nmsgstr "é"\n'
    plain = body.encode("latin-1")
    assert read("x.po", plain).encoding == "cp1252"
    declared = HEADER.replace("UTF-8", "ISO-8859-2").encode() + 'msgid "a"\nmsgstr "ł"\n'.encode("iso-8859-2")
    assert read("x.po", declared).segments[0].target == "ł"
    assert read("x.po", b"\xef\xbb\xbf" + (HEADER + body).encode()).segments[0].target == "é"
    with pytest.raises(FormatError, match="not utf-8"):
        read("x.po", HEADER.encode() + plain)
    assert read("x.po", HEADER.encode() + plain, {"encoding": "latin-1"}).segments[0].target == "é"
    strange = read("x.po", HEADER.replace("UTF-8", "klingon").encode() + body.encode())
    assert any("klingon" in warning.text for warning in strange.warnings)
    with pytest.raises(FormatError, match="empty"):
        read("x.po", b"")


def test_source_file_gives_the_source_of_keys() -> None:
    source = (HEADER + 'msgid "KEY"\nmsgstr "Salt Fox"\n').encode()
    data = (HEADER + 'msgid "KEY"\nmsgstr "소금 여우"\n\nmsgid "NEW"\nmsgstr ""\n').encode()
    document = read("ko.po", data, {"source_file": {"filename": "en.po", "data": source}})
    assert [(s.key, s.source) for s in document.segments] == [("KEY", "Salt Fox"), ("NEW", "NEW")]


@pytest.mark.parametrize(
    ("options", "named"),
    [({"colour": 1}, "colour"), ({"nplurals": "2"}, "nplurals"), ({"nplurals": 0}, "nplurals"),
     ({"nplurals": True}, "nplurals"), ({"target_language": 5}, "target_language")],
)  # fmt: skip
def test_bad_options_are_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(FormatError, match=re.escape(named)):
        read("x.po", HEADER.encode(), options)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(texts, min_size=3, max_size=3), st.sampled_from([0, 1, 2, 3, 4]), texts)
def test_any_text_survives(values: list[str], position: int, text: str) -> None:
    body = (
        '#, fuzzy\nmsgid "one"\nmsgstr ""\n\nmsgid ""\n"two\\n"\n"lines"\nmsgstr ""\n\n'
        'msgid "n"\nmsgid_plural "ns"\nmsgstr[1] ""\n\nmsgctxt "c"\nmsgid "one"\nmsgstr "x" "y"\n'
    )
    document = read("x.po", (HEADER + body).encode())
    assert len(document.segments) == 5
    first = read("x.po", document.write(dict(enumerate(values))))
    assert [s.target for s in first.segments] == [*values, "", "xy"]
    second = read("x.po", first.write({position: text})).segments
    assert [s.target for s in second] == [text if i == position else s.target for i, s in enumerate(first.segments)]


@given(st.text('msgid str[01]"\\\n#~,fuzzy x', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    data = (HEADER + text).encode()
    try:
        document = read("x.po", data)
    except FormatError:
        return
    assert document.write({}) == data
