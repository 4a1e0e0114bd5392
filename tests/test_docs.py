"""The documentation says what is: settings, audit actions, formats, commands, links, and no machine's name."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from apps.audit import registry
from apps.ldm.formats.registry import FORMATS, extensions

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SETTINGS_MODULES = sorted((ROOT / "locanext_project" / "settings").glob("*.py"))
# Read by the start, the tests or the environment itself; they are not settings of a node.
OTHER_NAMES = {"LOCANEXT_ENV_FILE", "LOCANEXT_VENV", "LOCANEXT_TEST_DB", "DATABASE_URL"}


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def names_in_code() -> set[str]:
    """Every name that settings and the choice of the database read from the environment."""
    found = set()
    for path in [*SETTINGS_MODULES, ROOT / "locanext_project" / "database_choice.py"]:
        found |= set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", path.read_text(encoding="utf-8")))
        found |= set(re.findall(r"environment\.get\(\s*\"([A-Z_]+)\"", path.read_text(encoding="utf-8")))
    return found


def names_in_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", text(".env.example"), re.MULTILINE))


def tracked_files() -> list[Path]:
    """The files git knows, or every file where this is no checkout."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        skipped = {".venv", ".git", "var", "node_modules", "staticfiles", "__pycache__"}
        return [path for path in ROOT.rglob("*") if path.is_file() and not skipped & set(path.parts)]
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_every_setting_is_in_the_example_and_the_other_way_round() -> None:
    code = names_in_code()
    assert len(code) > 20
    assert names_in_example() == code


def test_every_setting_is_explained() -> None:
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", text("docs/admin/settings.md"), re.MULTILINE))
    assert explained == names_in_code()
    for name in OTHER_NAMES:
        assert f"`{name}`" in text("docs/admin/settings.md"), name


def test_every_audit_action_is_explained() -> None:
    explained = set(re.findall(r"^\| `([a-z_]+)` \|", text("docs/admin/audit.md"), re.MULTILINE))
    missing, gone = set(registry.actions()) - explained, explained - set(registry.actions())
    assert (missing, gone) == (set(), set()), "docs/admin/audit.md"


def test_every_format_and_ending_is_explained() -> None:
    page = text("docs/user/formats.md")
    explained = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    assert set(explained) == set(FORMATS)
    for name, (_, endings) in FORMATS.items():
        assert explained[name].split() == list(endings), name
    assert len(extensions()) == sum(len(value.split()) for value in explained.values())


def test_commands_named_in_the_documentation_exist() -> None:
    from django.core.management import get_commands

    pages = [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "compose.yaml"]
    named = {name for page in pages for name in re.findall(r"manage\.py[\"', ]+([a-z_]+)", page.read_text("utf-8"))}
    assert len(named) > 5
    assert named - set(get_commands()) == set()


def test_every_command_of_ours_is_explained() -> None:
    from django.core.management import get_commands

    ours = {name for name, app in get_commands().items() if str(app).startswith("apps.")}
    explained = set(re.findall(r"^\| `(\w+)` \|", text("docs/admin/commands.md"), re.MULTILINE))
    assert explained == ours


def links() -> list[tuple[Path, str]]:
    pages = [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("apps/*/README.md")]
    return [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target
    ]


def test_links_lead_somewhere() -> None:
    found = links()
    assert len(found) > 20
    broken = [f"{page.relative_to(ROOT)}: {target}" for page, target in found if not (page.parent / target).exists()]
    assert broken == []


def test_every_page_is_in_the_index() -> None:
    index = text("docs/README.md")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")]
    missing = [page for page in pages if not page.startswith("adr/") and page != "README.md" and page not in index]
    assert missing == []


@pytest.mark.parametrize("app", ["accounts", "audit", "ldm", "sync", "tasks", "telemetry", "tm", "tools"])
def test_every_app_says_what_it_is(app: str) -> None:
    lines = text(f"apps/{app}/README.md").splitlines()
    assert lines[0].startswith("# ")
    assert 5 <= len(lines) <= 40


def test_the_changelog_has_the_version() -> None:
    from django.conf import settings

    assert f"## v{settings.VERSION}" in text("CHANGELOG.md")
    assert f'version = "{settings.VERSION}"' in text("pyproject.toml")


def test_the_repository_names_no_package_index_and_no_machine() -> None:
    """Where packages come from is a matter of the machine; a path of one machine helps nobody on another."""
    patterns = [
        re.compile(rb"--(extra-)?index-url[ =]h|--find-links[ =][/h]|\bindex-url\s*=\s*h"),
        re.compile(rb"https?://(test\.)?(py" + rb"pi|files\.python" + rb"hosted|download\.pytorch)\."),
        re.compile(rb"(?<![\w.])/(ro" + rb"ot|ho" + rb"me/\w+|Us" + rb"ers/\w+)/"),
        re.compile(rb"(?<![\w.])/wo" + rb"rk/|/tm" + rb"p/(venv|briefs|tq)"),
    ]
    skipped = ("static/vendor/", "tests/data/")
    found = []
    for path in tracked_files():
        name = path.relative_to(ROOT).as_posix()
        content = path.read_bytes()
        if name.startswith(skipped) or b"\0" in content[:1024]:
            continue
        found += [f"{name}: {match.group(0)!r}" for pattern in patterns for match in [pattern.search(content)] if match]
    assert found == []
