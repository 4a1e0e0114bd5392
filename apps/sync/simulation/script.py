"""What happens in a simulated world: a list of steps, made from a seed, that can be printed and played again."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

DESKTOPS = 3
STEPS = (8, 16)
SKEWS = (0.0, 0.0, 50.0, -50.0, 1e6, -1e6)
PAUSES = (3.0, 3.0, 20.0, 90.0, 600.0)
"""Seconds between two steps, give or take a half; some are shorter than a lease."""
WEIGHTS = {
    "edit": 32,
    "round": 30,
    "online": 14,
    "arrive": 5,
    "leave": 3,
    "restart": 2,
    "clock": 2,
    "rights": 3,
    "lock": 3,
    "let_go": 2,
    "backup": 2,
    "restore": 1,
    "reimport": 2,
    "bin": 2,
    "upload": 2,
    "resolve": 8,
    "lease": 20,
    "memory": 8,
    "bring": 5,
}
"""How often each kind of step is drawn."""
HOWS = {
    "edit": ("text", "text", "text", "text", "confirmed", "status", "back"),
    "online": ("text", "text", "text", "text", "confirmed", "status", "back"),
    "lease": ("open", "open", "open", "save", "save", "release", "forge", "hear", "here"),
    "resolve": ("there keep", "there swap", "there third", "here keep", "here swap", "here third"),
}
"""Of an edit: another text, that and confirmed, only confirmed, back to what the desktop began with. Of a lease:
a row opened, saved, given back, given back by somebody else, heard of on a desktop, taken on one. Of a conflict:
decided on the server or at a desktop, for the text that won, the one that lost, or another."""
RARE = ("clock", "restore", "backup", "reimport", "bin", "upload", "rights", "resolve", "lease", "memory", "bring")
"""Kinds that only a part of the seeds have, so that the others are about edits."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. `salt` decides every chance inside it; `force` takes the place of chance.

    `force`: {"faults": {call: [words of carriers.faulty]}, "crash_after": a call behind whose answer the
    desktop ends with its next commit, "in_flight": {call: the row that is edited meanwhile, or "keep", "swap" or
    "third" for a conflict that is decided meanwhile}}.
    """

    kind: str
    node: int = 0
    row: int = 0
    pause: float = 60.0
    """Seconds that pass before it."""
    how: str = ""
    salt: int = 0
    force: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """The whole of a run: clocks of the desktops, whether they begin with mirrors, and the steps."""

    skews: tuple[float, ...] = (0.0,) * DESKTOPS
    warm: bool = True
    chances: bool = True
    """Whether faults happen where a step does not say so."""
    steps: tuple[Step, ...] = ()
    probe: int = 0
    """The salt of the single user's run at the end."""

    def text(self) -> str:
        """One JSON line for the head and one for each step."""
        head = {"skews": self.skews, "warm": self.warm, "chances": self.chances, "probe": self.probe}
        plain = Step("")
        lines = [json.dumps(head)]
        for step in self.steps:
            values = {name: value for name, value in asdict(step).items() if value != getattr(plain, name)}
            lines.append(json.dumps(values, ensure_ascii=False))
        return "\n".join(lines)

    @classmethod
    def parse(cls, text: str) -> Script:
        """The script that `text` gave. Raises ValueError."""
        try:
            head, *lines = [json.loads(line) for line in text.splitlines() if line.strip()]
            steps = tuple(Step(**line) for line in lines)
            return cls(tuple(head["skews"]), head["warm"], head["chances"], steps, head["probe"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"This is not a script of a simulation: {error}") from error


@dataclass(slots=True)
class Draw:
    """Chances of one step."""

    chance: random.Random
    step: Step
    calls: dict[str, int] = field(default_factory=dict)
    died: bool = False


def generate(seed: int) -> Script:
    """The script of a seed."""
    chance = random.Random(f"steps {seed}")  # noqa: S311 (chance of a simulation)
    kept = {kind: weight for kind, weight in WEIGHTS.items() if kind not in RARE or chance.random() < 0.3}
    if "restore" in kept:
        kept["backup"] = WEIGHTS["backup"]
    kinds, weights = list(kept), list(kept.values())
    steps = []
    for _ in range(chance.randint(*STEPS)):
        (kind,) = chance.choices(kinds, weights)
        steps.append(_step(chance, kind))
    return Script(
        skews=tuple(chance.choice(SKEWS) for _ in range(DESKTOPS)),
        warm=chance.random() < 0.7,
        steps=tuple(steps),
        probe=chance.getrandbits(32),
    )


def _step(chance: random.Random, kind: str) -> Step:
    # Few rows, so that people meet on them.
    return Step(
        kind,
        node=chance.randrange(DESKTOPS),
        row=min(int(chance.expovariate(0.5)), 7),
        pause=round(chance.choice(PAUSES) * (0.5 + chance.random()), 3),
        how=chance.choice(HOWS[kind]) if kind in HOWS else "",
        salt=chance.getrandbits(32),
    )


def without(script: Script, gone: Sequence[int]) -> Script:
    """The script without some of its steps."""
    dropped = set(gone)
    steps = tuple(step for n, step in enumerate(script.steps) if n not in dropped)
    return Script(script.skews, script.warm, script.chances, steps, script.probe)
