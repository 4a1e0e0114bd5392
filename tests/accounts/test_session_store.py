"""Browser sessions as they are read with every request."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

pytestmark = pytest.mark.django_db


def store(key: str | None = None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def test_what_was_kept_is_read_again() -> None:
    made = store()
    made["who"] = "미나"
    made.create()
    again = store(made.session_key)
    assert again["who"] == "미나" and again.session_key == made.session_key
    again["who"] = "lea"
    again.save()
    assert store(made.session_key)["who"] == "lea"


@pytest.mark.parametrize("key", ["x" * 32, "' OR 1=1 --", "가나다라마바사아", "short", ""])
def test_an_unknown_key_is_forgotten(key: str) -> None:
    asked = store(key)
    assert asked.get("who") is None
    # A key that somebody made up is never used for what is kept next.
    assert asked.session_key is None


def test_one_that_has_run_out_holds_nothing() -> None:
    made = store()
    made["who"] = "mina"
    made.create()
    Session.objects.filter(pk=made.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    late = store(made.session_key)
    assert late.get("who") is None and late.session_key is None
