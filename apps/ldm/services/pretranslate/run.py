"""Pretranslation of files, one after the other, or the dry run of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File
from apps.ldm.selectors import memories as serving
from apps.ldm.selectors.chosen_files import ChosenFile
from apps.ldm.services.analysis.bands import band_of
from apps.ldm.services.pretranslate import filling, looking
from apps.ldm.services.pretranslate.options import Options, require_allowed
from apps.tm.scope import ScopedMemory
from locanext_project.errors import ServiceError

MOST_SAMPLES = 24
Progress = Callable[[int, int | None, str], None]


@dataclass(slots=True)
class Report:
    """What was done, or would be: sums over the files, and each file by itself."""

    dry_run: bool
    rows: int = 0
    considered: int = 0
    asked: int = 0
    filled: int = 0
    same: int = 0
    unfit: int = 0
    no_match: int = 0
    moved: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    bands: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    """Memories of which only equal sources were found, because their index could not be written."""

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        names = ("dry_run", "rows", "considered", "asked", "filled", "same", "unfit", "no_match", "moved")
        return {
            **{name: getattr(self, name) for name in names},
            "kinds": dict(self.kinds),
            "bands": dict(self.bands),
            "samples": self.samples,
            "files": self.files,
            "incomplete": self.incomplete,
        }


def pretranslate(
    *,
    actor: User,
    files: Sequence[ChosenFile],
    options: Options,
    dry_run: bool = False,
    progress: Progress = lambda done, total, step: None,
) -> Report:
    """Fill rows of files from the memories that serve them; each file is one transaction and one change set.

    With `dry_run` nothing is written. Progress is in rows, two steps each: looked up, then written. Raises
    Forbidden; a file that went away meanwhile, or that the person may not change, is listed with the reason.
    """
    require_allowed(actor, options, [one.file.pk for one in files])
    report = Report(dry_run)
    pending = _Steps(2 * sum(int(one.file.counts()["rows"]) for one in files), progress)
    prepared: set[int] = set()
    for one in files:
        line: dict[str, Any] = {"id": one.file.pk, "name": one.file.name, "folder": one.folder}
        begun = pending.done
        try:
            memories = _memories(actor, one.file.pk, prepared, report, progress)
            line["memories"] = len(memories)
            _one(actor, one.file, memories, options, report, line, pending)
        except ServiceError as error:
            line["error"] = error.message
        report.files.append(line)
        pending.to(begun + 2 * int(one.file.counts()["rows"]))
    return report


class _Steps:
    """Rows looked up and written, against all that there is to do."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.total, self._progress = total, progress
        self.done = 0

    def to(self, done: int, step: str = "") -> None:
        self.done = done
        self._progress(min(done, self.total), self.total, step or "filling")

    def by(self, rows: int) -> None:
        self.to(self.done + rows)


def _memories(actor: User, file_id: int, prepared: set[int], report: Report, progress: Progress) -> list[ScopedMemory]:
    """The memories that serve a file, with their indexes ready. Raises NotFound, Forbidden."""
    file = permissions.get_file(actor, file_id)
    permissions.require(actor, "edit_rows", file)
    found = serving.for_file(file, user=actor)
    fresh = [memory for memory in found if memory.memory_id not in prepared]
    prepared.update(memory.memory_id for memory in fresh)
    missing = looking.prepare(fresh, lambda done, total: progress(done, total, "indexing"))
    report.incomplete += [memory.name for memory in fresh if memory.memory_id in missing]
    return found


def _one(
    actor: User,
    file: File,
    memories: Sequence[ScopedMemory],
    options: Options,
    report: Report,
    line: dict[str, Any],
    steps: _Steps,
) -> None:
    """One file: looked up, and written unless this is a dry run; `line` gets its figures."""
    found = looking.look(file, memories, options, steps.by)
    line |= {"rows": found.rows, "considered": found.considered, "change_set": None}
    written, moved = found.fills, 0
    if not report.dry_run and found.fills:
        before = steps.done
        done = filling.fill(
            actor=actor,
            file_id=file.pk,
            fills=found.fills,
            names={memory.memory_id: memory.name for memory in memories},
            options=options,
            progress=lambda rows: steps.to(before + rows, "writing"),
        )
        written, moved = list(done.fills), done.moved
        line["change_set"] = done.change_set.pk if done.change_set else None
    kinds = Counter(fill.choice.kind for fill in written)
    line |= {"filled": len(written), "kinds": dict(kinds), "moved": moved}
    report.rows += found.rows
    report.considered += found.considered
    report.asked += found.asked
    report.same += found.same
    report.unfit += found.unfit
    report.no_match += found.no_match
    report.moved += moved
    report.filled += len(written)
    report.kinds += kinds
    report.bands += Counter(band_of(fill.choice.score) for fill in written)
    room = MOST_SAMPLES - len(report.samples)
    report.samples += [{"file": file.name, **sample} for sample in found.samples[: max(0, room)]]
