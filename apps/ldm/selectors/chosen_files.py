"""The files that somebody chose: by themselves, by folder, by project; in the order of the tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File
from apps.ldm.selectors.folders import chain, chunks, folders_below, links_above
from apps.ldm.selectors.tree import natural_key
from locanext_project.errors import Invalid

MOST_PLACES = 1000


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ids of files, folders and projects."""

    files: Sequence[int] = ()
    folders: Sequence[int] = ()
    projects: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """A file with its folders from the project down, joined by "/"; empty in the project itself."""

    file: File
    folder: str


def files_of(actor: User, chosen: Chosen) -> list[ChosenFile]:
    """Every live file of the places, each once, by project, path and name.

    Raises NotFound for a place that the person does not see, Invalid where there is no file at all.
    """
    if len(chosen.files) + len(chosen.folders) + len(chosen.projects) > MOST_PLACES:
        raise Invalid(_("At most %(most)s places at once.") % {"most": MOST_PLACES}, field="files")
    folders = [permissions.get_folder(actor, pk).pk for pk in dict.fromkeys(chosen.folders)]
    projects = [permissions.get_project(actor, pk).pk for pk in dict.fromkeys(chosen.projects)]
    found = {pk: permissions.get_file(actor, pk) for pk in dict.fromkeys(chosen.files)}
    live = File.objects.filter(trash__isnull=True).select_related("project__platform")
    found |= _by(live, "folder_id__in", folders_below(folders)) | _by(live, "project_id__in", projects)
    if not found:
        raise Invalid(_("There is no file in what you chose."), field="files")
    links = links_above({file.folder_id for file in found.values()})
    listed = [
        ChosenFile(file, "/".join(link.name for link in reversed(chain(links, file.folder_id))))
        for file in found.values()
    ]
    return sorted(listed, key=_order)


def _by(live: QuerySet[File], condition: str, ids: Iterable[int]) -> dict[int, File]:
    return {file.pk: file for chunk in chunks(sorted(ids)) for file in live.filter(**{condition: chunk})}


def _order(one: ChosenFile) -> tuple[object, ...]:
    return (one.file.project_id, natural_key(one.folder), natural_key(one.file.name), one.file.pk)
