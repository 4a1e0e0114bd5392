"""Blocks from spreadsheets over targets: lines meet rows in order or by key, and nothing else is written."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.formats.clipboard_block import parse_block
from apps.ldm.models import ChangeSet, File
from apps.ldm.services.rows.acts.copy_block import block
from apps.ldm.services.rows.acts.parse import parse
from apps.ldm.services.rows.acts.scope import Scope
from locanext_project.errors import Invalid
from tests.ldm.services.conftest import row_of
from tests.ldm.services.rows.acts.conftest import act, everything, keys, look, revert, texts, write

pytestmark = pytest.mark.django_db


def lines(seen: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (one["line"], one["key"], one["after"], one["warnings"], (one["refused"] or {}).get("code"))
        for one in seen["lines"]
    ]


def test_lines_meet_the_rows_from_one_on(file: File, lead: User) -> None:
    before = everything(file)
    fields = {"block": 'Fog\r\n"Fog\nagain"\r\n\r\nToo much\r\n', "row": row_of(file, "S3").pk}
    seen = look(lead, file, "paste", **fields)
    assert (seen["columns"], seen["header"], seen["by"], seen["total"]) == (["target"], False, "order", 4)
    assert lines(seen) == [
        (1, "S3", "Fog", [], None), (2, "S4", "Fog\nagain", [], None), (3, "S5", "", [], None),
        (4, "", "Too much", [], "no_row"),
    ]  # fmt: skip
    assert everything(file) == before
    done = act(lead, file, "paste", revision=seen["revision"], **fields)
    assert done["changed"] == 2 and ChangeSet.objects.get(pk=done["change_set"]).kind == "paste"
    assert (texts(file)["S3"], texts(file)["S4"]) == (("Fog", "translated"), ("Fog\nagain", "translated"))
    revert(lead, done)
    assert everything(file) == before


def test_keys_find_the_rows_and_other_sources_are_warned_of(file: File, lead: User) -> None:
    table = "StringID\tSource\tTarget\r\nS5\t등불을 건네받는다\tTakes the lamp\r\n"
    table += "S3\t다른 글\tFog\r\nS9\t\tNo\r\nS5\t\tTwice"
    seen = look(lead, file, "paste", block=table)
    assert (seen["columns"], seen["header"], seen["by"]) == (["key", "source", "target"], True, "key")
    assert lines(seen) == [
        (2, "S5", "Takes the lamp", [], None), (3, "S3", "Fog", ["source_differs"], None), (4, "", "No", [], "no_row"),
        (5, "S5", "Twice", ["source_differs"], "twice"),
    ]  # fmt: skip
    done = act(lead, file, "paste", block=table, left=[3])
    assert done["changed"] == 1 and texts(file)["S5"][0] == "Takes the lamp" and texts(file)["S3"][0] == ""
    # Source and key are compared, never written.
    assert row_of(file, "S3").source == "안개가 걷힌다"


def test_columns_are_seen_from_the_rows(file: File, lead: User) -> None:
    seen = look(lead, file, "paste", block="등대지기의 부탁\tA request\n고래기름 {0}통\t{0} tubs")
    assert (seen["columns"], seen["header"]) == (["source", "target"], False)
    seen = look(lead, file, "paste", block="S1\tA request\nS2\t{0} tubs")
    assert (seen["columns"], seen["by"]) == (["key", "target"], "key")
    seen = look(lead, file, "paste", block="S1\tA request", columns=["ignore", "target"], by="order")
    assert lines(seen)[0][:3] == (1, "S1", "A request")
    seen = look(lead, file, "paste", block="S5\tx", columns=["key", "target"], by="order")
    assert lines(seen)[0][1:4] == ("S1", "x", ["key_differs"])


def test_empty_cells_clear_only_when_asked(file: File, lead: User) -> None:
    assert act(lead, file, "paste", block="\nNew {0}")["changed"] == 1
    assert texts(file)["S1"][0] == "The Keeper's Request"
    act(lead, file, "paste", block='""\n{0}', empty="clear")
    assert texts(file)["S1"] == ("", "new") and texts(file)["S2"][0] == "{0}"


def test_a_row_that_changed_since_or_is_locked_is_left(file: File, lead: User, translator: User) -> None:
    seen = look(lead, file, "paste", block="a\nb\nc")
    write(translator, file, "S1", "Newer")
    act(lead, file, "lock", keys(file, "S2"))
    done = act(lead, file, "paste", block="a\nb\nc", revision=seen["revision"])
    assert {(one["n"], one["code"]) for one in done["refused"]} == {(1, "stale"), (2, "locked")}
    assert texts(file)["S1"][0] == "Newer" and texts(file)["S3"][0] == "c"


def test_a_text_that_the_row_cannot_hold_names_the_line(file: File, lead: User) -> None:
    seen = look(lead, file, "paste", block="ok\n" + "x" * 200_001)
    assert "2" in seen["lines"][1]["refused"]["message"] and seen["lines"][1]["refused"]["code"] == "too_long"


def test_line_ends_are_written_as_the_source_writes_them(make_file: Any, lead: User) -> None:
    file = make_file([("A", "첫 줄&lt;br/&gt;둘째 줄", ""), ("B", "한 줄", "")], name="lines.xml")
    act(lead, file, "paste", block='"one\ntwo"\n"one\ntwo"')
    assert texts(file)["A"][0] == "one<br/>two" and texts(file)["B"][0] == "one\ntwo"


def test_what_was_copied_pastes_back_as_it_was(file: File, lead: User) -> None:
    write(lead, file, "S3", 'Fog\n"lifts"\tnow')
    before = everything(file)
    copied = block(lead, file, Scope(query=""), ["key", "source", "target"], header=True)
    assert parse_block(copied)[0] == ["key", "source", "target"] and copied.count("\r\n") == 5
    seen = look(lead, file, "paste", block=copied)
    assert all(one["before"] == one["after"] and not one["warnings"] for one in seen["lines"])
    assert act(lead, file, "paste", block=copied)["changed"] == 0 and everything(file) == before


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"block": ""},
        {"block": "a\n" * 10_001},
        {"block": "a", "columns": ["target", "target"]},
        {"block": "a", "columns": ["nothing"]},
        {"block": "a", "by": "luck"},
        {"block": "a", "empty": "maybe"},
        {"block": "a", "left": ["1"]},
        {"block": "a", "row": "S1"},
    ],
)
def test_what_is_not_understood_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse({"act": "paste", "scope": {"query": ""}, **fields})


@pytest.mark.parametrize("fields", [{"columns": ["key"]}, {"columns": ["target"], "by": "key"}, {"row": 10**9}])
def test_a_block_without_a_target_or_a_place_changes_nothing(file: File, lead: User, fields: dict[str, Any]) -> None:
    before = everything(file)
    with pytest.raises(Invalid):
        act(lead, file, "paste", block="a", **fields)
    assert everything(file) == before
