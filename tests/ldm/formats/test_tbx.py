"""Term bases: TBX as a file format, terms in two languages as a stream, tables of terms, and what is written."""

from __future__ import annotations

import io
import random

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.formats import FormatError, inspect, read
from apps.ldm.formats.tbx_terms import TermUnit, read_terms
from apps.ldm.formats.tbx_writer import write_tbx, write_terms_xlsx

from .contract import assert_contract, fixtures, shared_data

DCT = (fixtures("tbx") / "dct.tbx").read_bytes()
DCA = (fixtures("tbx") / "dca.tbx").read_bytes()
SHARED = shared_data()


@pytest.mark.parametrize(("data", "count"), [(DCT, 3), (DCA, 2)])
def test_the_byte_contract(data: bytes, count: int) -> None:
    assert assert_contract("a.tbx", data, slack=200) == count
    assert inspect("a.tbx", data, limit=1).total_segments == count


def test_segments_of_a_term_base() -> None:
    document = read("a.tbx", DCT)
    assert document.options == {"source_language": "en", "languages": ["ko"]}
    assert [(s.key, s.variant, s.source, s.target) for s in document.segments] == [
        ("c1", "ko", "fox", "여우"),
        ("c1#2", "ko", "fox", "야호"),
        ("c2", "ko", "owl", ""),
    ]
    assert document.segments[1].comment == "a small wild dog\nold"
    assert document.segments[0].context == "subjectfield: animals"
    written = document.write({2: "올빼미"}).decode()
    assert (
        '        </langSec>\n        <langSec xml:lang="ko">\n          <termSec><term>올빼미</term></termSec>\n'
        "        </langSec>\n      </conceptEntry>"
    ) in written
    assert [s.target for s in read("a.tbx", written.encode()).segments] == ["여우", "야호", "올빼미"]


def test_terms_in_both_styles() -> None:
    reader = read_terms("a.tbx", DCT, "en", "ko")
    fox = TermUnit("fox", "여우", "preferred", "noun", "a small wild dog", "", "c1")
    assert list(reader) == [fox, fox._replace(target="야호", use="forbidden", note="old")]
    assert reader.skipped == 1
    assert [(w.place, w.text) for w in reader.warnings] == [("line 17", "this concept has no term in ko")]
    assert list(read_terms("a.tbx", DCA, "en", "ko")) == [fox, fox._replace(target="여우 새끼", use="forbidden")]
    assert [t.target for t in read_terms("a.tbx", DCA, "ko-KR", "en-US")] == ["fox", "fox"]


STATUS = {
    '<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote>': "forbidden",
    '<termNote type="administrativeStatus">supersededTerm-admn-sts</termNote>': "forbidden",
    '<termNote type="administrativeStatus">admittedTerm-admn-sts</termNote>': "admitted",
    '<termNote type="normativeAuthorization">preferredTerm</termNote>': "preferred",
    '<transacGrp><transac type="transactionType">forbidden</transac></transacGrp>': "forbidden",
    '<termNote type="x-forbidden">true</termNote>': "forbidden",
    '<termNote type="x-forbidden">false</termNote>': "preferred",
    "<note>deprecated is a word</note>": "preferred",
    "": "preferred",
}


@pytest.mark.parametrize("said", STATUS)
def test_what_makes_a_term_forbidden(said: str) -> None:
    data = DCA.replace(b"<term>\xec\x97\xac\xec\x9a\xb0</term></tig>", f"<term>여우</term>{said}</tig>".encode())
    assert next(iter(read_terms("a.tbx", data, "en", "ko"))).use == STATUS[said]


LEGAL = st.text(
    st.one_of(st.sampled_from("<>&\"' \n\r\t가]\u2028"), st.characters(blacklist_categories=("Cs", "Cc"))), max_size=10
).filter(lambda text: not set(text) & set("\ufffe\uffff"))
FULL = LEGAL.filter(lambda text: bool(text.strip()))
EMPTY_OR_FULL = st.one_of(st.just(""), FULL)
TERMS = st.builds(
    TermUnit,
    source=st.one_of(st.sampled_from(["fox", "owl"]), FULL),
    target=FULL,
    use=st.sampled_from(["preferred", "admitted", "forbidden"]),
    part_of_speech=EMPTY_OR_FULL,
    definition=EMPTY_OR_FULL,
    note=EMPTY_OR_FULL,
    concept=st.one_of(st.sampled_from(["", "c1", "c2"]), EMPTY_OR_FULL),
    case_sensitive=st.booleans(),
)


def written(terms: list[TermUnit]) -> bytes:
    stream = io.BytesIO()
    assert write_tbx(stream, terms, source_language="en", target_language="ko") == len(terms)
    return stream.getvalue()


@settings(max_examples=300, deadline=None)
@given(st.lists(TERMS, min_size=1, max_size=6))
def test_a_term_base_comes_back_exactly(terms: list[TermUnit]) -> None:
    data = written(terms)
    assert list(read_terms("a.tbx", data, "en", "ko")) == terms
    assert read("a.tbx", data).write({}) == data


@pytest.mark.parametrize(
    ("term", "said"),
    [
        (TermUnit("a\x01", "b"), "U.0001"),
        (TermUnit("a", ""), "source and a target"),
        (TermUnit("a", "b", "liked"), "unknown use"),
        (TermUnit("a", "b", note="\ud800"), "U.D800"),
    ],
)
def test_terms_that_cannot_be_written(term: TermUnit, said: str) -> None:
    with pytest.raises(FormatError, match=f"term 1.*{said}"):
        written([term])


TABLE = [
    ["Source", "Target", "Part of speech", "Note", "Forbidden"],
    ["fox", "여우", "noun", "n", ""],
    ["fox", "야호", "", "", "yes"],
    ["owl", "", "", "", ""],
]
EXPECTED = [TermUnit("fox", "여우", part_of_speech="noun", note="n"), TermUnit("fox", "야호", "forbidden")]


def tabular(name: str, rows: list[list[str]]) -> bytes:
    if name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()
    return "".join(("," if name.endswith(".csv") else "\t").join(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize("name", ["a.xlsx", "a.tsv", "a.csv"])
def test_tables_by_their_titles_and_by_mapping(name: str) -> None:
    reader = read_terms(name, tabular(name, TABLE), "en", "ko")
    assert list(reader) == EXPECTED
    assert reader.skipped == 1 and "4" in reader.warnings[0].place
    names = "ABCDE" if name == "a.xlsx" else "01234"
    columns = dict(zip(names, ["target", "source", "note", "part_of_speech", "use"], strict=True))
    rows = [["여우", "fox", "n", "noun", ""], ["야호", "fox", "", "", "forbidden"]]
    assert list(read_terms(name, tabular(name, rows), "en", "ko", {"columns": columns, "header": False})) == EXPECTED


def test_tables_of_two_columns_and_of_languages() -> None:
    assert list(read_terms("a.tsv", "fox\t여우\n".encode(), "en", "ko")) == [TermUnit("fox", "여우")]
    rows = [["English", "Korean", "Japanese"], ["fox", "여우", "狐"]]
    assert list(read_terms("a.csv", tabular("a.csv", rows), "ja", "en")) == [TermUnit("狐", "fox")]
    with pytest.raises(FormatError, match="no columns are en and fr; the file has: en, ko, ja"):
        read_terms("a.csv", tabular("a.csv", rows), "en", "fr")


def test_our_own_sheet_comes_back() -> None:
    terms = [*EXPECTED, TermUnit("Owl", "올빼미", "admitted", "", "bird", "=1", "c9", True)]
    stream = io.BytesIO()
    assert write_terms_xlsx(stream, terms) == 3
    assert list(read_terms("a.xlsx", stream.getvalue(), "en", "ko")) == terms


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<tmx/>", "root element"),
        (b"", "empty"),
        (DCT[:900], r"line \d+, column \d+"),
        (b'<!DOCTYPE a [<!ENTITY a "b">]><martif>&a;</martif>', "refused"),
        (b"<martif>" + b"<a>" * 300, "deeper"),
        (b"<martif><termEntry><langSet><tig/></langSet></termEntry></martif>", "xml:lang"),
        (b"<martif/>", "no term in en; the file has: none"),
        (DCT.replace(b'"ko"', b'"ja"'), "no term in ko; the file has: en, ja"),
        (b"<martif><termEntry><termEntry/></termEntry></martif>", "inside another"),
    ],
)
def test_bad_term_bases(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        list(read_terms("a.tbx", data, "en", "ko"))


def test_what_terms_are_not_read_from() -> None:
    with pytest.raises(FormatError, match="terms are read from"):
        read_terms("a.po", b"", "en", "ko")
    for options in ({"columns": {"A": "colour"}}, {"columns": {"A": "source"}}, {"what": 1}, {"sheet": "x"}):
        with pytest.raises(FormatError, match="option"):
            read_terms("a.xlsx", tabular("a.xlsx", TABLE), "en", "ko", options)


SCRAPS = [b"<termEntry>", b"</tig>", b"<term>", b"</langSet>", b"&x;", b"\0", b"\xff", b"<!--", b"]]>"]
SOUND = {
    "a.tbx": DCA,
    "b.tbx": DCT,
    "a.xlsx": tabular("a.xlsx", TABLE),
    "a.tsv": tabular("a.tsv", TABLE),
    "a.csv": tabular("a.csv", TABLE),
}


@pytest.mark.parametrize("name", SOUND)
def test_damaged_files_raise_nothing_else(name: str) -> None:
    chance = random.Random(name)
    for _ in range(100 if name == "a.xlsx" else 300):
        data = bytearray(SOUND[name])
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data) or 1)
            if chance.random() < 0.5:
                del data[at : at + chance.randint(1, 30)]
            else:
                data[at:at] = chance.choice(SCRAPS)
        try:
            list(read_terms(name, bytes(data), "en", "ko"))
        except FormatError:
            pass
        if name.endswith(".tbx"):
            try:
                document = read(name, bytes(data))
            except FormatError:
                continue
            open_rows = [i for i, segment in enumerate(document.segments) if not segment.locked]
            for position in open_rows:
                again = read(name, document.write({position: "Zq"}), document.options).segments
                assert again[position].target == "Zq" and len(again) == len(document.segments)


@pytest.mark.skipif(SHARED is None, reason="no shared data")
def test_real_glossaries() -> None:
    assert SHARED is not None
    folder = SHARED / "formats" / "glossary"
    sample = list(read_terms("a.tbx", (folder / "omegat-sample.tbx").read_bytes(), "en", "hu"))
    assert [(t.source, t.target, t.part_of_speech, t.concept) for t in sample] == [
        ("alpha smoothing factor", "hu translation", "noun", "eid-Oracle-67")
    ]
    assert sample[0].definition.startswith("A value between 0 and 1")
    wide = list(read_terms("a.txt", (folder / "omegat-utf16le.txt").read_bytes(), "en", "de"))
    assert [(t.source, t.target, t.note) for t in wide] == [
        ("UTF", "Unicode Transformation Format", "Comment #1"),
        ("LE", "Little Endian", "Comment #2"),
    ]
    full = list(read_terms("a.csv", (folder / "matecat-full-structure.csv").read_bytes(), "en", "it"))
    assert [(t.source, t.target, t.definition) for t in full] == [
        ("Contact", "Contattare", "bla bla bla"),
        ("Eat", "Mangiare", "bla bla bla"),
    ]
