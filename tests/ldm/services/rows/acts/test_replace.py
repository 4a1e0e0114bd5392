"""Find and replace over a file: previews of every hit, chosen hits, staleness, one change set that goes back."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File
from apps.ldm.services.rows.acts import preview_replace
from apps.ldm.services.rows.acts.parse import parse
from locanext_project.errors import Invalid
from tests.ldm.services.conftest import row_of
from tests.ldm.services.rows.acts.conftest import act, everything, keys, look, revert, texts, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(file: File, lead: User) -> File:
    """Targets with repeats and codes."""
    write(lead, file, "S3", "Fog, fog and {fog}")
    write(lead, file, "S4", "The fog lifts")
    write(lead, file, "S5", "A lamp<br/>in the fog")
    return file


def hits(seen: dict[str, Any]) -> list[tuple[int, int, str, bool]]:
    return [(one["n"], one["index"], one["codes"], one["refused"] is None) for one in seen["hits"]]


def test_a_preview_shows_every_hit_with_its_place_and_the_text_after(filled: File, lead: User) -> None:
    seen = look(lead, filled, "replace", find="fog", **{"with": "mist"})
    assert hits(seen) == [
        (3, 0, "", True),
        (3, 1, "", True),
        (3, 2, "inside", False),
        (4, 0, "", True),
        (5, 0, "", True),
    ]
    first = seen["hits"][0]
    assert (first["text"], first["after"]) == ("Fog, fog and {fog}", "mist, mist and {fog}")
    assert (first["start"], first["end"], first["replacement"]) == (0, 3, "mist")
    totals = seen["totals"]
    assert (totals["rows"], totals["hits"], totals["refused"], totals["complete"]) == (3, 4, 1, True)
    assert seen["next"] is None and seen["revision"] == 4


def test_previews_are_paged_and_counted_on(filled: File, lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    found, cursor = [], None
    while True:
        fields = {"cursor": cursor} if cursor else {}
        seen = look(lead, filled, "replace", find="fog", limit=1, **fields)
        assert ("totals" in seen) is (cursor is None)
        if cursor is None:
            assert seen["totals"]["hits"] == 4
        found += hits(seen)
        cursor = seen["next"]
        if cursor is None:
            break
    assert [n for n, *_rest in found] == [3, 3, 3, 4, 5]
    # Without any time left a page stops where it is, and says how to go on.
    monkeypatch.setattr(preview_replace, "SECONDS", 0.0)
    seen = look(lead, filled, "replace", find="fog", regex=True)
    assert not seen["totals"]["complete"] and seen["next"]
    rounds, count = 0, seen["totals"]["next"]
    while count:
        totals = look(lead, filled, "replace", find="fog", regex=True, count=count)["totals"]
        count, rounds = totals["next"], rounds + 1
    assert (totals["rows"], totals["hits"], totals["refused"], totals["complete"]) == (3, 4, 1, True)
    assert rounds > 1


@pytest.mark.parametrize("scope", [{"query": ""}, {"query": "target:fog"}, "ids"])
def test_all_hits_become_one_change_set_that_goes_back(filled: File, lead: User, scope: Any) -> None:
    before = everything(filled)
    scope = keys(filled, "S5", "S3", "S4") if scope == "ids" else scope
    done = act(lead, filled, "replace", scope, find="fog", **{"with": "mist"})
    assert done["changed"] == 3
    assert texts(filled)["S3"] == ("mist, mist and {fog}", "translated")
    assert texts(filled)["S5"] == ("A lamp<br/>in the mist", "translated")
    change_set = ChangeSet.objects.get(pk=done["change_set"])
    assert change_set.kind == "replace"
    assert (change_set.counts["hits"], change_set.counts["hits_left"], change_set.counts["find"]) == (4, 1, "fog")
    revert(lead, done)
    assert everything(filled) == before


def test_only_chosen_hits_and_all_but_some(filled: File, lead: User) -> None:
    row = row_of(filled, "S3").pk
    act(lead, filled, "replace", find="fog", hits=[{"row_id": row, "index": 1}], **{"with": "mist"})
    assert texts(filled)["S3"][0] == "Fog, mist and {fog}" and texts(filled)["S4"][0] == "The fog lifts"
    other = row_of(filled, "S4").pk
    act(lead, filled, "replace", find="fog", left={str(other): [0]}, **{"with": "haze"})
    assert [texts(filled)[key][0] for key in ("S3", "S4", "S5")] == [
        "haze, mist and {fog}", "The fog lifts", "A lamp<br/>in the haze",
    ]  # fmt: skip


def test_a_chosen_hit_that_is_gone_or_moved_is_stale(filled: File, lead: User, translator: User) -> None:
    seen = look(lead, filled, "replace", find="fog")
    row = row_of(filled, "S3").pk
    write(translator, filled, "S3", "Only one fog")
    done = act(lead, filled, "replace", find="fog", hits=[{"row_id": row, "index": 1}], **{"with": "x"})
    assert done["refused_by"] == {"stale": 1}
    done = act(lead, filled, "replace", find="fog", revision=seen["revision"], **{"with": "x"})
    assert done["refused_by"] == {"stale": 1} and done["changed"] == 2
    assert texts(filled)["S3"][0] == "Only one fog"


def test_codes_only_when_asked(filled: File, lead: User) -> None:
    done = act(lead, filled, "replace", find="{fog}", **{"with": "{mist}"})
    assert (done["changed"], done["refused_by"]) == (0, {"codes": 1})
    act(lead, filled, "replace", find="{fog}", codes=True, **{"with": "{mist}"})
    assert texts(filled)["S3"][0] == "Fog, fog and {mist}"


def test_the_status_of_what_changed(filled: File, lead: User, translator: User) -> None:
    act(lead, filled, "status", keys(filled, "S4"), status="approved")
    act(lead, filled, "replace", find="lifts", status="keep", **{"with": "rises"})
    assert texts(filled)["S4"] == ("The fog rises", "approved")
    # Who may not approve cannot keep a row approved either.
    done = act(translator, filled, "replace", find="rises", status="keep", **{"with": "goes"})
    assert done["refused_by"] == {"role": 1} and texts(filled)["S4"] == ("The fog rises", "approved")
    act(translator, filled, "replace", find="rises", status="confirmed", **{"with": "goes"})
    assert texts(filled)["S4"] == ("The fog goes", "confirmed")
    act(translator, filled, "replace", find="The fog goes")
    assert texts(filled)["S4"] == ("", "new")


def test_a_text_that_no_row_can_hold_is_refused(filled: File, lead: User) -> None:
    write(lead, filled, "S3", "a" * 1000)
    done = act(lead, filled, "replace", find="a", case=True, **{"with": "b" * 500})
    assert done["refused_by"] == {"too_long": 1} and len(texts(filled)["S3"][0]) == 1000


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"find": "(", "regex": True}, "bad_regex"),
        ({"find": ""}, "bad_regex"),
        ({"find": "a", "regex": True, "with": "$1"}, "bad_replacement"),
        ({"find": "(a|aa)+$", "regex": True}, "runaway_regex"),
    ],
)
def test_bad_expressions_change_nothing(filled: File, lead: User, fields: dict[str, Any], code: str) -> None:
    write(lead, filled, "S4", "a" * 60 + "b")
    before = everything(filled)
    for ask in (look, act):
        with pytest.raises(Invalid) as refusal:
            ask(lead, filled, "replace", **fields)
        assert refusal.value.code == code and "at" in refusal.value.details
    assert everything(filled) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"find": 1},
        {"find": "x" * 1001},
        {"find": "x", "regex": "yes"},
        {"find": "x", "status": "approved"},
        {"find": "x", "hits": []},
        {"find": "x", "hits": [{"row_id": 1}]},
        {"find": "x", "hits": [{"row_id": True, "index": 0}]},
        {"find": "x", "left": {"x": [0]}},
        {"find": "x", "left": [1]},
    ],
)
def test_what_is_not_understood_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse({"act": "replace", "scope": {"query": ""}, **fields})
