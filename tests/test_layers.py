"""Who may import whom, and the rules of style that a program can check."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = {"sync": 5, "tools": 5, "ldm": 4, "tm": 3, "tasks": 2, "audit": 1, "telemetry": 1, "accounts": 0}
PURE = (
    "apps.ldm.formats",
    "apps.ldm.checks",
    "apps.ldm.queries",
    "apps.ldm.demo",
    "apps.tm.matching",
    "apps.tm.vectors",
)
OURS = ("apps", "locanext_project", "desktop_launcher", "tests")
# Every file of ours that may hold code; locale, templates and static files are not Python.
CODE_ROOTS = ("apps", "locanext_project", "desktop_launcher", "tests")
MAX_LINES = 400
MAX_FUNCTION = 60
WRITES = {"create", "save", "delete", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# Modules whose job is to be called by Django or the outside: they call services, which write.
OUTER = (
    "pages", "api", "consumers", "management", "tasks", "tasks_tree", "tasks_terms", "tasks_memory", "tasks_vectors",
    "tasks_pretranslate", "tasks_bulk", "tasks_checks", "views",
)  # fmt: skip


def python_files(*roots: str) -> list[Path]:
    """Our modules, without migrations and caches."""
    found = [path for root in roots for path in sorted((ROOT / root).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts and "__pycache__" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, absolute module) of every import, also inside functions and `if TYPE_CHECKING`."""
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def is_pure(name: str) -> bool:
    return any(name == library or name.startswith(library + ".") for library in PURE)


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def layer_breaks(path: Path) -> list[str]:
    """Imports of `path` that go up or sideways."""
    app = path.relative_to(ROOT / "apps").parts[0]
    broken = []
    for line, name in imports(path):
        parts = name.split(".")
        if parts[0] in ("tests", "desktop_launcher"):
            broken.append(f"{place(path, line)} imports {name}")
        if parts[0] != "apps" or len(parts) < 2 or parts[1] == app or is_pure(name):
            continue
        # A package such as `apps.tm` alone says nothing about what is used of it; its members do.
        if parts[1] in LAYERS and LAYERS[parts[1]] >= LAYERS[app]:
            broken.append(f"{place(path, line)} imports {name}")
    return broken


def test_the_check_sees_a_wrong_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "apps" / "tm" / "services.py"
    module.parent.mkdir(parents=True)
    module.write_text("def f():\n    from apps.ldm import models\nfrom ..sync import push\nfrom . import models\n")
    monkeypatch.setattr("tests.test_layers.ROOT", tmp_path)
    assert [entry.split(" ")[-1] for entry in layer_breaks(module)] == [
        "apps.sync",
        "apps.sync.push",
        "apps.ldm",
        "apps.ldm.models",
    ]


def test_apps_import_downwards_only() -> None:
    folders = {path.name for path in (ROOT / "apps").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(LAYERS), "a new app needs its place in LAYERS"
    files = python_files("apps")
    assert len(files) > 30
    broken = [entry for path in files if path.parent != ROOT / "apps" for entry in layer_breaks(path)]
    assert broken == []


def test_pure_libraries_import_neither_django_nor_ours() -> None:
    broken, seen = [], 0
    for path in python_files("apps"):
        own = module_name(path)
        library = next((name for name in PURE if own == name or own.startswith(name + ".")), None)
        if library is None:
            continue
        seen += 1
        for line, name in imports(path):
            outside = name.split(".")[0] in OURS and not (name == library or name.startswith(library + "."))
            if name.split(".")[0] in ("django", "rest_framework", "channels", "environ") or outside:
                broken.append(f"{place(path, line)} imports {name}")
    assert seen > 10
    assert broken == []


def test_services_and_selectors_know_no_request_and_no_consumer() -> None:
    forbidden = ("django.http", "django.shortcuts", "rest_framework", "channels.generic", "django.views")
    broken = []
    for path in python_files("apps"):
        parts = path.relative_to(ROOT / "apps").parts
        if not {"services", "selectors", "services.py", "selectors.py"} & set(parts[1:]):
            continue
        for line, name in imports(path):
            outer = name.split(".")[:1] == ["apps"] and set(name.split(".")[2:3]) & {"pages", "api", "consumers"}
            if name.startswith(forbidden) or outer:
                broken.append(f"{place(path, line)} imports {name}")
    assert broken == []


def test_transactions_go_through_workspaces() -> None:
    """`transaction.atomic` and `on_commit` ignore the router: on a node with two databases they hit the wrong one."""
    broken = []
    for path in python_files("apps", "locanext_project", "desktop_launcher"):
        if path == ROOT / "locanext_project" / "workspaces.py":
            continue
        for node in ast.walk(tree(path)):
            attribute = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if attribute and node.value.id == "transaction" and node.attr in ("atomic", "on_commit", "Atomic"):  # type: ignore[union-attr]
                broken.append(place(path, node.lineno))
            if isinstance(node, ast.ImportFrom) and node.module == "django.db.transaction":
                broken.append(place(path, node.lineno))
            if isinstance(node, ast.ImportFrom) and node.module == "django.db":
                broken += [place(path, node.lineno) for alias in node.names if alias.name == "connection"]
    assert broken == []


def test_pages_api_and_consumers_write_through_services() -> None:
    """Approximate: outside services nobody calls a writing method of a manager, a queryset or an instance."""
    broken = []
    for path in python_files("apps"):
        parts = path.relative_to(ROOT / "apps").parts
        layer = parts[1].removesuffix(".py") if len(parts) > 1 else ""
        if layer not in OUTER:
            continue
        modules = {name.rpartition(".")[2] for _, name in imports(path)}
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            receiver = node.func.value
            through_manager = isinstance(receiver, ast.Attribute) and receiver.attr == "objects"
            # `delete.delete(...)` is a service: its receiver was imported.
            local = isinstance(receiver, ast.Name) and receiver.id not in modules
            on_instance = node.func.attr in ("save", "delete") and local
            chained = isinstance(receiver, ast.Call) and node.func.attr in ("delete", "update")
            if node.func.attr in WRITES and (through_manager or on_instance or chained):
                broken.append(f"{place(path, node.lineno)} .{node.func.attr}()")
    assert broken == []


def test_modules_are_short_and_have_a_subject() -> None:
    problems = []
    for path in [*python_files(*CODE_ROOTS), ROOT / "start.py", ROOT / "manage.py"]:
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        if text.count("\n") > MAX_LINES and "tests" not in name.parts:
            problems.append(f"{name}: {text.count(chr(10))} lines")
        if path.stem in ("utils", "util", "helpers", "misc", "common"):
            problems.append(f"{name}: a name that says nothing")
        if text.strip() and not ast.get_docstring(tree(path)) and "commands" not in name.parts[:-1]:
            problems.append(f"{name}: no sentence on what it is for")
    assert problems == []


def test_functions_are_short() -> None:
    long = []
    for path in python_files("apps", "locanext_project", "desktop_launcher"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION:
                    long.append(f"{place(path, node.lineno)} {node.name}: {lines} lines")
    assert long == []


def test_nothing_is_left_undone() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    found = []
    for path in [*python_files(*CODE_ROOTS), ROOT / "start.py"]:
        text = path.read_text(encoding="utf-8")
        found += [f"{path.relative_to(ROOT)}: {mark}" for mark in marks if mark in text]
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Raise) and "NotImplemented" in ast.dump(node):
                found.append(f"{place(path, node.lineno)} raises NotImplementedError")
    assert found == []
