"""Where the window was, and how large: kept from one start to the next, never outside of the screens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

SMALLEST = (880, 560)
Area = tuple[int, int, int, int]
"""x, y, width, height of a screen."""


@dataclass(frozen=True, slots=True)
class WindowState:
    """Pixels as the window toolkit counts them; without x and y the window is centred."""

    width: int = 1360
    height: int = 860
    x: int | None = None
    y: int | None = None
    maximized: bool = False


def load(file: Path) -> WindowState:
    """What was kept; the default where there is nothing, or nothing of use."""
    try:
        data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return WindowState(
            max(SMALLEST[0], int(data["width"])),
            max(SMALLEST[1], int(data["height"])),
            None if data["x"] is None else int(data["x"]),
            None if data["y"] is None else int(data["y"]),
            data["maximized"] is True,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return WindowState()


def save(file: Path, state: WindowState) -> None:
    """Keep it. A disk that is full costs the place of the window, nothing else."""
    fresh = file.with_suffix(".new")
    try:
        fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)


def fitted(state: WindowState, screens: Sequence[Area]) -> WindowState:
    """The state as it fits the screens there are now: a monitor may be gone. `screens` begins with the main one."""
    if not screens:
        return replace(state, x=None, y=None)
    on_screen = state.x is not None and state.y is not None
    home = next((area for area in screens if on_screen and _holds(area, state)), None)
    _, _, width, height = home or screens[0]
    fitting = replace(state, width=min(state.width, width), height=min(state.height, height))
    return fitting if home is not None else replace(fitting, x=None, y=None)


def _holds(area: Area, state: WindowState) -> bool:
    """Whether enough of the window's title bar is on this screen to take hold of it."""
    left, top, width, height = area
    x, y = state.x or 0, state.y or 0
    return left - state.width + 120 <= x <= left + width - 120 and top - 8 <= y <= top + height - 40
