"""What the import dialog is shown of a JSON file: its lists of objects, with the fields proposed."""

from __future__ import annotations

import json

from apps.ldm.formats import inspect, read

QUESTS = {
    "version": 3,
    "quests": [
        {"id": 12345678901234567, "ko": "소금 여우", "en": "Salt Fox", "lines": [{"speaker": "Owl", "text": "Hi"}]},
        {"id": 2, "ko": '검은 "늑대"', "en": None, "note": "a wolf"},
        {"id": 3, "ko": "올빼미", "lines": [{"speaker": "Fox", "text": "Bye"}, {"text": "Oh"}]},
    ],
}
DATA = json.dumps(QUESTS, indent=1).encode()


def roles(table: object) -> dict[str, str]:
    return {column.id: column.role for column in table.columns}  # type: ignore[attr-defined]


def test_lists_of_objects_are_tables() -> None:
    told = inspect("quests.json", DATA, limit=2)
    assert [(table.name, table.total, table.used) for table in told.tables] == [
        ("/quests", 3, False),
        ("/quests/*/lines", 3, False),
    ]
    quests = told.tables[0]
    assert roles(quests) == {"id": "key", "ko": "source", "en": "target", "note": "comment"}
    assert quests.columns[1].language == "ko"
    assert quests.rows == [["12345678901234567", "소금 여우", "Salt Fox", ""], ["2", '검은 "늑대"', "", "a wolf"]]
    assert roles(told.tables[1])["speaker"] == "speaker"
    assert "fields" not in told.options


def test_the_proposal_makes_the_file_bilingual() -> None:
    proposed = {column.role: column.id for column in inspect("quests.json", DATA).tables[0].columns if column.role}
    document = read("quests.json", DATA, {"fields": proposed})
    assert [(s.key, s.source, s.target) for s in document.segments] == [
        ("12345678901234567", "소금 여우", "Salt Fox"),
        ("2", '검은 "늑대"', ""),
        ("3", "올빼미", ""),
    ]
    told = inspect("quests.json", DATA, {"fields": {"source": "ko", "target": ["en", "de"]}})
    assert told.variants == ["en", "de"]
    assert [(table.name, table.used) for table in told.tables] == [("/quests", True), ("/quests/*/lines", False)]
    assert roles(told.tables[0]) == {"id": "", "ko": "source", "en": "target", "note": "", "de": "target"}


def test_plain_language_files_have_no_tables() -> None:
    assert inspect("ko.json", b'{"menu": {"start": "x", "quit": "y"}, "hud": {"life": "z"}}').tables == []
    assert inspect("ko.json", b'["a", "b"]').tables == []


def test_objects_of_objects_are_a_table_when_they_look_bilingual() -> None:
    data = '{"a/b": {"source": "여우", "target": "fox"}, "c": {"source": "늑대", "target": ""}}'.encode()
    (table,) = inspect("a.json", data).tables
    assert (table.name, table.total) == ("/", 2)
    assert roles(table) == {"source": "source", "target": "target"}


def test_a_list_at_the_root_and_odd_items() -> None:
    data = b'[{"Source": "a", "x": {"y": 1}}, 3, [], {"Source": "\\ud83e\\udd8a", "Target": "\\ud83d"}, {}]'
    (table,) = inspect("a.json", data, limit=5).tables
    assert (table.name, table.total) == ("/", 3)
    assert table.rows == [["a", ""], ["🦊", "\\ud83d"], ["", ""]]
