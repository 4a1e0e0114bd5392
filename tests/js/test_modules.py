"""Runs the tests of the scripts with Node, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="there is no node on this machine")
def test_the_modules_pass_their_own_tests() -> None:
    files = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    assert files
    run = subprocess.run(
        [str(NODE), "--test", *files], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]


@pytest.mark.skipif(NODE is None, reason="there is no node on this machine")
def test_every_module_can_be_parsed_and_finds_its_imports() -> None:
    modules = list((ROOT / "static/js").rglob("*.js"))
    assert modules
    missing = []
    for module in modules:
        for line in module.read_text(encoding="utf-8").splitlines():
            if line.startswith(("import ", "export ")) and " from " in line and line.rstrip().endswith((";", '"')):
                path = line.rsplit(" from ", 1)[1].strip().strip(';"')
                if path.startswith(".") and not (module.parent / path).resolve().is_file():
                    missing.append(f"{module.name}: {path}")
    assert missing == []
