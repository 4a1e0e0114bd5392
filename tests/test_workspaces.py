"""Every way in which work was found to reach the wrong database, on two real aliases."""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.test import RequestFactory

from apps.accounts.models import LoginSession, User
from locanext_project import workspaces
from locanext_project.middleware import WorkspaceMiddleware
from locanext_project.workspaces import OFFLINE, SERVER, WorkspaceUnknown

BOTH = (SERVER, OFFLINE)


def add_user(workspace: str, name: str) -> User:
    with workspaces.use(workspace):
        return User.objects.create(username=name)


def names(workspace: str) -> list[str]:
    with workspaces.use(workspace):
        return list(User.objects.order_by("username").values_list("username", flat=True))


def without_workspace(function: Callable[[], Any]) -> Any:
    """Run as a thread or a timer would: in a context in which nobody set a workspace."""
    return contextvars.Context().run(function)


def in_thread(function: Callable[[], Any]) -> Callable[[], Any]:
    """Close the connections a thread opened, which the test's own teardown cannot."""

    def run() -> Any:
        try:
            return function()
        finally:
            connections.close_all()

    return run


# ---- the context ----
def test_blocks_nest_and_restore_also_after_an_error() -> None:
    with workspaces.use(OFFLINE):
        with pytest.raises(KeyError), workspaces.use(SERVER):
            assert workspaces.alias() == "default"
            raise KeyError
        assert workspaces.alias() == "offline"
    assert workspaces.current() == SERVER
    with pytest.raises(ValueError, match="no workspace 'elsewhere'"), workspaces.use("elsewhere"):
        pass


def test_a_node_with_one_alias_has_only_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASES", {"default": settings.DATABASES["default"]})
    assert without_workspace(workspaces.alias) == "default"
    with workspaces.use(OFFLINE):
        assert workspaces.alias() == "default"
    assert workspaces.alias_of_id(-1) == "default"


@pytest.mark.django_db
def test_the_workspaces_are_two_databases() -> None:
    add_user(SERVER, "served")
    add_user(OFFLINE, "local")
    assert (names(SERVER), names(OFFLINE)) == (["served"], ["local"])


@pytest.mark.django_db
def test_a_query_without_a_workspace_raises_instead_of_guessing() -> None:
    for query in (User.objects.count, lambda: User.objects.create(username="lost"), lambda: workspaces.atomic()):
        with pytest.raises(WorkspaceUnknown):
            without_workspace(query)
    assert (names(SERVER), names(OFFLINE)) == ([], [])


# ---- objects and querysets ----
@pytest.mark.django_db
def test_a_lazy_queryset_taken_out_of_its_workspace_does_not_read_quietly() -> None:
    add_user(OFFLINE, "local")
    with workspaces.use(OFFLINE):
        lazy = User.objects.all()
        read = list(lazy)
    assert [user.username for user in read] == ["local"]
    with pytest.raises(WorkspaceUnknown):
        without_workspace(lambda: list(lazy.all()))


@pytest.mark.django_db
def test_an_instance_is_saved_and_deleted_where_it_came_from() -> None:
    add_user(SERVER, "served")
    user = add_user(OFFLINE, "local")
    with workspaces.use(SERVER):
        user.display_name = "Renamed"
        user.save()
        user.refresh_from_db()
    assert user._state.db == "offline"
    assert names(SERVER) == ["served"]
    with workspaces.use(OFFLINE):
        assert User.objects.get().display_name == "Renamed"
    with workspaces.use(SERVER):
        user.delete()
    assert (names(SERVER), names(OFFLINE)) == (["served"], [])


@pytest.mark.django_db
def test_related_objects_come_from_the_instances_database() -> None:
    user = add_user(OFFLINE, "local")
    with workspaces.use(OFFLINE):
        LoginSession.objects.create(user=user, expires_at="2030-01-01T00:00Z", ends_at="2030-01-01T00:00Z")
    with workspaces.use(SERVER):
        sessions = list(user.login_sessions.all())
        assert [session._state.db for session in sessions] == ["offline"]


@pytest.mark.django_db
def test_a_foreign_key_across_databases_is_refused() -> None:
    served, local = add_user(SERVER, "served"), add_user(OFFLINE, "local")
    session = LoginSession(user=served, expires_at="2030-01-01T00:00Z", ends_at="2030-01-01T00:00Z")
    session.save()
    assert session._state.db == "default"
    with pytest.raises(ValueError, match="database"):
        session.user = local


@pytest.mark.django_db
def test_a_subquery_across_databases_is_refused() -> None:
    add_user(OFFLINE, "local")
    with workspaces.use(OFFLINE):
        local = User.objects.using(workspaces.alias()).filter(username="local")
    with pytest.raises(ValueError, match="[Ss]ubqueries"):
        list(LoginSession.objects.using("default").filter(user__in=local))


def test_ids_below_zero_live_offline() -> None:
    assert workspaces.alias_of_id(-7) == "offline"
    assert workspaces.alias_of_id(7) == "default"
    with workspaces.use(OFFLINE):
        assert workspaces.alias_of_id(7) == "offline"


# ---- transactions ----
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("workspace", BOTH)
def test_atomic_rolls_back_its_workspace_and_no_other(workspace: str) -> None:
    other = OFFLINE if workspace == SERVER else SERVER
    with workspaces.use(workspace):
        with pytest.raises(RuntimeError), workspaces.atomic():
            User.objects.create(username="half")
            add_user(other, "kept")
            raise RuntimeError
        with workspaces.atomic():
            User.objects.create(username="whole")
    assert names(workspace) == ["whole"]
    assert names(other) == ["kept"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("workspace", BOTH)
def test_on_commit_waits_for_its_own_transaction_and_runs_in_its_workspace(workspace: str) -> None:
    seen: list[tuple[str | None, list[str]]] = []
    with workspaces.use(workspace), workspaces.atomic():
        User.objects.create(username="written")
        workspaces.on_commit(lambda: seen.append((workspaces.current(), names(workspace))))
        with workspaces.use(OFFLINE if workspace == SERVER else SERVER), workspaces.atomic():
            pass  # the commit of the other database must not fire it
        assert seen == []
    assert seen == [(workspace, ["written"])]


@pytest.mark.django_db(transaction=True)
def test_on_commit_never_runs_after_a_rollback() -> None:
    seen: list[int] = []
    with pytest.raises(RuntimeError), workspaces.use(OFFLINE), workspaces.atomic():
        workspaces.on_commit(lambda: seen.append(1))
        raise RuntimeError
    assert seen == []


@pytest.mark.django_db(transaction=True)
def test_what_the_raw_forms_would_do() -> None:
    """Why `tests/test_layers.py` forbids them: they act on `default` whatever the workspace is."""
    seen: list[str] = []
    with workspaces.use(OFFLINE):
        with pytest.raises(RuntimeError), transaction.atomic():
            User.objects.create(username="survivor")
            raise RuntimeError
        with workspaces.atomic():
            transaction.on_commit(lambda: seen.append("ran before the commit"))
            assert seen == ["ran before the commit"]
    assert names(OFFLINE) == ["survivor"]


def test_requests_are_not_wrapped_in_a_transaction_that_ignores_the_router() -> None:
    assert not any(options.get("ATOMIC_REQUESTS") for options in settings.DATABASES.values())


# ---- threads and executors ----
@pytest.mark.django_db(transaction=True)
def test_a_bare_executor_and_a_bare_thread_raise() -> None:
    problems: list[BaseException] = []

    def count() -> None:
        try:
            User.objects.count()
        except WorkspaceUnknown as error:
            problems.append(error)

    thread = threading.Thread(target=in_thread(count))
    thread.start()
    thread.join()
    with ThreadPoolExecutor(1) as executor, pytest.raises(WorkspaceUnknown), workspaces.use(OFFLINE):
        executor.submit(in_thread(User.objects.count)).result()
    assert len(problems) == 1


@pytest.mark.django_db(transaction=True)
def test_submit_carries_the_workspace_and_leaves_nothing_behind() -> None:
    def create(name: str) -> None:
        User.objects.create(username=name)
        connections.close_all()

    with ThreadPoolExecutor(1) as executor:
        with workspaces.use(OFFLINE):
            workspaces.submit(executor, create, "local").result()
        workspaces.submit(executor, create, "served").result()
        assert executor.submit(workspaces.current).result() is None
    assert (names(SERVER), names(OFFLINE)) == (["served"], ["local"])


# ---- async ----
@pytest.mark.django_db(transaction=True)
async def test_async_paths_keep_the_workspace() -> None:
    def create(name: str) -> str:
        User.objects.create(username=name)
        connections.close_all()
        return workspaces.alias()

    async def task(name: str) -> str:
        await asyncio.sleep(0)
        return await sync_to_async(create)(name)

    with workspaces.use(OFFLINE):
        pending = asyncio.create_task(task("task"))
        assert await sync_to_async(create)("sensitive") == "offline"
        assert await sync_to_async(create, thread_sensitive=False)("free") == "offline"
        assert await asyncio.to_thread(create, "to-thread") == "offline"
        await User.objects.acreate(username="acreate")
    assert workspaces.current() == SERVER
    assert await pending == "offline"
    offline, served = await sync_to_async(names)(OFFLINE), await sync_to_async(names)(SERVER)
    assert (offline, served) == (["acreate", "free", "sensitive", "task", "to-thread"], [])


async def test_a_workspace_entered_in_a_helper_thread_does_not_leak_back() -> None:
    def helper() -> str:
        with workspaces.use(OFFLINE):
            return workspaces.alias()

    assert await sync_to_async(helper)() == "offline"
    assert workspaces.current() == SERVER


async def test_interleaved_tasks_do_not_mix() -> None:
    async def one(workspace: str) -> bool:
        with workspaces.use(workspace):
            for _ in range(5):
                await asyncio.sleep(0)
                if workspaces.alias() != workspaces.alias_of(workspace):
                    return False
        return True

    assert all(await asyncio.gather(*(one(BOTH[number % 2]) for number in range(100))))


async def test_run_in_executor_does_not_carry_it() -> None:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(WorkspaceUnknown):
            await loop.run_in_executor(executor, workspaces.alias)
        assert await loop.run_in_executor(executor, contextvars.copy_context().run, workspaces.alias) == "default"


# ---- responses ----
@pytest.mark.django_db
def test_a_streaming_body_runs_after_the_request_and_must_bind_its_database() -> None:
    add_user(SERVER, "served")

    def forgetful() -> Iterator[str]:
        yield from User.objects.values_list("username", flat=True)

    def careful(alias: str) -> Iterator[str]:
        yield from User.objects.using(alias).values_list("username", flat=True)

    def body(view: Callable[[HttpRequest], StreamingHttpResponse]) -> bytes:
        response = WorkspaceMiddleware(view)(RequestFactory().get("/"))
        return b"".join(response)  # type: ignore[arg-type]

    with pytest.raises(WorkspaceUnknown):
        without_workspace(lambda: body(lambda request: StreamingHttpResponse(forgetful())))
    bound = without_workspace(lambda: body(lambda request: StreamingHttpResponse(careful(workspaces.alias()))))
    assert bound == b"served"


def test_the_middleware_sets_the_workspace_and_resets_it() -> None:
    def run() -> tuple[Any, Any]:
        inside = WorkspaceMiddleware(lambda request: workspaces.current())(RequestFactory().get("/"))  # type: ignore[arg-type, return-value]
        return inside, workspaces.current()

    assert without_workspace(run) == (SERVER, None)


# ---- SQLite with many threads ----
def test_sqlite_runs_in_wal_and_takes_its_write_lock_at_the_start() -> None:
    options = settings.DATABASES["offline"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 20
    assert "journal_mode=WAL" in options["init_command"]


def test_a_deferred_transaction_that_read_first_cannot_write_later(tmp_path: Path) -> None:
    """Why IMMEDIATE: no time-out helps the reader whose snapshot is old when it begins to write."""
    first, second = (sqlite3.connect(tmp_path / "wal.sqlite3", isolation_level=None, timeout=20) for _ in range(2))
    first.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (0);")
    for connection in (first, second):
        connection.execute("BEGIN DEFERRED")
        connection.execute("SELECT n FROM t").fetchall()
    first.execute("UPDATE t SET n = n + 1")
    first.execute("COMMIT")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        second.execute("UPDATE t SET n = n + 1")
    first.close()
    second.close()


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_reading_then_writing_lock_nobody_out() -> None:
    user = add_user(OFFLINE, "counter")
    threads, rounds = 16, 8

    def count() -> None:
        for _ in range(rounds):
            with workspaces.use(OFFLINE), workspaces.atomic():
                row = User.objects.get(pk=user.pk)
                row.preferences = {"count": row.preferences.get("count", 0) + 1}
                row.save(update_fields=["preferences"])

    with ThreadPoolExecutor(threads) as executor:
        for future in [executor.submit(in_thread(count)) for _ in range(threads)]:
            future.result()  # raises "database is locked" where the mode is not IMMEDIATE
    with workspaces.use(OFFLINE):
        assert User.objects.get(pk=user.pk).preferences == {"count": threads * rounds}


@pytest.mark.django_db(transaction=True)
def test_threads_of_a_process_take_turns_at_writing() -> None:
    """On SQLite alone some of many waited for ten seconds and more: it asks again with growing pauses."""
    longest: list[float] = []

    def work() -> None:
        with workspaces.use(workspaces.SERVER):
            for _ in range(15):
                begun = time.monotonic()
                with workspaces.atomic(), workspaces.atomic():
                    time.sleep(0.004)
                longest.append(time.monotonic() - begun)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(longest) == 12 * 15
    assert max(longest) < 5


@pytest.mark.django_db(transaction=True)
def test_a_transaction_may_begin_while_another_ends() -> None:
    done: list[int] = []

    def after() -> None:
        with workspaces.atomic():
            done.append(1)

    with workspaces.atomic():
        workspaces.on_commit(after)
    with pytest.raises(ValueError), workspaces.atomic():
        raise ValueError
    with workspaces.atomic():
        done.append(2)
    assert done == [1, 2]
