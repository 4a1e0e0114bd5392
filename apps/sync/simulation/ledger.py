"""What really happened in a simulated world: every text with its true time, and what its writer had before the eyes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

Version = tuple[str, int]
"""A target and its status. Texts are used once and statuses only rise, so that no version comes twice."""
SERVER = "server"
CONFIRMED = 3


@dataclass(slots=True, eq=False)
class Saved:
    """One edit that a person made and that was kept."""

    node: str
    row: int
    version: Version
    at: float
    """The true time."""
    seen: Version
    unsent: Saved | None = None
    """The edit of the same desktop that this one replaced before the server answered it."""

    def lineage(self) -> Iterator[Version]:
        """Every version that the writer knew to be older than this one."""
        edit: Saved | None = self
        while edit is not None:
            if edit is not self:
                yield edit.version
            yield edit.seen
            edit = edit.unsent

    def first_seen(self) -> Version:
        """What the desktop had of the server when the first of these edits was made."""
        edit = self
        while edit.unsent is not None:
            edit = edit.unsent
        return edit.seen


@dataclass(frozen=True, slots=True)
class Kept:
    """What a ledger knew of the server at one moment."""

    answers: dict[str, str]
    texts: dict[str, tuple[int, str]]
    present: dict[int, tuple[Version, float]]
    maker: dict[int, str]
    slack: dict[int, float]


@dataclass(slots=True)
class Ledger:
    """The edits of all nodes, and since when the server's rows are what they are."""

    saved: list[Saved] = field(default_factory=list)
    newest: dict[tuple[str, int, Version], Saved] = field(default_factory=dict)
    present: dict[int, tuple[Version, float]] = field(default_factory=dict)
    """By row of the server: its version and that version's true time."""
    maker: dict[int, str] = field(default_factory=dict)
    """By row of the server: the node where its version was made."""
    slack: dict[int, float] = field(default_factory=dict)
    """By row of the server: how uncertain the time of its version is, because the edit arrived late."""
    twice: set[tuple[int, Version]] = field(default_factory=set)
    """Rows and versions that somebody brought back: to have seen one of them tells nothing."""
    answers: dict[str, str] = field(default_factory=dict)
    """By edit: what the server answered first."""
    texts: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By edit that the server has decided: its row and its text."""
    restored_at: float = float("-inf")
    """When the server came back from a backup: what was seen before tells nothing about its rows."""
    given_up: set[str] = field(default_factory=set)
    """Texts that only the server had, and that went with the time between a backup and its restore."""
    let_go: set[tuple[str, int]] = field(default_factory=set)
    """Desktop and row whose unsent edit the person gave up."""
    born: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By desktop: the names of files that were born there."""
    born_texts: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """By desktop and name of a file born there: what was written into it."""
    entries_born: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """By desktop and name of a memory born there: its targets."""
    told_edited: Counter[str] = field(default_factory=Counter)
    """By name: how often a person was told that something changed while it was uploaded, and stays beside its copy."""
    remembering: bool = False
    """Whether the project has a memory now."""
    remembered: dict[str, float] = field(default_factory=dict)
    """Texts that the server took confirmed while the project had a memory, and when."""

    def add(self, edit: Saved) -> None:
        """Note an edit that is in its node's database now."""
        self.saved.append(edit)
        if edit.node == SERVER:
            self.remember(edit.version, edit.at)
        self.newest[edit.node, edit.row, edit.version] = edit

    def remember(self, version: Version, at: float) -> None:
        """The server's row has this version now: confirmed, it is in the memory too."""
        target, status = version
        if self.remembering and target and status >= CONFIRMED:
            self.remembered[target] = at

    def find(self, node: str, row: int, version: Version) -> Saved | None:
        """The newest edit of a node that made this version of a row."""
        return self.newest.get((node, row, version))

    def look(self, rows: dict[int, Version], at: float) -> None:
        """Note what the server's rows are now; a version that is new was made at `at`."""
        for row, version in rows.items():
            known = self.present.get(row)
            if known is None or known[0] != version:
                # A process that died behind its commit has said nothing: then the edit itself tells when.
                edit = self.find(SERVER, row, version)
                self.present[row] = (version, edit.at if edit and (row, version) not in self.twice else at)
                self.slack[row], self.maker[row] = 0.0, SERVER

    def keep(self) -> Kept:
        """What is true of the server at this moment."""
        return Kept(dict(self.answers), dict(self.texts), dict(self.present), dict(self.maker), dict(self.slack))

    def restored(self, kept: Kept, since: float, at: float) -> None:
        """The server is as it was at `since`, when `kept` was true of it."""
        self.restored_at = at
        self.remembered = {text: taken for text, taken in self.remembered.items() if taken <= since}
        self.given_up |= {edit.version[0] for edit in self.saved if edit.node == SERVER and edit.at > since}
        self.answers, self.texts, self.present = dict(kept.answers), dict(kept.texts), dict(kept.present)
        self.maker, self.slack = dict(kept.maker), dict(kept.slack)
