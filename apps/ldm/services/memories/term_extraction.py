"""Searching files for candidates of terms: short sources that come again, kept for a person to decide about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions, permissions_memory
from apps.ldm.formats.units_languages import fits, listed
from apps.ldm.models import File, Row
from apps.ldm.selectors.folders import folders_below
from apps.tm.matching import candidates
from apps.tm.matching.candidates import CandidateRules
from apps.tm.models import Memory
from apps.tm.services.terms import candidates as waiting
from locanext_project.errors import Invalid

Progress = Callable[[int, int, str], None]
PORTION = 5000
MOST_OCCURRENCES = 1_000_000
MOST_PLACES = 1000
_OPTIONS = {"max_length", "min_occurrences", "sentences"}


@dataclass(frozen=True, slots=True)
class Places:
    """Where to search: these files, everything below these folders, a whole project."""

    files: Sequence[int] = ()
    folders: Sequence[int] = ()
    project: int | None = None


def rules_of(options: dict[str, Any] | None) -> CandidateRules:
    """The rules that options ask for. Raises Invalid naming the option."""
    given = dict(options or {})
    if unknown := set(given) - _OPTIONS:
        raise Invalid(_("There is no option “%(name)s”.") % {"name": sorted(unknown)[0]}, field="options")
    limits = {"max_length": candidates.LONGEST, "min_occurrences": MOST_OCCURRENCES}
    for name, most in limits.items():
        value = given.get(name, 1)
        if type(value) is not int or not 1 <= value <= most:
            raise Invalid(
                _("%(name)s is a number from 1 to %(most)s.") % {"name": name, "most": most}, field=f"options.{name}"
            )
    if not isinstance(given.get("sentences", False), bool):
        raise Invalid(_("%(name)s is true or false.") % {"name": "sentences"}, field="options.sentences")
    return CandidateRules(**given)


def files_of(actor: User, memory: Memory, places: Places) -> tuple[list[File], int]:
    """The files of the places in the source language of a term base, and how many are in another one.

    Each once, by project and name. Raises NotFound for a place that the person does not see, Invalid
    where there is no file, or none in the language ("wrong_language").
    """
    if len(places.files) + len(places.folders) > MOST_PLACES:
        raise Invalid(_("At most %(most)s places at once.") % {"most": MOST_PLACES}, field="files")
    found = {pk: permissions.get_file(actor, pk) for pk in places.files}
    live = File.objects.filter(trash__isnull=True).select_related("project")
    if places.folders:
        below = folders_below([permissions.get_folder(actor, pk).pk for pk in places.folders])
        for start in range(0, len(below), 500):
            found |= {file.pk: file for file in live.filter(folder_id__in=below[start : start + 500])}
    if places.project is not None:
        project = permissions.get_project(actor, places.project)
        found |= {file.pk: file for file in live.filter(project=project)}
    if not found:
        raise Invalid(_("There is no file in what you chose."), field="files")
    fitting = [file for file in found.values() if _speaks(memory.source_language, source_language(file))]
    if not fitting:
        languages = listed(sorted({source_language(file) for file in found.values()}))
        raise Invalid(
            _("None of these files is in %(language)s. Their languages: %(languages)s.")
            % {"language": memory.source_language, "languages": languages},
            code="wrong_language",
        )
    return sorted(fitting, key=lambda file: (file.project_id, file.name, file.pk)), len(found) - len(fitting)


def extract(
    *, actor: User, memory_id: int, places: Places, options: dict[str, Any] | None, progress: Progress
) -> dict[str, Any]:
    """Keep the candidates of files for a term base; {"files", "skipped_files", "rows", "added", "updated", "known"}.

    Files in another language than the base's source are skipped. Targets are suggestions only where
    the file's target language is the base's. Raises NotFound, Forbidden, Invalid;
    `progress(done, total, step)` may raise to cancel, and nothing is kept then.
    """
    memory = permissions_memory.get_memory(actor, memory_id, Memory.Kind.TERMS)
    permissions_memory.require(actor, "edit_entries", memory)
    rules = rules_of(options)
    fitting, skipped = files_of(actor, memory, places)
    reading = _Reading(fitting, memory.target_language, progress)
    found = candidates.collect(reading.pairs, memory.source_language, rules, waiting.settled(memory.pk))
    progress(reading.total, reading.total, "saving")
    figures = {"files": len(fitting), "rows": reading.total // 2}
    kept = waiting.keep(actor=actor, memory_id=memory.pk, found=found, detail=figures)
    return {**figures, "skipped_files": skipped, **kept._asdict()}


def source_language(file: File) -> str:
    """What a file's sources are in: its own word, else its project's."""
    return file.source_language or file.project.source_language


def _speaks(wanted: str, language: str) -> bool:
    return not language or fits(wanted, language) > 0


class _Reading:
    """The rows of files, read twice, with one progress for both."""

    def __init__(self, files: Sequence[File], target_language: str, progress: Progress) -> None:
        self._files = files
        self._wanted = target_language
        self._progress = progress
        self._done = 0
        self.total = 2 * sum(int(file.counts()["rows"]) for file in files)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """(source, target) of every live row; the target empty where it is in another language."""
        for file in self._files:
            written = _speaks(self._wanted, file.target_language or file.project.target_language)
            after = -1
            while rows := list(
                Row.objects.filter(file_id=file.pk, position__gt=after)
                .order_by("position")
                .values_list("position", "source", "target")[:PORTION]
            ):
                after = rows[-1][0]
                for _position, source, target in rows:
                    yield source, target if written else ""
                self._done += len(rows)
                self._progress(min(self._done, self.total), self.total, "reading")
