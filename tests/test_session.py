"""What the other tests stand on works: people, clients, tasks, the running site, PostgreSQL by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import LoginSession, User
from locanext_project import workspaces
from tests import postgres
from tests.browser import sign_in_by_form

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_workspace_is_set() -> None:
    assert workspaces.current() == workspaces.SERVER


@pytest.mark.django_db
async def test_the_workspace_is_set_in_async_tests() -> None:
    assert workspaces.current() == workspaces.SERVER


@pytest.mark.django_db
def test_database_tests_reach_both_databases() -> None:
    for workspace in workspaces.WORKSPACES:
        with workspaces.use(workspace):
            assert User.objects.count() == 0


def test_fixtures_alone_reach_both_databases_too(lead: User) -> None:
    with workspaces.use(workspaces.OFFLINE):
        assert User.objects.count() == 0


def test_people_have_their_roles(
    lead: User, translator: User, reviewer: User, admin_user: User, stranger: User
) -> None:
    assert [user.role for user in (lead, translator, reviewer, admin_user, stranger)] == [
        "lead",
        "translator",
        "reviewer",
        "admin",
        "translator",
    ]
    assert not any(user.must_change_password for user in User.objects.all())


def test_a_client_is_signed_in_with_a_session_that_is_listed(lead: User, client_for: Callable[..., Any]) -> None:
    answer = client_for(lead).get("/api/v1/auth/me")
    assert answer.status_code == 200
    assert answer.json()["username"] == "lead"
    assert LoginSession.objects.filter(user=lead).count() == 1
    assert client_for().get("/api/v1/auth/me").status_code == 401


def test_queued_tasks_run_when_asked(run_tasks: Callable[[], int]) -> None:
    assert run_tasks() == 0


def test_the_site_answers_with_the_tests_own_data(lead: User, server_url: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server_url}/api/v1/auth/me", timeout=20)
    assert refused.value.code == 401
    refused.value.close()
    body = b'{"username": "lead", "password": "a-lighthouse-in-the-fog"}'
    request = urllib.request.Request(f"{server_url}/api/v1/auth/login", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200


@pytest.mark.browser
def test_the_browser_signs_in_through_the_form(lead: User, page: Page) -> None:
    sign_in_by_form(page, lead)
    assert "/login" not in page.url
    assert page.evaluate("document.characterSet") == "UTF-8"


def test_no_server_means_failure_with_every_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "postgres"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(postgres, "binary_folders", lambda: [tmp_path])
    with pytest.raises(postgres.PostgresUnavailable, match="no server could be started"):
        postgres.provide({})
    monkeypatch.setattr(postgres, "binary_folders", lambda: [])
    with pytest.raises(postgres.PostgresUnavailable, match="no server binaries"):
        postgres.provide({})


@pytest.mark.postgres
@pytest.mark.parametrize("folder", postgres.binary_folders(), ids=str)
def test_every_kind_of_server_binaries_starts_and_ends(folder: Path) -> None:
    import psycopg

    server = postgres.Server(folder)
    try:
        settings = server.settings()
        login = (
            f"host=127.0.0.1 port={settings['POSTGRES_PORT']} user=locanext password={settings['POSTGRES_PASSWORD']}"
        )
        with psycopg.connect(f"{login} dbname=locanext") as connection:
            assert connection.execute("SELECT lower('Ä') = 'ä' AND '가' ~ '[[:alpha:]]'").fetchone() == (True,)
    finally:
        server.stop()
    assert not server.folder.exists()
    assert server.process is not None and server.process.poll() is not None


GUARDED = """
import pytest

@pytest.mark.browser
def test_skipped_while_running():
    pytest.skip("no")

@pytest.mark.browser
@pytest.mark.skip(reason="no")
def test_skipped_by_mark():
    pass

def test_others_may_be_skipped():
    pytest.skip("fine")
"""


@pytest.mark.parametrize(("ci", "closing"), [("true", "1 failed, 1 skipped, 1 error"), ("", "3 skipped")])
def test_ci_allows_no_skipped_browser_test(tmp_path: Path, ci: str, closing: str) -> None:
    (tmp_path / "test_guarded.py").write_text(GUARDED)
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", str(root / "pyproject.toml"), str(tmp_path)],
        cwd=root,
        env={**os.environ, "CI": ci, "LOCANEXT_TEST_PURE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.rstrip().splitlines()[-1].startswith(closing), done.stdout + done.stderr
