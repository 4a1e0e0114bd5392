"""Files in and out of the real window: the system's dialogs, a drop, and the window where it was at the next start."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop_launcher.desks import copy_of
from tests.desktop_launcher.displays import NEEDED, Display, on_display, x_server
from tests.desktop_launcher.driver_files import FRAME
from tests.desktop_launcher.windows import ROOT, drawn

pytestmark = NEEDED


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    """An X server of its own."""
    with x_server() as display:
        yield display


def one_row(source: str) -> bytes:
    return f'<LanguageData><LocStr StringId="S1" StrOrigin="{source}" Str="" /></LanguageData>'.encode()


def test_dialogs_a_drop_and_the_place_of_the_window(template: Path, tmp_path: Path, display: Display) -> None:
    folder = copy_of(template, tmp_path / "data")
    (tmp_path / "quest.xml").write_bytes(one_row("등대지기의 부탁"))
    (tmp_path / "dropped.xml").write_bytes(one_row("안개가 걷힌다"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop_launcher.driver_files", str(tmp_path)],
        cwd=ROOT, env=on_display(folder, display.name), capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen.get("opened") is True, (json.dumps(seen, ensure_ascii=False), done.stderr[-2000:])
    told = json.dumps(seen, ensure_ascii=False)
    assert seen["dropped"] is True, told
    assert seen["dropped elsewhere"] == "/account", f"a dropped file is no page to go to: {told}"
    assert seen["saved"].endswith("설명.json"), f"the dialog suggests the file's name: {told}"
    assert json.loads((tmp_path / "saved.json").read_bytes())["openapi"]
    assert seen["cancelled"].endswith("설명.json"), told
    assert not list(tmp_path.glob("*설명*")), "a save that is called off writes nothing"
    # The next start, with the same data.
    with drawn(folder, display) as window:
        place = window.page.until(
            lambda: window.page.value("[screenX, screenY, innerWidth, innerHeight]"), "the window's place"
        )
        assert tuple(place) == FRAME
