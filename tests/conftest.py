"""What every test stands on: the database, the workspace, people, clients, tasks and the browser."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import postgres  # noqa: E402 (the project folder must be importable first)

TEST_DB = os.environ.get("LOCANEXT_TEST_DB", "sqlite")

# The pure libraries are tested without Django: their tests alone start at once, whatever state the apps are in.
PURE_TESTS = ("tests/ldm/formats", "tests/ldm/checks", "tests/ldm/queries", "tests/tm/matching", "tests/tm/vectors")


def only_pure_tests() -> bool:
    """Whether every path on the command line lies in a folder of pure tests (workers inherit the answer)."""
    if "LOCANEXT_TEST_PURE" not in os.environ:
        paths = [Path(word.split("::")[0]).resolve() for word in sys.argv[1:] if not word.startswith("-")]
        paths = [path for path in paths if path.exists() and path.is_relative_to(ROOT)]
        pure = bool(paths) and all(any(path.is_relative_to(ROOT / part) for part in PURE_TESTS) for path in paths)
        os.environ["LOCANEXT_TEST_PURE"] = "1" if pure else "0"
    return os.environ["LOCANEXT_TEST_PURE"] == "1"


# One folder for SQLite files, keys and static files; removed by the process that made it, not by xdist's workers.
DATA: str | None = None

if not only_pure_tests():
    if "LOCANEXT_DATA" not in os.environ:
        DATA = os.environ["LOCANEXT_DATA"] = tempfile.mkdtemp(prefix="locanext-test-")
        os.environ["STATIC_ROOT"] = os.path.join(DATA, "static")
        os.mkdir(os.environ["STATIC_ROOT"])
    if TEST_DB == "postgresql":
        # Before Django reads its settings. xdist workers inherit the address from the process that started it.
        postgres.provide(os.environ)
    os.environ["DJANGO_SETTINGS_MODULE"] = "locanext_project.settings.test"
    import django

    django.setup()

    from tests.emptying import empty_what_holds_rows
    from tests.static_once import remember_static_files

    empty_what_holds_rows()
    remember_static_files()

from locanext_project import workspaces  # noqa: E402
from tests.browser import (  # noqa: E402, F401 (fixtures)
    browser,
    browser_context,
    desktop_page,
    page,
    server_url,
    signed_in_page,
)

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from apps.accounts.models import User

BOTH = ["default", workspaces.OFFLINE_ALIAS]
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server", "server_url"}


# What the tests of the module share takes longer to make than they do: a program that runs, the tree of every file.
SHARED = {
    "tests/desktop_site/test_explorer_link.py",
    "tests/desktop_site/test_window.py",
    "tests/ldm/demo/test_demo_content.py",
    "tests/test_layers.py",
}


def pytest_report_header() -> str:
    """The database of this run, in the first lines of the output."""
    return f"default database: {TEST_DB}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the PostgreSQL server and remove the folder this process made (workers made neither)."""
    postgres.stop()
    if DATA is not None:
        shutil.rmtree(DATA, ignore_errors=True)


def pytest_itemcollected(item: pytest.Item) -> None:
    """With --dist loadgroup one worker alone loads the neural libraries, or makes what a module's tests share."""
    if item.config.pluginmanager.hasplugin("xdist"):
        name = item.path.relative_to(ROOT).as_posix() if item.path.is_relative_to(ROOT) else ""
        group = "ml" if item.get_closest_marker("ml") else name if name in SHARED else None
        if group:
            item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look through it again during every test."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give every database test both aliases: a workspace is complete in itself, on each of them.

    Browser tests come last, in the random order they have: the browser stays open from the first to the last of them,
    and no async test can run in a process where Playwright's event loop does.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    for item in items:
        marker = item.get_closest_marker("django_db")
        wants = DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        if marker is None and not wants:
            continue
        options = {"databases": BOTH} | (dict(marker.kwargs) if marker else {})
        if {"live_server", "server_url", "transactional_db"} & wants:
            options["transaction"] = True
        item.add_marker(pytest.mark.django_db(*(marker.args if marker else ()), **options), append=False)
    _leave_out(config, items)
    if CI:
        # Browsers, processes and sockets on a machine that does much else miss a moment now and then. The first
        # attempt is reported too.
        for item in items:
            if _is_of_several(item):
                item.add_marker(pytest.mark.flaky(reruns=1))
    if TEST_DB != "postgresql":
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: LOCANEXT_TEST_DB=postgresql"))


def _is_of_several(item: pytest.Item) -> bool:
    """Whether a test drives a browser, a window, processes, or threads that have transactions of their own."""
    marker = item.get_closest_marker("django_db")
    own = marker is not None and marker.kwargs.get("transaction")
    folder = item.path.is_relative_to(ROOT / "tests" / "desktop_launcher")
    return bool(item.get_closest_marker("browser") or item.get_closest_marker("desktop") or own or folder)


def _leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what may go another way there.

    The pure libraries know no database, nor does a test that is given none, and a browser sees what it sees on SQLite
    but where people meet or rows are searched. LOCANEXT_TEST_EVERYTHING=1, and naming the tests, runs them all.
    """
    named = any(Path(word.split("::")[0]).exists() for word in config.invocation_params.args if word[:1] != "-")
    if TEST_DB != "postgresql" or named or os.environ.get("LOCANEXT_TEST_EVERYTHING") == "1":
        return
    # The launcher's desktops, and those of the simulation with their server, have SQLite files of their own.
    pure = [ROOT / part for part in (*PURE_TESTS, "tests/js", "tests/desktop_launcher", "tests/sync/simulation")]
    left_out = {
        item
        for item in items
        if (item.get_closest_marker("browser") and not item.get_closest_marker("browser_on_postgres"))
        or not (item.get_closest_marker("django_db") or item.get_closest_marker("postgres"))
        or (not item.get_closest_marker("postgres") and any(item.path.is_relative_to(part) for part in pure))
    }
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI a browser, desktop or ml test, and in the PostgreSQL pass a PostgreSQL test, may not be skipped."""
    report = yield
    # One that needs PostgreSQL is skipped in the other pass, whatever else it needs.
    elsewhere = item.get_closest_marker("postgres") and TEST_DB != "postgresql"
    needs = ("browser", "desktop", "ml", "postgres")
    guarded = not elsewhere and any(item.get_closest_marker(name) for name in needs)
    if CI and guarded and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI does not allow: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each alias is migrated in its own workspace: migrations of libraries query without naming an alias."""
    from django.db.models.signals import pre_migrate

    def enter(using: str, **_: Any) -> None:
        workspaces._current.set(workspaces.OFFLINE if using == workspaces.OFFLINE_ALIAS else workspaces.SERVER)

    pre_migrate.connect(enter, weak=False, dispatch_uid="tests-workspace-of-migration")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The databases are made; no workspace stays behind from making them, and no session at their end."""
    workspaces._current.set(None)
    yield
    from django.db import connections

    if connections["default"].vendor != "postgresql":
        return
    # Sessions of threads that live on (Daphne, the async executor) would keep the database from being dropped.
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(f"{others} AND pid <> pg_backend_pid()")


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> None:
    """A request of the test client leaves its language behind in the thread."""
    if only_pure_tests():
        return
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(autouse=True)
def _server_workspace() -> Iterator[None]:
    """Every test works in the server workspace unless it says otherwise."""
    with workspaces.use(workspaces.SERVER):
        yield


# ---- people ----
@pytest.fixture
def lead(db: None) -> User:
    """Runs a project: manages files, assigns, approves."""
    from tests import factories

    return factories.user(username="lead", role="lead", display_name="Lea Lead")


@pytest.fixture
def translator(db: None) -> User:
    """Translates rows."""
    from tests import factories

    return factories.user(username="translator", role="translator", display_name="Tran Slator")


@pytest.fixture
def reviewer(db: None) -> User:
    """Reviews what others confirmed."""
    from tests import factories

    return factories.user(username="reviewer", role="reviewer", display_name="Rea Viewer")


@pytest.fixture
def admin_user(db: None) -> User:
    """Manages accounts and settings."""
    from tests import factories

    return factories.user(username="admin", role="admin", display_name="Ada Min")


@pytest.fixture
def stranger(db: None) -> User:
    """A translator with no grant on anything restricted."""
    from tests import factories

    return factories.user(username="stranger", role="translator", display_name="Stran Ger")


# ---- clients ----
@pytest.fixture
def client_for(db: None) -> Callable[..., APIClient]:
    """`client_for(user)`: an API client signed in as that person; `client_for()`: nobody."""
    from tests import factories

    return factories.client_for


@pytest.fixture
def api_client(client_for: Callable[..., APIClient]) -> Callable[..., APIClient]:
    """The same as `client_for`."""
    return client_for


# ---- shared data, tasks ----
@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files beside the project; the test is skipped where there is none."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("there is no shared data folder beside the project")
    return folder


@pytest.fixture
def run_tasks(db: None) -> Callable[[], int]:
    """Runs every queued task in this process, also those that tasks enqueue; returns how many ran."""
    from tests import factories

    return factories.run_queued_tasks


@pytest.fixture
def background_tasks(transactional_db: None) -> Iterator[Any]:
    """A worker thread that runs queued tasks while the test goes on (browser tests)."""
    from tests import factories

    with factories.task_worker() as worker:
        yield worker
