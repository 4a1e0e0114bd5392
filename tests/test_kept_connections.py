"""Connections of threads that stay: kept for a while, given back without it, and opened anew when they broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import close_old_connections, connections

from locanext_project import kept_connections, workspaces

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> Any:
    """What a request does: its connection is looked at before and after."""
    close_old_connections()
    with workspaces.use(workspaces.SERVER), connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
        used = connections["default"].connection
    close_old_connections()
    return used


@pytest.fixture
def thread() -> Iterator[Callable[[], ThreadPoolExecutor]]:
    """A thread made by the test, whose connections are closed at the end."""
    made: list[ThreadPoolExecutor] = []

    def make() -> ThreadPoolExecutor:
        made.append(ThreadPoolExecutor(1, initializer=kept_connections.keep_in_this_thread))
        return made[-1]

    yield make
    for one in made:
        one.submit(connections.close_all).result()
        one.shutdown()


def test_without_the_setting_every_piece_of_work_opens_its_own(thread: Any) -> None:
    one = thread()
    assert one.submit(work).result() is not one.submit(work).result()
    assert one.submit(lambda: connections["default"].connection).result() is None


def test_a_thread_keeps_its_connection_and_no_other_thread_does(thread: Any, settings: Any) -> None:
    settings.KEEP_CONNECTIONS_SECONDS = 60
    one = thread()
    first = one.submit(work).result()
    assert one.submit(work).result() is first
    # The process itself was told nothing.
    assert connections["default"].settings_dict["CONN_MAX_AGE"] == 0


def test_a_connection_that_broke_is_opened_anew(thread: Any, settings: Any) -> None:
    settings.KEEP_CONNECTIONS_SECONDS = 60
    one = thread()
    first = one.submit(work).result()

    def break_it() -> None:
        if connections["default"].vendor == "postgresql":
            first.close()
        else:
            connections["default"].close()

    one.submit(break_it).result()
    assert one.submit(work).result() is not first


def test_a_process_is_told_once_for_all_its_threads(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for alias in connections.settings:
        monkeypatch.setitem(connections.settings, alias, dict(connections.settings[alias]))
    kept_connections.keep()
    assert {one["CONN_MAX_AGE"] for one in connections.settings.values()} == {0}
    settings.KEEP_CONNECTIONS_SECONDS = 60
    kept_connections.keep()
    with ThreadPoolExecutor(1) as one:
        assert one.submit(work).result() is one.submit(work).result()
        one.submit(connections.close_all).result()
