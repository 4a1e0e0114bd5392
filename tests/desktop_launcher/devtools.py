"""The page in a window, driven from outside through the web engine's remote debugging: keys, clicks, what is shown.

Playwright cannot: it asks for browser contexts, which an embedded engine does not have.
"""

from __future__ import annotations

import itertools
import json
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from websockets.sync.client import connect

MODIFIERS = {"Alt": 1, "Control": 2, "Shift": 8}
# Name: (code of the key, Windows' number of it, the character that it types).
KEYS = {
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "Tab": ("Tab", 9, ""),
    "End": ("End", 35, ""),
    "Home": ("Home", 36, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
}
PATIENCE = 45.0
# Where one can click on an element: found and measured at once, for it may be drawn anew; where it stays for a moment,
# for what comes above it moves it; and where nothing lies over it.
MIDDLE = """async (selector, words) => {
    const isShown = (one) => one.checkVisibility() && one.innerText.includes(words);
    const one = [...document.querySelectorAll(selector)].find(isShown);
    const middle = () => {
        const box = one.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    };
    one?.scrollIntoView({ block: "nearest" });
    const before = one && middle();
    await new Promise((done) => setTimeout(done, 60));
    if (!one?.isConnected || String(before) !== String(middle())) return null;
    const hit = document.elementFromPoint(...before);
    return hit && [one, ...(one.labels ?? [])].some((own) => own.contains(hit)) ? before : null;
}"""


class Refused(Exception):
    """What the engine did not do, in its words."""


class WindowPage:
    """The one page of a window whose engine listens on `port` of 127.0.0.1."""

    def __init__(self, port: int, seconds: float = 60.0) -> None:
        self.problems: list[str] = []
        """Errors of scripts that nothing caught, and what the page's policy refused."""
        self._numbers = itertools.count(1)
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(_address(port, seconds), max_size=None, open_timeout=seconds))
        for domain in ("Page", "Runtime"):
            self.call(f"{domain}.enable")
        # There is no window manager that would give this window the keyboard.
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def close(self) -> None:
        """Let go of it; the window stays."""
        self._open.close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Answer of a method of the protocol. Raises Refused."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=30))
            if message.get("id") == number:
                if "error" in message:
                    raise Refused(f"{method}: {message['error']['message']}")
                return dict(message["result"])
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        if message["method"] == "Runtime.exceptionThrown":
            found = message["params"]["exceptionDetails"]
            self.problems.append(str(found.get("exception", {}).get("description") or found["text"]))

    # ---- looking ----
    def value(self, script: str) -> Any:
        """The value of an expression in the page, awaited. Raises Refused where it throws."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise Refused(f"{script}: {answer['exceptionDetails']['exception'].get('description')}")
        return answer["result"].get("value")

    def text(self, selector: str) -> str:
        """The text that is shown of the first element; "" where there is none."""
        return str(self.value(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def texts(self, selector: str) -> list[str]:
        """The texts of all of them."""
        return list(self.value(f"[...document.querySelectorAll({json.dumps(selector)})].map((one) => one.innerText)"))

    def until(self, check: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
        """The first true answer; a page that is being left answers later."""
        end = time.monotonic() + seconds
        while True:
            try:
                if found := check():
                    return found
            except Refused:
                if time.monotonic() > end:
                    raise
            assert time.monotonic() < end, f"{what} did not come in {seconds} s: {self._where()}"
            time.sleep(0.05)

    def wait_for(self, selector: str, words: str = "", seconds: float = PATIENCE) -> str:
        """The text of an element that is there, is shown and holds some words."""

        def there() -> str:
            script = (
                f"[...document.querySelectorAll({json.dumps(selector)})].find((one) => one.checkVisibility()"
                f" && one.innerText.includes({json.dumps(words)}))"
            )
            return "there " + str(self.value(f"{script}.innerText")) if self.value(f"Boolean({script})") else ""

        return str(self.until(there, f"{selector} {words}", seconds)).removeprefix("there ")

    def _where(self) -> str:
        return str(self.value("location.pathname + ' ' + document.body.innerText.slice(0, 1500)"))

    # ---- acting ----
    def press(self, *chords: str) -> None:
        """Keys, one after the other: "Enter", "Control+s", "g"."""
        for chord in chords:
            *held, name = chord.split("+")
            code, number, text = KEYS.get(name) or (f"Key{name.upper()}", ord(name.upper()), name)
            if name.isdigit():
                code = f"Digit{name}"
            modifiers = sum(MODIFIERS[one] for one in held)
            typed = {} if {"Alt", "Control"} & set(held) or not text else {"text": text}
            key = name if name in KEYS or not typed else text
            known = {"code": code, "key": key, "windowsVirtualKeyCode": number, "modifiers": modifiers}
            self.call("Input.dispatchKeyEvent", type="keyDown" if typed else "rawKeyDown", **known, **typed)
            self.call("Input.dispatchKeyEvent", type="keyUp", **known)

    def type(self, text: str) -> None:
        """Type where the keyboard is."""
        for letter in text:
            self.call("Input.dispatchKeyEvent", type="char", text=letter)

    def click(self, selector: str, words: str = "", *, times: int = 1) -> None:
        """Click into the middle of the first one that is shown and holds the words."""
        script = f"({MIDDLE})({json.dumps(selector)}, {json.dumps(words)})"
        box = self.until(lambda: self.value(script), f"{selector} {words}")
        for number in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.call(
                    "Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=number
                )  # fmt: skip

    def go(self, path: str) -> None:
        """Another page of the program; by its address, as a link would."""
        before = self.value("performance.timeOrigin")
        self.value(f"location.assign({json.dumps(path)}); 1")
        self.until(lambda: self.value("performance.timeOrigin") != before, path)


def _address(port: int, seconds: float) -> str:
    """Where the page of the window can be spoken to, once the program's first page is in it."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as answer:
                pages = [one for one in json.load(answer) if one["type"] == "page"]
        except (OSError, ValueError):
            pages = []
        for one in pages:
            if one["url"].startswith("http://127.0.0.1:") and "/desktop/start/" not in one["url"]:
                return str(one["webSocketDebuggerUrl"])
        assert time.monotonic() < end, f"the window shows no page of the program: {pages}"
        time.sleep(0.1)
