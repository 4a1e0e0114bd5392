"""Finding things by name, and rows by text."""

from __future__ import annotations

from typing import Any

import pytest

from apps.ldm.models import File, Grant
from apps.ldm.selectors.search_names import search_names
from apps.ldm.services.tree import delete
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import Ref, ref_of

pytestmark = pytest.mark.django_db
API = "/api/v1"


def names(found: Any) -> list[str]:
    return [hit.node.name for hit in found[0]]


@pytest.fixture
def world(admin_user: Any) -> dict[str, Any]:
    platform = make.platform(admin_user, "Quest platform")
    project = make.project(admin_user, "The quest", platform)
    hidden = make.project(admin_user, "Hidden quest", platform, restricted=True)
    folder = make.folder(admin_user, project, "Quests")
    inner = make.folder(admin_user, folder, "Main quests")
    make.file(admin_user, hidden, "quest secret.txt")
    return {
        "platform": platform,
        "project": project,
        "hidden": hidden,
        "folder": folder,
        "inner": inner,
        "file": make.file(admin_user, inner, "QUEST_01.txt"),
        "korean": make.file(admin_user, inner, "대사 01.txt"),
        "other": make.file(admin_user, project, "item quest.txt"),
    }


def test_any_part_in_any_case_in_order(world: Any, translator: Any) -> None:
    found = search_names(translator, "qUeSt")
    assert names(found) == [
        "Quest platform", "The quest", "Quests", "Main quests", "QUEST_01.txt", "item quest.txt",
    ]  # fmt: skip
    assert found[1] is None
    path = next(hit for hit in found[0] if hit.node.name == "QUEST_01.txt").path
    assert [name for _, _, name in path] == ["Quest platform", "The quest", "Quests", "Main quests"]


def test_every_word_must_be_there(world: Any, translator: Any) -> None:
    assert names(search_names(translator, "quests main")) == ["Main quests"]
    assert names(search_names(translator, "대사")) == ["대사 01.txt"]
    assert names(search_names(translator, "100%")) == []
    assert names(search_names(translator, "_01")) == ["QUEST_01.txt"]


def test_case_beyond_ascii(lead: Any) -> None:
    project = make.project(lead, "ÉTÉ Диалог (x)")
    for query in ("été", "ДИАЛОГ", "диалог (x)"):
        assert names(search_names(lead, query)) == [project.name]
    assert names(search_names(lead, "é.é")) == []


def test_only_what_one_sees_and_what_lives(world: Any, translator: Any, stranger: Any) -> None:
    Grant.objects.create(user=translator, project=world["hidden"])
    assert "quest secret.txt" in names(search_names(translator, "quest"))
    assert "Hidden quest" not in names(search_names(stranger, "quest"))
    delete.delete(actor=translator, items=[ref_of(world["folder"])])
    assert names(search_names(stranger, "quest")) == ["Quest platform", "The quest", "item quest.txt"]


def test_under(world: Any, translator: Any) -> None:
    assert names(search_names(translator, "quest", under=Ref("folder", world["folder"].pk))) == [
        "Main quests", "QUEST_01.txt",
    ]  # fmt: skip
    assert "The quest" not in names(search_names(translator, "quest", under=Ref("project", world["project"].pk)))
    assert names(search_names(translator, "quest", under=Ref("platform", world["platform"].pk)))[0] == "The quest"
    assert names(search_names(translator, "quest", under=Ref("file", world["file"].pk))) == []


def test_pages(world: Any, translator: Any) -> None:
    whole = names(search_names(translator, "quest"))
    for limit in (1, 2, 3, 5, 6):
        found: list[str] = []
        after = None
        while True:
            hits, after = search_names(translator, "quest", limit=limit, after=after)
            found += [hit.node.name for hit in hits]
            if after is None:
                break
        assert found == whole, limit


def test_names_that_begin_with_it_come_first(lead: Any) -> None:
    project = make.project(lead, "P")
    for name in ("a map.txt", "map.txt", "maps.txt"):
        make.file(lead, project, name, 0)
    assert names(search_names(lead, "map")) == ["map.txt", "maps.txt", "a map.txt"]


def test_queries_do_not_grow_with_what_is_found(lead: Any, django_assert_max_num_queries: Any) -> None:
    project = make.project(lead)
    for n in range(20):
        make.file(lead, make.folder(lead, project, f"quest {n}"), f"quest {n}.txt", 0)
    with django_assert_max_num_queries(5):
        hits, _ = search_names(lead, "quest", limit=100)
    assert len(hits) == 40


def test_over_http(world: Any, client_for: Any, translator: Any) -> None:
    client = client_for(translator)
    body = client.get(f"{API}/search", {"q": "quest", "kinds": "folder,file", "limit": 1}).json()
    (hit,) = body["results"]
    assert (hit["kind"], hit["name"], hit["match"]) == ("folder", "Quests", None)
    assert [step["kind"] for step in hit["path"]] == ["platform", "project"]
    following = client.get(
        f"{API}/search", {"q": "quest", "kinds": "folder,file", "limit": 10, "cursor": body["next"]}
    ).json()
    assert [one["name"] for one in following["results"]] == ["Main quests", "QUEST_01.txt", "item quest.txt"]
    for bad in ({"q": " "}, {"q": "x", "kinds": "rows"}, {"q": "x", "under": "folder"}, {"q": "x" * 300}):
        assert client.get(f"{API}/search", bad).status_code == 400
    assert client.get(f"{API}/search", {"q": "x", "under": f"project:{world['hidden'].pk}"}).status_code == 404


def test_rows_over_http(world: Any, client_for: Any, translator: Any) -> None:
    body = (
        client_for(translator)
        .get(f"{API}/search", {"q": "target 2", "kinds": "row", "under": f"file:{world['file'].pk}"})
        .json()
    )
    (hit,) = body["results"]
    assert (hit["kind"], hit["file_id"], hit["position"]) == ("row", world["file"].pk, 2)
    assert hit["match"] == {"field": "target", "snippet": "target 2"}
    assert [step["name"] for step in hit["path"]][-2:] == ["Main quests", "QUEST_01.txt"]
    assert File.objects.get(pk=hit["file_id"]).name == hit["name"]
