"""The demo: enough rows, always the same, Korean that reads as Korean, codes that survive translation."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from io import BytesIO

import pytest

from apps.ldm import demo
from apps.ldm.demo.korean import Name, english, korean, particle
from apps.ldm.demo.rows import DemoRow, dialogues, items, pitches, quests
from apps.ldm.formats import read

CODE = re.compile(r"\{\w+(?:\([^)]*\)|:\w+:\d+)?|<PA\w+>|%\d#|<br/>|▶")


@pytest.fixture(scope="module")
def rows() -> list[DemoRow]:
    return [
        *(row for _, quest in quests() for row in quest),
        *(row for _, row in dialogues()),
        *items(),
        *pitches(),
    ]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(demo.demo_files())


def test_there_are_more_than_3000_rows_and_about_55_percent_have_a_target(rows: list[DemoRow]) -> None:
    assert len(rows) >= 3000
    assert 0.5 <= sum(bool(row.target) for row in rows) / len(rows) <= 0.6


def test_the_files_are_the_same_every_time(files: dict[str, bytes]) -> None:
    assert dict(demo.demo_files()) == files
    assert len({path.rpartition(".")[2] for path in files}) == 3


@pytest.mark.parametrize("path", [path for path, _ in demo.demo_files()])
def test_the_readers_find_every_row(path: str, files: dict[str, bytes], rows: list[DemoRow]) -> None:
    segments = read(path.rpartition("/")[2], files[path]).segments
    counted = {
        "xml": files[path].count(b"<LocStr "),
        "txt": files[path].count(b"\r\n"),
        "xlsx": sum(1 for _ in items()) + sum(1 for _ in pitches()),
    }[path.rpartition(".")[2]]
    assert len(segments) == counted
    targets = {(row.source, row.target) for row in rows}
    if not path.endswith(".txt"):  # its line ends are the two characters \n, which the reader may keep
        assert {(segment.source, segment.target) for segment in segments} <= targets


def test_together_the_files_hold_every_row(files: dict[str, bytes], rows: list[DemoRow]) -> None:
    assert sum(len(read(path.rpartition("/")[2], data).segments) for path, data in files.items()) == len(rows)


def test_sources_are_korean_and_targets_are_not(rows: list[DemoRow]) -> None:
    for row in rows:
        assert re.search(r"[가-힣]", row.source) or row.source == "...", row
        text = re.sub(r"\{StaticInfo[^}]*\}", "", row.target)
        assert not re.search(r"[가-힣]", text), row


def test_no_slot_is_left_and_codes_are_carried_over(rows: list[DemoRow]) -> None:
    for row in rows:
        assert not re.search(r"[\[\]]", row.source + row.target), row
        if row.target:
            assert sorted(CODE.findall(row.source)) == sorted(CODE.findall(row.target)), row


def test_every_kind_of_code_occurs(rows: list[DemoRow]) -> None:
    everything = "\n".join(row.source for row in rows)
    for code in ("<br/>", "{0}", "{StaticInfo:Item:412#소금여우 털}", "<PAColor0xffe9bd23>", "<PAOldColor>", "%1#"):
        assert code in everything, code
    for code in ("{ChangeScene(", "{AudioVoice(", "\n▶"):
        assert code in everything, code


def test_sources_repeat_and_some_were_translated_differently(rows: list[DemoRow]) -> None:
    targets = defaultdict(set)
    for row in rows:
        targets[row.source].add(row.target)
    assert len(targets) < len(rows) * 0.75
    assert sum(len(found - {""}) > 1 for found in targets.values()) >= 20
    assert sum(len(row.source) > 150 for row in rows) >= 20


def test_limits_hold_for_what_is_translated(rows: list[DemoRow]) -> None:
    assert [row.key for row in rows if row.max_length and len(row.target) > row.max_length] == []


def test_the_text_file_has_nine_columns_at_most_and_ragged_lines(files: dict[str, bytes]) -> None:
    lines = files["Dialogue/harbor_dialogue.txt"].decode("utf-8").split("\r\n")[:-1]
    assert {len(line.split("\t")) for line in lines} == {7, 8, 9}
    keys = [tuple(line.split("\t")[:5]) for line in lines]
    assert len(set(keys)) == len(keys)
    assert any("\\n▶" in line for line in lines)


def test_the_workbook_has_two_sheets_a_styled_header_and_formulas(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(BytesIO(files["Items/items.xlsx"])) as book:
        workbook = book.read("xl/workbook.xml").decode()
        first = book.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r'<sheet name="(\w+)"', workbook) == ["Items", "Dialogue"]
    assert first.count("<f>LEN(C") > 400
    assert re.search(r'<c r="A1" s="[1-9]', first)


def test_the_first_account_is_a_lead_with_a_password_the_rules_accept() -> None:
    assert demo.DEMO_USERS[0].role == "lead"
    assert {user.role for user in demo.DEMO_USERS} == {"translator", "reviewer", "lead", "admin"}
    assert all(len(user.password) >= 10 for user in demo.DEMO_USERS)
    assert len({user.username for user in demo.DEMO_USERS}) == len(demo.DEMO_USERS)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [("이안", "은", "은"), ("소라", "은", "는"), ("종의 파편", "를", "을"), ("재 진주", "을", "를")]
    + [("세 등불 곶", "로", "으로"), ("바람 언덕", "로", "으로"), ("검은 물길", "으로", "로"), ("소라", "으로", "로")]
    + [("강토", "이에요", "예요"), ("벼리", "이랑", "랑"), ("3", "이", "이"), ("5", "이", "가")],
)
def test_particles_fit(text: str, form: str, expected: str) -> None:
    assert particle(text, form) == expected


def test_slots() -> None:
    values = {"item": Name("재 진주", "ash pearl", "ash pearls", "Item", 7), "n": 3}
    assert korean("[item|을] [n]개, <C>[item]<D>[+item|을]", values) == "재 진주를 3개, <C>재 진주<D>를"
    assert korean("[item#|을]", values) == "{StaticInfo:Item:7#재 진주}를"
    assert english("[A item], [n] [item+], [Item], [item+#]", values) == (
        "An ash pearl, 3 ash pearls, Ash pearl, {StaticInfo:Item:7#ash pearls}"
    )
    with pytest.raises(KeyError):
        korean("[nobody]", values)
