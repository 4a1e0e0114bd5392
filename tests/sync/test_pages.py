"""The pages of sync: who gets them, and what the start screen counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.structure import Ref
from apps.sync.client import keychain, peers
from apps.sync.models import Link
from apps.sync.selectors.on_this_pc import OnThisPc, on_this_pc
from locanext_project import workspaces
from tests.e2e.editing_pages import file_with

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


def at_the_desktop() -> APIClient:
    """A client whose requests come as the desktop's gate lets them in."""
    return APIClient(**{workspaces.SCOPE_KEY: workspaces.OFFLINE})


def test_the_start_screen_is_a_desktop_s(client_for: Client, lead: User) -> None:
    nobody, client = client_for(), client_for(lead)
    assert nobody.get("/start/")["Location"] == "/login?next=/start/"
    assert client.get("/start/").status_code == 404
    page = at_the_desktop().get("/start/")
    assert page.status_code == 200
    assert 'data-stay=""' in page.content.decode()
    assert 'data-stay="1"' in at_the_desktop().get("/start/?stay=1").content.decode()


def test_a_choice_made_before_stands(client_for: Client, translator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "is_lan", lambda: False)
    monkeypatch.setattr(keychain, "token", lambda client: "a token")
    desk = at_the_desktop()

    def leads_to(address: str = "/start/", **link_values: Any) -> str:
        with workspaces.use(workspaces.OFFLINE):
            Link.objects.all().delete()
            Link.objects.create(**link_values)
            return str(desk.get(address).headers.get("Location", ""))

    linked = {"server_url": "https://loc.example", "user_id": 4}
    assert leads_to() == ""
    assert leads_to(mode="offline") == "/"
    assert leads_to(**linked) == "/"
    assert leads_to(**linked, trouble="unreachable") == "/"
    assert leads_to("/start/?stay=1", **linked) == ""
    for trouble in ("login", "certificate", "too_old", "forbidden"):
        assert leads_to(**linked, trouble=trouble) == "", trouble
    monkeypatch.setattr(keychain, "token", lambda client: "")
    assert leads_to(**linked) == ""


def test_the_inbox_is_everybody_s_and_the_chip_a_desktop_s(client_for: Client, translator: User) -> None:
    assert client_for().get("/inbox/")["Location"] == "/login?next=/inbox/"
    client = client_for(translator)
    page = client.get("/inbox/").content.decode()
    assert 'id="inbox-link"' in page
    assert "sync-chip" not in page
    assert "/start/" not in page
    page = at_the_desktop().get("/inbox/").content.decode()
    assert 'id="sync-chip"' in page
    assert "/start/" in page


def test_it_counts_what_is_here_and_may_be_seen(lead: User, stranger: User) -> None:
    file = file_with(lead, [("S1", "등불", "Lantern"), ("S2", "안개", "")])
    other = file_with(lead, [("S1", "등불", "Lantern")], name="Gone")
    assert on_this_pc(lead) == OnThisPc(projects=2, rows=3, storage_files=0)
    delete(actor=lead, items=[Ref("file", other.pk)])
    assert on_this_pc(lead) == OnThisPc(projects=2, rows=2, storage_files=0)
    file.project.restricted = True
    file.project.save()
    assert on_this_pc(stranger) == OnThisPc(projects=1, rows=0, storage_files=0)
