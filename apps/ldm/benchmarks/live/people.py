"""People with a browser's login each, for as long as the benchmark runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from apps.accounts.models import LoginSession, User
from apps.accounts.page_sessions import BACKEND, BOUND_KEY
from apps.accounts.services import open_session


@contextmanager
def signed_in(count: int) -> Iterator[list[str]]:
    """The session keys of so many translators. The accounts stay, switched off, for the next run."""
    store_class = import_module(settings.SESSION_ENGINE).SessionStore
    people, stores = [], []
    try:
        for n in range(count):
            person = User.objects.filter(username=f"bench-live-{n + 1}").first() or User(username=f"bench-live-{n + 1}")
            person.role, person.is_active, person.must_change_password = "translator", True, False
            person.set_unusable_password()
            person.save()
            people.append(person)
            login = open_session(user=person, kind=LoginSession.Kind.PAGE, device="bench")
            store = store_class()
            store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.pk), BACKEND
            store[HASH_SESSION_KEY], store[BOUND_KEY] = person.get_session_auth_hash(), login.pk.hex
            store.create()
            stores.append(store)
        yield [store.session_key for store in stores]
    finally:
        for store in stores:
            store.delete()
        ids = [person.pk for person in people]
        LoginSession.objects.filter(user_id__in=ids).delete()
        User.objects.filter(pk__in=ids).update(is_active=False)
