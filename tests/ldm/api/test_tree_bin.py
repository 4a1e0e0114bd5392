"""The recycle bin and access over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.audit.models import AuditEntry
from apps.ldm.models import Capability, File, Folder, Platform, Project
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import as_json

pytestmark = pytest.mark.django_db
API = "/api/v1"


# ---- bin ----
def test_the_bin(world: Any, client_for: Any, translator: Any, stranger: Any, lead: Any) -> None:
    client = client_for(translator)
    deleted = client.post(f"{API}/tree/delete", {"items": [as_json(world["folder"])]}).json()["trash"]
    (listed,) = client_for(lead).get(f"{API}/trash").json()["results"]
    assert listed == deleted[0] | {"may": listed["may"]}
    assert (listed["kind"], listed["entity_id"], listed["name"]) == ("folder", world["folder"].pk, "quest")
    assert (listed["path"], listed["files"], listed["days_left"]) == ("PC / Ashen Passage EN", 1, 30)
    assert listed["deleted_by"] == {"id": translator.pk, "name": "Tran Slator"}
    assert listed["may"] == {"restore": True, "delete": False}
    assert client.get(f"{API}/tree").json()["trash_count"] == 1
    assert client_for(stranger).get(f"{API}/trash").json()["results"] == []
    for method, address in (("post", f"trash/{listed['id']}/restore"), ("delete", f"trash/{listed['id']}")):
        assert getattr(client_for(stranger), method)(f"{API}/{address}").status_code == 404
        assert getattr(client_for(), method)(f"{API}/{address}").status_code == 401
    assert client.delete(f"{API}/trash/{listed['id']}").status_code == 403
    body = client.post(f"{API}/trash/{listed['id']}/restore").json()
    assert (body["node"]["id"], body["node"]["counts"]["rows"]) == (world["folder"].pk, 4)
    assert client.post(f"{API}/trash/{listed['id']}/restore").status_code == 404


def test_deleting_for_ever(
    world: Any, client_for: Any, translator: Any, run_tasks: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from apps.ldm.api import trash

    client = client_for(translator)
    Capability.objects.create(user=translator, name="empty_trash")
    (item,) = client.post(f"{API}/tree/delete", {"items": [as_json(world["file"])]}).json()["trash"]
    assert client.delete(f"{API}/trash/{item['id']}").json() == {"deleted": 1, "task": None}
    assert not File.objects.exists()
    assert client.post(f"{API}/trash/empty").json() == {"deleted": 0, "task": None}
    make.file(translator, world["folder"])
    client.post(f"{API}/tree/delete", {"items": [as_json(world["folder"])]})
    monkeypatch.setattr(trash, "ROWS_AT_ONCE", 1)
    answer = client.post(f"{API}/trash/empty")
    assert (answer.status_code, answer.json()["deleted"]) == (202, 1)
    assert client.get(f"{API}/trash").json()["results"] == []
    run_tasks()
    assert not (File.objects.exists() or Folder.objects.exists())


# ---- access ----
def test_grants(client_for: Any, lead: Any, stranger: Any) -> None:
    for model, made in ((Platform, make.platform(lead)), (Project, make.project(lead))):
        kind = model._meta.model_name
        client, address = client_for(lead), f"{API}/{kind}s/{made.pk}/grants"
        model.objects.filter(pk=made.pk).update(restricted=True)
        assert client_for(stranger).get(f"{API}/tree/{kind}/{made.pk}").status_code == 404
        answer = client.post(address, {"user_id": stranger.pk})
        assert (answer.status_code, answer.json()["user"]["username"]) == (201, "stranger")
        assert client.post(address, {"user_id": stranger.pk}).status_code == 201
        assert client_for(stranger).get(f"{API}/tree/{kind}/{made.pk}").status_code == 200
        (grant,) = client.get(address).json()["results"]
        assert (grant["user"]["id"], grant["granted_by"]) == (stranger.pk, "Lea Lead")
        assert client.post(address, {"user_id": 10**9}).status_code == 400
        assert client.delete(f"{address}?user_id={stranger.pk}").status_code == 204
        assert client.delete(address, {"user_id": stranger.pk}).status_code == 404
        assert client_for(stranger).get(f"{API}/tree/{kind}/{made.pk}").status_code == 404
    actions = list(AuditEntry.objects.filter(action__startswith="access_").values_list("action", flat=True))
    assert sorted(actions) == ["access_granted"] * 2 + ["access_withdrawn"] * 2


def test_capabilities(client_for: Any, lead: Any, translator: Any, admin_user: Any) -> None:
    client = client_for(lead)
    data = {"user_id": translator.pk, "name": "delete_project", "expires_at": "2999-01-01T00:00:00Z"}
    assert client.post(f"{API}/capabilities", data).status_code == 201
    assert client.post(f"{API}/capabilities", data | {"expires_at": None}).json()["expires_at"] is None
    (held,) = client.get(f"{API}/capabilities", {"user_id": translator.pk}).json()["results"]
    assert (held["name"], held["expired"], held["user"]["name"]) == ("delete_project", False, "Tran Slator")
    assert client.post(f"{API}/capabilities", data | {"expires_at": "2001-01-01T00:00:00Z"}).status_code == 400
    assert client.post(f"{API}/capabilities", data | {"name": "fly"}).status_code == 400
    assert client.post(f"{API}/capabilities", data | {"user_id": lead.pk}).status_code == 403
    assert client_for(admin_user).post(f"{API}/capabilities", data | {"user_id": lead.pk}).status_code == 201
    query = f"user_id={translator.pk}&name=delete_project"
    assert client.delete(f"{API}/capabilities?{query}").status_code == 204
    assert client.delete(f"{API}/capabilities?{query}").status_code == 404
