"""Memories and entries in Django's admin: shown, and not changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.tm.models import Entry
from apps.tm.services.entries import ConfirmedText, upsert
from tests.tm.services.builders import memory_named

pytestmark = pytest.mark.django_db


def test_lists_show_and_nothing_is_changed(admin_user: Any) -> None:
    memory = memory_named("Sea", admin_user)
    upsert(actor=admin_user, memory_id=memory.pk, texts=[ConfirmedText("K1", "등대", "lighthouse")])
    entry = Entry.objects.get()
    client = Client()
    client.force_login(admin_user)
    for address in ("memory/", "memory/?q=sea", "entry/", "entry/?q=K1", f"entry/?q={entry.pk}"):
        answer = client.get(f"/admin/tm/{address}")
        assert answer.status_code == 200
        assert ("lighthouse" if "entry" in address else "Sea") in answer.content.decode()
    assert "lighthouse" not in client.get("/admin/tm/entry/?q=K2").content.decode()
    for model, pk in (("memory", memory.pk), ("entry", entry.pk)):
        assert client.get(f"/admin/tm/{model}/{pk}/change/").status_code == 200
        assert client.get(f"/admin/tm/{model}/add/").status_code == 403
        assert client.post(f"/admin/tm/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403
