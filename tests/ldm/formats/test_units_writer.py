"""Memories written and read again: TMX exactly, tables in their columns, and what cannot be held is said."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.formats import FormatError, read
from apps.ldm.formats.units import Unit, read_units
from apps.ldm.formats.units_records import TITLES
from apps.ldm.formats.units_writer import COLUMNS, DEFAULT_COLUMNS, write_tmx, write_tsv
from apps.ldm.formats.units_xlsx import write_xlsx

ANY = st.text(
    st.one_of(
        st.sampled_from("<>&\"' \n\r\t\x00\x01\x0b\ufffe\uffff_x0041가⟦]\\n\u2028\x85\U0001f38a"),
        st.characters(blacklist_categories=("Cs",)),
    ),
    max_size=12,
)
FULL = ANY.filter(lambda text: bool(text.strip()))
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC))
UNITS = st.builds(
    Unit,
    key=st.one_of(st.sampled_from(["", "K", "k"]), ANY),
    source=FULL,
    target=FULL,
    previous=st.none() | ANY,
    next=st.none() | ANY,
    speaker=ANY,
    note=ANY,
    author=ANY,
    created=st.none() | MOMENTS,
    changed=st.none() | MOMENTS,
    confirmed=st.none() | st.booleans(),
    place=st.just(""),
)


def tmx(units: list[Unit], source: str = "ko", target: str = "en") -> bytes:
    stream = io.BytesIO()
    assert write_tmx(stream, units, source_language=source, target_language=target).units == len(units)
    return stream.getvalue()


def again(name: str, data: bytes) -> list[Unit]:
    return [u._replace(place="") for u in read_units(name, data, source_language="ko", target_language="en")]


@settings(max_examples=300, deadline=None)
@given(st.lists(UNITS, min_size=1, max_size=6))
def test_a_memory_comes_back_exactly(units: list[Unit]) -> None:
    data = tmx(units)
    assert again("a.tmx", data) == units
    document = read("a.tmx", data)
    assert len(document.segments) == len(units) and document.write({}) == data


def test_what_other_tools_see() -> None:
    stamp = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    unit = Unit("A&B", "여우 <b>", "fox <b>", "", None, "여왕", "n", "kim", stamp, stamp, True)
    data = tmx([unit, unit._replace(created=None, changed=None, author="")]).decode()
    assert 'creationtool="LocaNext"' in data and 'srclang="ko"' in data and '<tmx version="1.4">' in data
    stamped = 'creationid="kim" creationdate="20260102T030405Z" changeid="kim" changedate="20260102T030405Z"'
    assert f'<tu tuid="A&amp;B" {stamped}>' in data
    assert data.count('tuid="') == 1 and '<prop type="x-string-id">A&amp;B</prop>' in data
    assert '<prop type="x-context-pre"></prop>' in data and "x-context-post" not in data
    assert "<seg>여우 &lt;b&gt;</seg>" in data and '<prop type="x-confirmed">true</prop>' in data


def test_neighbours_that_look_like_tags_stay() -> None:
    unit = Unit("", "a", "b", "<seg>x</seg>", "<seg></seg>")
    assert again("a.tmx", tmx([unit])) == [unit]


def test_naive_moments_are_utc_and_others_are_converted() -> None:
    moment = datetime.fromisoformat("2026-01-02T03:04:05.678+09:00")
    found = again("a.tmx", tmx([Unit("", "a", "b", created=moment, changed=datetime(2026, 1, 2))]))[0]  # noqa: DTZ001
    assert found.created == datetime(2026, 1, 1, 18, 4, 5, tzinfo=UTC)
    assert found.changed == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("field", ["key", "source", "target", "previous", "note"])
def test_half_a_character_is_refused(field: str) -> None:
    unit = Unit("k", "a", "b")._replace(**{field: "x\ud800"})
    for write in (lambda s: write_tmx(s, [unit], source_language="ko", target_language="en"),
                  lambda s: write_tsv(s, [unit], columns=list(COLUMNS)),
                  lambda s: write_xlsx(s, [unit], columns=list(COLUMNS))):  # fmt: skip
        with pytest.raises(FormatError, match="half a character"):
            write(io.BytesIO())


def test_a_language_is_needed() -> None:
    with pytest.raises(FormatError, match="language"):
        write_tmx(io.BytesIO(), [], source_language="", target_language="en")


HELD = ANY.filter(lambda text: not set(text) & set("\t\r") and "\\n" not in text and "\ufeff" not in text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(HELD.map(str.strip), HELD, HELD), min_size=1, max_size=6))
def test_a_text_file_comes_back(rows: list[tuple[str, str, str]]) -> None:
    units = [Unit(key, source, target) for key, source, target in rows if source.strip() and target.strip()]
    stream = io.BytesIO()
    written = write_tsv(stream, units, columns=["source", "target"])
    assert (written.units, written.inexact) == (len(units), 0)
    # Said which columns are what: in a few lines of odd characters the header alone is a guess.
    options = {"columns": {"0": "source", "1": "target"}, "header": True}
    found = read_units("a.tsv", stream.getvalue(), source_language="ko", target_language="en", options=options)
    assert [(u.source, u.target) for u in found] == [(u.source, u.target) for u in units]


DAY = datetime(2026, 1, 2, tzinfo=UTC)
PLAIN = [
    Unit("A", "소금 여우\n둘", "Salt fox\ntwo", "앞", None, "여왕", "memo", "kim", DAY, None, True),
    Unit("B", "=1+1", "@x", confirmed=False),
    Unit("", "늑대", "wolf"),
]


@pytest.mark.parametrize("columns", [None, ["key", "source", "target"], list(COLUMNS)])
@pytest.mark.parametrize("name", ["a.tsv", "a.xlsx"])
def test_tables_are_read_by_their_titles(name: str, columns: list[str] | None) -> None:
    stream = io.BytesIO()
    written = (write_tsv if name == "a.tsv" else write_xlsx)(stream, PLAIN, columns=columns)
    assert (written.units, written.warnings) == (3, [])
    found = again(name, stream.getvalue())
    assert [(u.key, u.source, u.target) for u in found] == [(u.key, u.source, u.target) for u in PLAIN]
    # The order of a memory's entries is no text's: its neighbours would be false contexts.
    if columns != ["key", "source", "target"]:
        assert all(u.previous is None and u.next is None for u in found)
    if columns and "speaker" in columns:
        assert found[0].speaker == "여왕" and found[0].note == "memo"


def test_what_a_text_file_cannot_hold_is_said() -> None:
    stream = io.BytesIO()
    written = write_tsv(stream, [Unit("", "a\tb", "c\r\nd"), Unit("", "x", "C:\\new")], columns=[])
    assert stream.getvalue().decode() == "Source\tTarget\na b\tc\\nd\nx\tC:\\new\n"
    assert written.inexact == 3 and [w.place for w in written.warnings] == [
        "line 2, Source",
        "line 2, Target",
        "line 3, Target",
    ]


def test_the_titles_of_an_export_are_the_ones_it_is_recognised_by() -> None:
    assert {title for title, _ in COLUMNS.values()} == TITLES


def test_source_and_target_are_always_there() -> None:
    stream = io.BytesIO()
    write_tsv(stream, [], columns=["author"])
    assert stream.getvalue() == b"Source\tTarget\tAuthor\n"
    assert set(DEFAULT_COLUMNS) <= set(COLUMNS)
    with pytest.raises(FormatError, match="colour"):
        write_tsv(io.BytesIO(), [], columns=["colour"])


def test_a_workbook_is_styled_and_holds_text_alone() -> None:
    stream = io.BytesIO()
    odd = Unit("_x0041_", "=SUM(A1)", "\x01 <r>x</r>", note="http://example.invalid")
    write_xlsx(
        stream, [odd, Unit("12345678901234567", "w" * 300, "넓" * 20)], columns=["key", "source", "target", "note"]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).active
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].fill.fgColor.rgb == "FF4472C4" and sheet["A1"].font.bold
    assert [cell.data_type for cell in sheet[2]] == ["s"] * 4
    assert sheet["B2"].value == "=SUM(A1)" and sheet["A3"].value == "12345678901234567"
    assert sheet.column_dimensions["B"].width <= 51 < 60
    assert 40 < sheet.column_dimensions["C"].width < 45
    found = again("a.xlsx", stream.getvalue())
    assert [(u.key, u.source, u.target, u.note) for u in found][0] == (odd.key, odd.source, odd.target, odd.note)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(FULL, FULL), min_size=1, max_size=4))
def test_a_workbook_comes_back(rows: list[tuple[str, str]]) -> None:
    stream = io.BytesIO()
    write_xlsx(stream, [Unit("k", source, target) for source, target in rows], columns=["source", "target"])
    options = {"sheets": {"Entries": {"columns": {"A": "source", "B": "target"}, "header": True, "header_row": 1}}}
    found = read_units("a.xlsx", stream.getvalue(), source_language="ko", target_language="en", options=options)
    assert [(u.source, u.target) for u in found] == rows


def test_a_text_too_long_for_a_cell() -> None:
    with pytest.raises(FormatError, match=r"row 2, Target: .*32,767 characters; use TMX"):
        write_xlsx(io.BytesIO(), [Unit("", "a", "x" * 100_000)])
