"""The small parts: the line between processes, one instance, the window's place, what stays inside, the bundle."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from desktop_launcher import bundle, crash, fonts, native, pages, single_instance, window_state
from desktop_launcher.link import Exchange, Gone, Line, call_home
from desktop_launcher.locks import FileLock
from desktop_launcher.server import call_each, free_port
from desktop_launcher.version import version
from desktop_launcher.window_state import WindowState
from tests.desktop_launcher.desks import places_in, until

ROOT = Path(__file__).resolve().parents[2]


# ---- the line ----
def test_a_child_finds_home_and_hears_when_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = Exchange()
    for name, value in exchange.environment().items():
        monkeypatch.setenv(name, value)
    child = call_home()
    assert not set(exchange.environment()) & set(os.environ), "its children do not inherit the key"
    home = exchange.accept(5)
    child.say(state="ready", port=5)
    assert home.hear(5) == {"state": "ready", "port": 5}
    assert home.hear(0.01) is None
    home.close()
    with pytest.raises(Gone):
        child.hear(5)
    exchange.close()
    assert not os.path.exists(exchange.address)


def test_who_does_not_know_the_key_is_not_connected() -> None:
    exchange = Exchange()
    with pytest.raises(Exception, match="digest"):
        Client(exchange.address, authkey=b"0" * 32)
    with pytest.raises(Gone):
        exchange.accept(0.2)
    line = Line(Client(exchange.address, authkey=exchange.key))
    assert exchange.accept(5) is not None, "and does not keep others out"
    line.close()
    exchange.close()


# ---- one instance ----
def test_the_second_start_has_the_first_come_forward(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    first = single_instance.claim(places)
    assert first is not None
    forward = threading.Event()
    first.on_show(forward.set)
    # A lock belongs to a process: the second start is one.
    code = (
        "from pathlib import Path; from desktop_launcher import single_instance; from desktop_launcher.paths import "
        f"Places; print(single_instance.claim(Places(Path({str(tmp_path)!r}))))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "None", done.stderr
    assert forward.wait(5)
    if os.name != "nt":
        assert (tmp_path / "instance.json").stat().st_mode & 0o077 == 0
    first.close()
    again = single_instance.claim(places)
    assert again is not None
    again.close()


def test_a_lock_is_let_go_when_its_process_dies(tmp_path: Path) -> None:
    code = (
        "import time; from pathlib import Path; from desktop_launcher.locks import FileLock; "
        f"lock = FileLock(Path({str(tmp_path / 'x.lock')!r})); print(lock.take(), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None and holder.stdout.readline().strip() == b"True"
            lock = FileLock(tmp_path / "x.lock")
            assert not lock.take()
        finally:
            holder.kill()
        assert until(lock.take, 5)
        lock.release()


# ---- the window's place ----
def test_the_place_of_the_window_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    assert window_state.load(file) == WindowState()
    state = WindowState(1200, 800, 30, -5, True)
    window_state.save(file, state)
    assert window_state.load(file) == state
    for text in ("", "{}", '{"width": "x"}', '{"width": 1, "height": 1, "x": null, "y": null, "maximized": 1}', "[1]"):
        file.write_text(text)
        assert window_state.load(file).width >= window_state.SMALLEST[0]


def test_a_window_is_never_where_no_screen_is() -> None:
    left, right = (0, 0, 1920, 1080), (1920, 0, 1280, 1024)
    on_right = WindowState(1000, 700, 2000, 50)
    assert window_state.fitted(on_right, [left, right]) == on_right
    assert window_state.fitted(on_right, [left]) == WindowState(1000, 700, None, None)
    assert window_state.fitted(WindowState(3000, 2000, 0, 0), [left]) == WindowState(1920, 1080, 0, 0)
    assert window_state.fitted(WindowState(1000, 700, 10, -500), [left]).x is None, "its title bar is out of reach"


# ---- what stays inside ----
@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("http://127.0.0.1:5000/files/1", True),
        ("data:text/html,x", True),
        ("blob:http://127.0.0.1:5000/1", True),
        ("http://127.0.0.1:5001/", False),
        ("http://127.0.0.1:5000.evil.example/", False),
        ("http://localhost:5000/", False),
        ("https://example.com/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_the_own_server_is_shown_inside(url: str, inside: bool) -> None:
    assert native.is_own(url, "http://127.0.0.1:5000") is inside


def test_links_go_to_the_browser_and_programs_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(native.webbrowser, "open", lambda url: opened.append(url) or True)
    for url in ("https://example.com/", "mailto:a@example.com", "file:///bin/sh", "javascript:1", "ms-settings:x"):
        native.open_outside(url)
    assert opened == ["https://example.com/", "mailto:a@example.com"]


def test_names_of_downloads_are_names() -> None:
    assert native.file_name("번역 1.xlsx") == "번역 1.xlsx"
    assert native.file_name("../../.bashrc") == "_.._.bashrc"
    assert native.file_name('a:b*"c".xml\n') == "a_b__c_.xml_"
    assert native.file_name(" . ") == "download"


# ---- words, logs, odds and ends ----
def test_pages_hold_what_they_are_given_as_text() -> None:
    page = pages.trouble("database_in_use", "<script>alert(1)</script>", 'http://x/"onclick="')
    assert "<script>" not in page and '"onclick="' not in page
    assert "default-src 'none'" in page
    assert "could not start" in pages.trouble("a code of tomorrow")


def test_a_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_bytes(b"x" * (crash.LARGEST + 1))
    with crash.open_log(log) as file:
        file.write(b"new")
    assert log.read_bytes() == b"new"
    assert (tmp_path / "server.old").stat().st_size > crash.LARGEST


def test_what_nobody_catches_is_written_down(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; import threading; from desktop_launcher import crash; "
        f"crash.watch(Path({str(tmp_path / 'crash.log')!r})); "
        "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join(); raise KeyError('in the open')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    text = (tmp_path / "crash.log").read_text()
    assert "ZeroDivisionError" in text and "in the open" in text


def test_services_that_are_missing_or_fail_stop_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    monkeypatch.setattr(crash, "probe", lambda: called.append(1), raising=False)
    monkeypatch.setattr(crash, "failing", lambda: 1 / 0, raising=False)
    call_each(["no.such.module.start", "desktop_launcher.crash.failing", "desktop_launcher.crash.probe"])
    assert called == [1]


def test_a_port_that_is_taken_is_not_asked_for() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert free_port(taken.getsockname()[1]) == 0
    assert free_port(0) == 0


def test_the_version_is_that_of_the_settings() -> None:
    from django.conf import settings

    begin = time.monotonic()
    assert version() == settings.VERSION
    assert time.monotonic() - begin < 0.5


def test_own_faces_are_added_to_those_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(fonts.VARIABLE, raising=False)
    places = places_in(tmp_path / "data")
    assert not fonts.use_own(places, tmp_path / "none")
    (tmp_path / "a & b").mkdir()
    if sys.platform.startswith("linux"):
        assert fonts.use_own(places, tmp_path / "a & b")
        text = Path(os.environ[fonts.VARIABLE]).read_text()
        assert "/etc/fonts/fonts.conf" in text and "a &amp; b" in text


# ---- the bundle's list ----
def test_the_bundle_takes_what_webengine_needs_and_no_more() -> None:
    wanted = [
        "PySide6/Qt/lib/libQt6WebEngineCore.so.6", "PySide6/Qt/translations/qtbase_ko.qm", "libQt6Core.so.6",
        "PySide6/Qt/translations/qtwebengine_locales/ko.pak", "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/resources/icudtl.dat", "locale/ko/LC_MESSAGES/django.mo", "numpy/core/x.so",
    ]  # fmt: skip
    unwanted = [
        "PySide6/Qt/lib/libQt6Charts.so.6", "libQt6VirtualKeyboard.so.6", "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/Qt/translations/qtbase_fr.qm", "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/resources/qtwebengine_devtools_resources.pak", "django/contrib/admin/static/admin/x.css",
        "django/conf/locale/fr/LC_MESSAGES/django.mo",
    ]  # fmt: skip
    assert [name for name in wanted if not bundle.is_wanted(name)] == []
    assert [name for name in unwanted if bundle.is_wanted(name)] == []


def test_a_bundle_is_checked(tmp_path: Path) -> None:
    (tmp_path / "_internal" / "torch").mkdir(parents=True)
    (tmp_path / "_internal" / "torch" / "x.so").touch()
    (tmp_path / "libQt6Charts.so.6").touch()
    found = bundle.problems(tmp_path)
    assert "package torch" in found and "Qt module Charts" in found and "VERSION is missing" in found
