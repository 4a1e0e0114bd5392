"""One target for the rows with the same source: only when asked, only where it is the same, exactly taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.ldm.errors import StaleRow
from apps.ldm.models import ChangeSet, File, Row
from apps.ldm.selectors import repeats
from locanext_project.errors import Invalid, NotFound
from tests.ldm.services.conftest import row_of
from tests.ldm.services.rows.acts.conftest import act, everything, look, revert, texts, write

pytestmark = pytest.mark.django_db
MakeFile = Callable[..., File]
ROWS = [
    ("A", "안개가 걷힌다", "The fog lifts"),
    ("B", "안개가 걷힌다", ""),
    ("C", "안개가 걷힌다", "Fog rises"),
    ("D", "안개가  걷힌다", ""),
    ("E", "등불", "Lamp"),
    ("F", "안개가 걷힌다", "The mist lifts"),
]


@pytest.fixture
def same(make_file: MakeFile, lead: User) -> File:
    """Five rows with nearly one source; F is confirmed, D has other spaces."""
    file = make_file(ROWS, name="same.xml")
    act(lead, file, "status", {"ids": [row_of(file, "F").pk]}, status="confirmed")
    return file


def test_saving_fills_no_other_row(same: File, lead: User) -> None:
    write(lead, same, "A", "The fog clears")
    assert texts(same)["B"] == ("", "new")


def test_rows_with_the_very_same_source_are_filled_and_go_back_exactly(same: File, lead: User) -> None:
    before = everything(same)
    seen = look(lead, same, "propagate", row=row_of(same, "A").pk)
    assert [(one["key"], one["target"], one["chosen"]) for one in seen["rows"]] == [
        ("B", "", True), ("C", "Fog rises", True),
    ]  # fmt: skip
    assert (seen["total"], seen["target"]) == (2, "The fog lifts")
    done = act(lead, same, "propagate", row=row_of(same, "A").pk)
    assert done["changed"] == 2 and ChangeSet.objects.get(pk=done["change_set"]).kind == "propagate"
    assert {key: texts(same)[key] for key in "BCDF"} == {
        "B": ("The fog lifts", "translated"), "C": ("The fog lifts", "translated"), "D": ("", "new"),
        "F": ("The mist lifts", "confirmed"),
    }  # fmt: skip
    revert(lead, done)
    assert everything(same) == before


def test_confirmed_rows_only_when_asked_and_chosen_rows_only(same: File, lead: User) -> None:
    pk = row_of(same, "A").pk
    seen = look(lead, same, "propagate", row=pk, confirmed=True)
    assert [one["key"] for one in seen["rows"]] == ["B", "C", "F"]
    act(lead, same, "propagate", row=pk, confirmed=True, rows=[row_of(same, "F").pk, row_of(same, "E").pk])
    assert texts(same)["F"] == ("The fog lifts", "translated")
    assert texts(same)["B"][0] == "" and texts(same)["E"][0] == "Lamp"


def test_a_text_that_moved_or_is_none_is_not_given_on(same: File, lead: User) -> None:
    row = row_of(same, "A")
    write(lead, same, "A", "The fog clears")
    with pytest.raises(StaleRow):
        act(lead, same, "propagate", row=row.pk, text_rev=row.text_rev)
    with pytest.raises(Invalid):
        act(lead, same, "propagate", row=row_of(same, "B").pk)
    assert texts(same)["B"][0] == ""


def test_a_project_is_filled_file_by_file(same: File, make_file: MakeFile, lead: User) -> None:
    other = make_file(ROWS, name="other.xml")
    done = act(lead, same, "propagate", row=row_of(same, "A").pk, to="project")
    assert [(one["file_id"], one["changed"]) for one in done["change_sets"]] == [(same.pk, 2), (other.pk, 3)]
    assert done["changed"] == 5 and done["change_set"] == done["change_sets"][0]["change_set"]
    assert texts(other)["F"] == ("The fog lifts", "translated")
    with pytest.raises(NotFound):
        act(lead, other, "propagate", row=row_of(same, "A").pk)


def test_how_many_rows_could_be_filled(same: File, lead: User) -> None:
    assert repeats.beside(lead, row_of(same, "A")) == {"same": 3, "differ": 3, "confirmed": 1}
    assert repeats.beside(lead, row_of(same, "E")) == {"same": 0, "differ": 0, "confirmed": 0}


def test_repeats_are_grouped_with_every_target_in_use(same: File, make_file: MakeFile, lead: User) -> None:
    files = [same.pk]
    (group,) = repeats.groups(files)
    assert (group.rows, group.differ) == (5, 4)
    (shown,) = repeats.shown(files, [group])
    assert (shown["source"], shown["hash"]) == ("안개가  걷힌다", str(row_of(same, "A").source_hash))
    assert {one["target"]: (one["rows"], one["status"]) for one in shown["targets"]} == {
        "": (2, {"new": 2}), "The fog lifts": (1, {"original": 1}), "Fog rises": (1, {"original": 1}),
        "The mist lifts": (1, {"confirmed": 1}),
    }  # fmt: skip
    assert [row.key for row in repeats.rows_of(files, group.hash).order_by("position")] == ["A", "B", "C", "D", "F"]
    # Counted anew after a change.
    act(lead, same, "propagate", row=row_of(same, "A").pk, confirmed=True)
    assert repeats.groups(files)[0].differ == 2
    other = make_file([("X", "등불", "Lamp"), ("Y", "열쇠", "Key"), ("Z", "열쇠", "Key")], name="other.xml")
    both = [same.pk, other.pk]
    assert [(one.rows, one.differ) for one in repeats.groups(both)] == [(5, 2), (2, 1), (2, 1)]
    assert [(one.rows, one.differ) for one in repeats.groups(both, inconsistent=True)] == [(5, 2)]
    paged, after = [], None
    while found := repeats.groups(both, sort="differ", after=after, limit=1):
        paged += found
        after = found[-1]
    assert paged == repeats.groups(both, sort="differ")
    assert repeats.groups([Row.objects.none().count()]) == []
