"""The settings of a deployment: strict behind TLS, usable on loopback, keys that stay."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from locanext_project.secret import secret_key

ROOT = Path(__file__).resolve().parents[1]
NAMES = [
    *("DEBUG", "SECRET_KEY", "JWT_SIGNING_KEY", "ALLOWED_HOSTS", "PASSWORD_HASHERS", "CHANNEL_LAYERS", "DATABASES"),
    *("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY"),
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_SECURE", "STORAGES"),
]


def clean_environment(folder: Path, **extra: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    return {**kept, "LOCANEXT_ENV_FILE": "none", "LOCANEXT_DATA": str(folder), "DATABASE_TYPE": "sqlite", **extra}


def settings_of(profile: str, folder: Path, **extra: str) -> dict[str, Any]:
    """The settings a fresh process of that profile sees."""
    code = (
        f"import json, locanext_project.settings.{profile} as s\n"
        f"print(json.dumps({{n: getattr(s, n, None) for n in {NAMES!r}}}, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=clean_environment(folder, **extra), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    values: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return values


def test_a_server_is_strict_unless_told_that_it_is_local(tmp_path: Path) -> None:
    strict = settings_of("server", tmp_path)
    assert strict["DEBUG"] is False
    assert strict["SECURE_SSL_REDIRECT"] and strict["SESSION_COOKIE_SECURE"] and strict["CSRF_COOKIE_SECURE"]
    assert strict["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert strict["SECURE_HSTS_SECONDS"] >= 31536000
    assert "Argon2" in strict["PASSWORD_HASHERS"][0]
    local = settings_of("server", tmp_path, HTTPS="0")
    assert not local["SECURE_SSL_REDIRECT"] and not local["SESSION_COOKIE_SECURE"]
    assert local["SESSION_COOKIE_HTTPONLY"]
    assert local["SECRET_KEY"] == strict["SECRET_KEY"], "the key made at the first start stays"
    assert local["SECRET_KEY"] != local["JWT_SIGNING_KEY"]


def test_named_values_win(tmp_path: Path) -> None:
    values = settings_of(
        "server", tmp_path, SECRET_KEY="x" * 60, ALLOWED_HOSTS="a.example,b.example", REDIS_URL="redis://h:1/0"
    )
    assert values["SECRET_KEY"] == "x" * 60
    assert values["ALLOWED_HOSTS"] == ["a.example", "b.example"]
    assert "RedisPubSub" in values["CHANNEL_LAYERS"]["default"]["BACKEND"]


def test_postgresql_is_fit_for_transaction_pooling(tmp_path: Path) -> None:
    values = settings_of("server", tmp_path, DATABASE_TYPE="postgresql", POSTGRES_HOST="db", POSTGRES_PASSWORD="p")
    database = values["DATABASES"]["default"]
    assert (database["HOST"], database["PASSWORD"]) == ("db", "p")
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert database["OPTIONS"]["prepare_threshold"] is None
    assert list(values["DATABASES"]) == ["default"]


def test_the_desktop_listens_to_this_machine_only(tmp_path: Path) -> None:
    values = settings_of("desktop", tmp_path)
    assert values["ALLOWED_HOSTS"] == ["127.0.0.1"]
    assert values["DATABASES"]["default"]["NAME"].startswith(str(tmp_path))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "new")
    assert len(key) >= 50
    assert secret_key(tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600


def manage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:apps", "manage.py", *arguments],
        cwd=ROOT,
        env=clean_environment(folder, ALLOWED_HOSTS="loca.example"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_is_clean(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_no_migration_is_missing(tmp_path: Path) -> None:
    done = manage(tmp_path, "makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr


def test_production_serves_every_script_module_under_a_hashed_name(tmp_path: Path) -> None:
    """Entry modules and what they import change together, or a browser's cache would mix two releases."""
    environment = clean_environment(
        tmp_path, STATIC_ROOT=str(tmp_path / "static"), DJANGO_SETTINGS_MODULE="locanext_project.settings.server"
    )
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "collectstatic", "--noinput", "-v", "0"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    hashed = re.compile(r"\.[0-9a-f]{12}\.js$")
    modules = [path for path in (tmp_path / "static" / "js").rglob("*.js") if hashed.search(path.name)]
    assert len(modules) > 30
    for module in modules:
        for name in re.findall(r'(?:from|import)\s*"(\.[^"]+)"', module.read_text(encoding="utf-8")):
            assert hashed.search(name), f"{module.name} imports {name}"
            assert (module.parent / name).exists()
